"""Our own sending, against the stand-in's process, held against Twilio's description."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from twilio.rest import Client

from tests.simulator import test_openapi as twilios
from tests.simulator.test_openapi import Listening, description
from tests.system.service import ACCOUNT_SID, AUTH_TOKEN, SENDER, StandIn, somebody

__all__ = ["description"]  # the fixture

pytestmark = [pytest.mark.slow, twilios.pytestmark]


@pytest.fixture
def heard(
    stand_in: StandIn, change_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listening]:
    """What our client says and what it is told, while it is pointed at the stand-in."""
    from bot.whatsapp import twilio_client

    change_settings(
        TWILIO_ACCOUNT_SID=ACCOUNT_SID,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_WHATSAPP_FROM=SENDER,
        TWILIO_API_BASE_URL=stand_in.url,
        TWILIO_CHOICES_CONTENT_SID="HX" + "0" * 32,
        PUBLIC_URL="http://127.0.0.1:9",
    )
    client: Client = twilio_client._client()
    client.http_client.session.close()
    listening = Listening()
    monkeypatch.setattr(client, "http_client", listening)
    yield listening
    listening.session.close()


def test_what_our_client_sends_and_looks_up_conforms(
    heard: Listening, description: dict[str, Any]
) -> None:
    from bot.clock import now
    from bot.whatsapp import twilio_client

    fajar = somebody()
    choices = [["Kiriman", "article:kiriman"], ["Bagasi", "article:bagasi"]]
    twilio_client.send(fajar, "Selamat siang, *Fajar*", message_id=1)
    twilio_client.send(fajar, "Yang mana?", message_id=2, choices=choices)
    operation = description["paths"][twilios.LIST]["post"]
    form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    created = twilios._answer(description, twilios.LIST, "post", "201")
    for sent, (status, answer) in zip(heard.sent, heard.got, strict=True):
        twilios._validator(description, form).validate(sent["data"])
        assert status == 201
        created.validate(answer)

    heard.sent.clear()
    heard.got.clear()
    assert len(twilio_client.sent_since(fajar, now() - timedelta(minutes=2))) == 2
    known = {p["name"] for p in description["paths"][twilios.LIST]["get"]["parameters"]}
    assert set(heard.sent[0]["params"]) <= known
    twilios._answer(description, twilios.LIST, "get", "200").validate(heard.got[0][1])
