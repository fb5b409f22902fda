"""Suggestions: the likeliest published articles, and what the console asks the action server."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

from actions import suggesting
from bot.console import action_server
from bot.console.ticket import suggestions as asking
from bot.db import transaction
from bot.faq.search import Knowledge
from bot.faq.suggesting import MOST, suggest


def test_the_likeliest_articles_come_first_with_their_scores(knowledge: Knowledge) -> None:
    with transaction() as session:
        question = knowledge.find(session, "berapa batas bebas kiriman?")
        found = suggest(session, knowledge, "berapa batas bebas kiriman?")
    assert 1 <= len(found) <= MOST
    assert found[0]["article"] == question.ranked[0].article
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_the_action_gives_them_as_data(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "knowledge", lambda: knowledge)
    question = "berapa batas bebas kiriman?"
    latest = {"metadata": {"text": question}}
    tracker = Tracker("console", {}, latest, [], False, None, {}, None)
    said = CollectingDispatcher()
    assert asyncio.run(suggesting.ActionSuggest().run(said, tracker, {})) == []
    [answer] = said.messages
    with transaction() as session:
        assert answer["custom"]["suggestions"] == suggest(session, knowledge, question)


def test_what_the_console_posts_is_what_the_action_server_takes(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "knowledge", lambda: knowledge)
    executor = ActionExecutor()
    executor.register_action(suggesting.ActionSuggest)

    def run(asked: dict[str, object]) -> dict[str, object]:
        answer = asyncio.run(executor.run(asked))
        assert answer is not None
        return dict(answer.model_dump())

    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=run(json.loads(request.content)))

    client = httpx.Client(transport=httpx.MockTransport(serve))
    monkeypatch.setattr(action_server, "_client", lambda: client)
    with transaction() as session:
        expected = suggest(session, knowledge, "berapa batas bebas kiriman?")
    assert asking._asked("berapa batas bebas kiriman?") == expected
