"""What the console asks the action server to publish is published, or refused with the reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor

from actions import publishing
from bot import clock
from bot.console import action_server
from bot.console.action_server import ActionServerAway, ask
from bot.db import transaction
from bot.faq import editing
from bot.faq.search import Knowledge
from bot.models import Staff
from tests.faq.editors_texts import text_of

pytestmark = pytest.mark.usefixtures("open_gate")

Look = Callable[[str], Staff]


@pytest.fixture
def actions(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An action server that has the publishing action, in this process."""
    monkeypatch.setattr(publishing, "knowledge", lambda: knowledge)
    executor = ActionExecutor()
    executor.register_action(publishing.ActionPublish)

    def serve(request: httpx.Request) -> httpx.Response:
        answer = asyncio.run(executor.run(json.loads(request.content)))
        assert answer is not None
        return httpx.Response(200, json=dict(answer.model_dump()))

    client = httpx.Client(transport=httpx.MockTransport(serve))
    monkeypatch.setattr(action_server, "_client", lambda: client)


@pytest.fixture
def draft(knowledge: Knowledge, staff: Look) -> int:
    """Dewi's draft, in review."""
    with transaction() as session:
        now = clock.now()
        draft = editing.save(session, text_of(), staff("dewi"), now, began_from=None)
        editing.submit(session, draft, staff("dewi"), now)
        return draft.id


def test_what_the_console_asks_for_is_published(actions: None, draft: int, staff: Look) -> None:
    asked = {"draft": draft, "edition": 1, "staff": staff("eko").id}
    assert ask("action_publish", **asked) == {"revision": 1}
    with transaction() as session:
        [revision] = editing.history(session, "lelang_ikut")
        assert revision.published_by_id == staff("eko").id
        assert revision.ways[0].text == "Cara ikut lelang"


def test_a_refusal_comes_back_with_its_reason_and_changes_nothing(
    actions: None, draft: int, staff: Look
) -> None:
    asked = {"draft": draft, "edition": 1, "staff": staff("dewi").id}
    assert ask("action_publish", **asked) == {"refused": "own_text"}
    with transaction() as session:
        assert editing.history(session, "lelang_ikut") == []


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"responses": []}),
        httpx.Response(200, json=[1]),
    ],
)
def test_an_answer_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, migrated: None, answer: httpx.Response
) -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    monkeypatch.setattr(action_server, "_client", lambda: client)
    with pytest.raises(ActionServerAway):
        ask("action_publish", draft=1)
