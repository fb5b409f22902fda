"""The gateway's two sides: Twilio as it calls us, and Twilio as we call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.db import transaction
from bot.models import (
    Address,
    Announcement,
    Conversation,
    Message,
    Outbox,
    Person,
    Turn,
    WebhookForm,
)
from bot.whatsapp import sent_files, twilio_client, webhook
from tests.whatsapp.messages_api import MessagesApi
from tests.whatsapp.twilio_caller import TwilioCaller

KEPT_OF_APPLICANTS = (
    WebhookForm,
    Person,
    Address,
    Conversation,
    Message,
    Turn,
    Announcement,
    Outbox,
)


@pytest.fixture
def gateway(database: None) -> Iterator[TwilioCaller]:
    """Twilio, calling our webhook under a host name that isn't the public one."""
    app = Starlette(routes=list(webhook.routes()))
    with TestClient(app, base_url="http://inside.example") as client:
        yield TwilioCaller(client)


@pytest.fixture
def get(database: None) -> Iterator[Callable[[str], object]]:
    """Ask the service for a path as Twilio does: `get("/whatsapp/media/...")`."""
    with TestClient(Starlette(routes=list(sent_files.routes()))) as client:
        yield client.get


@pytest.fixture
def stored(database: None) -> Callable[[], dict[str, int]]:
    """How many rows about applicants there are, by table; {} when nothing is stored."""

    def count() -> dict[str, int]:
        with transaction() as session:
            counts = {
                table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
                for table in KEPT_OF_APPLICANTS
            }
        return {name: rows for name, rows in counts.items() if rows}

    return count


@pytest.fixture
def messages_api(database: None, change_settings: Callable[..., None]) -> Iterator[MessagesApi]:
    """A server that answers as Twilio's Messages API does; our client speaks to it."""
    with MessagesApi() as api:
        change_settings(TWILIO_API_BASE_URL=api.address)
        yield api
        twilio_client._client().http_client.session.close()
