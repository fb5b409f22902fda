"""What every action shares: the turn it belongs to, one call into the domain, saying it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from bot.courtesy import courtesy_response
from bot.db import transaction
from bot.faq.search import Knowledge
from bot.moves import Say, Sayings

Events = list[dict[str, Any]]
Result = TypeVar("Result")


@dataclass(frozen=True)
class CurrentTurn:
    """The worker's turn, from the metadata it sent with the message."""

    id: int
    text: str
    intent: str
    courtesy: str | None  # what to reply if it is a courtesy that Rasa was not sure of
    language: str
    payload: str | None
    event: Mapping[str, Any]


def current_turn(tracker: Tracker) -> CurrentTurn:
    """The turn of the latest message."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    intent = (message.get("intent") or {}).get("name") or ""
    ranking = message.get("intent_ranking") or []
    return CurrentTurn(
        id=int(metadata["turn"]),
        text=message.get("text") or "",
        intent=intent,
        courtesy=courtesy_response(ranking) if intent == "nlu_fallback" else None,
        language=metadata.get("language") or "id",
        payload=metadata.get("payload"),
        event=metadata.get("event") or {},
    )


def values_of(tracker: Tracker) -> Mapping[str, Any]:
    """What the console gave with what it asks for (bot.console.action_server)."""
    return tracker.latest_message.get("metadata") or {}


@cache
def knowledge() -> Knowledge:
    """The process's knowledge base; loading its encoder takes seconds, once."""
    return Knowledge()


async def make(move: Callable[[Session], Result]) -> Result:
    """Make a move in one transaction, off the event loop."""

    def in_transaction() -> Result:
        with transaction() as session:
            return move(session)

    return await asyncio.to_thread(in_transaction)


def utter(dispatcher: CollectingDispatcher, sayings: Sayings) -> None:
    """Say it all; an empty list is a silence that is meant."""
    if not sayings:
        dispatcher.utter_message(json_message={"silent": True})
    for saying in sayings:
        _utter_one(dispatcher, saying)


def _utter_one(dispatcher: CollectingDispatcher, saying: Say) -> None:
    buttons = [{"title": c.title, "payload": c.payload} for c in saying.choices]
    if saying.response is not None:
        dispatcher.utter_message(response=saying.response, buttons=buttons or None, **saying.values)
    elif saying.attached:
        dispatcher.utter_message(json_message={"attached": [asdict(a) for a in saying.attached]})
    else:
        # As custom, for Rasa cuts a plain text into one message a paragraph.
        whole = {"text": saying.text, "buttons": buttons}
        dispatcher.utter_message(json_message=whole)
