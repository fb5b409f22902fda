"""Asking Rasa what to say in a turn, and reading its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import yaml

from bot.conversation import Choice
from bot.sending_files import Attached
from bot.settings import ROOT, settings
from bot.splitting import LIMIT, length
from bot.turns import Said

SLOT_DEFAULT = "id"  # of the slot `language` in domain.yml
LONGEST_TEXT = 4000  # characters put to Rasa; WhatsApp allows 4,096 in a message
LONGEST_ABOVE_CHOICES = 1024  # characters above choices to tap, WhatsApp's limit for such a message


# Not reached, not JSON, or not in the form that Rasa documents.
_NO_USABLE_ANSWER = (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError)


class DialogueFailed(Exception):
    """Rasa or the action server gave no usable answer; the text says how it failed."""


@dataclass(frozen=True)
class Put:
    """What is put to Rasa in a turn."""

    turn_id: int
    tracker: str
    text: str
    language: str
    floor: str
    payload: str | None
    event: Mapping[str, Any] | None
    media: str | None
    continues: bool = False  # the tracker is an earlier turn's, with a form open
    only_intent: str | None = None  # say nothing unless the text is understood as this


def applicants_text(text: str) -> str:
    """An applicant's words, so that a leading slash is no command for Rasa."""
    return re.sub(r"^[\s/\ufeff\u200b]*/", "\u2215", text)[:LONGEST_TEXT]


class Dialogue:
    """A client of one Rasa server; safe to share between threads."""

    def __init__(self, base_url: str | None = None) -> None:
        limits = settings().rasa_timeout_seconds
        self._http = httpx.Client(
            base_url=base_url or settings().rasa_url,
            timeout=httpx.Timeout(limits, connect=2.0),
            trust_env=False,
        )

    def ask(self, put: Put) -> list[Said]:
        """What the dialogue says; an empty list is a deliberate silence.

        Raises DialogueFailed when Rasa is unreachable, slow, or says nothing at all, which
        is how it behaves when the action server is down.
        """
        try:
            if put.only_intent and self._intent_of(put.text) != put.only_intent:
                return []
            if put.language != SLOT_DEFAULT and not put.continues:
                self._begin_in(put.tracker, put.language)
            response = self._http.post("/webhooks/rest/webhook", json=_request(put))
            response.raise_for_status()
            return _read(response.json())
        except _NO_USABLE_ANSWER as error:
            raise DialogueFailed(f"Rasa: {type(error).__name__}") from error

    def _intent_of(self, text: str) -> str | None:
        response = self._http.post("/model/parse", json={"text": text})
        response.raise_for_status()
        name: str | None = response.json()["intent"]["name"]
        return name

    def _begin_in(self, tracker: str, language: str) -> None:
        """Begin a tracker whose responses are worded in `language`.

        The session has to be begun too: Rasa would begin it at the message, and forget slots.
        """
        beginning = [
            {"event": "action", "name": "action_session_start"},
            {"event": "session_started"},
            {"event": "slot", "name": "language", "value": language},
            {"event": "action", "name": "action_listen"},
        ]
        response = self._http.post(f"/conversations/{tracker}/tracker/events", json=beginning)
        response.raise_for_status()

    def already_said(self, put: Put) -> list[Said] | None:
        """What an earlier attempt at this turn made the dialogue say; None if nothing.

        A worker may die between Rasa's answer and its own commit. Putting the text again
        would fill the next slot of an open form with it.
        """
        try:
            response = self._http.get(f"/conversations/{put.tracker}/tracker")
            response.raise_for_status()
            answers = _answers_of(put.turn_id, response.json()["events"])
            return _read(answers) if answers else None
        except _NO_USABLE_ANSWER as error:
            raise DialogueFailed(f"Rasa: {type(error).__name__}") from error


def _request(put: Put) -> dict[str, Any]:
    return {
        "sender": put.tracker,
        "message": put.text,
        "metadata": {
            "turn": put.turn_id,
            "language": put.language,
            "floor": put.floor,
            "payload": put.payload,
            "event": put.event or ({"media": put.media} if put.media else None),
        },
    }


def _answers_of(turn_id: int, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the bot said after this turn's text, if that is the last text of the tracker."""
    answers: list[dict[str, Any]] = []
    ours = False
    for event in events:
        if event["event"] == "user":
            ours = (event.get("metadata") or {}).get("turn") == turn_id
            answers = []
        elif event["event"] == "bot" and ours:
            data = {k: v for k, v in (event.get("data") or {}).items() if v}
            answers.append({"text": event.get("text"), **data})
    return answers


def _read(answers: Sequence[Mapping[str, Any]]) -> list[Said]:
    said = []
    silent = False
    for answer in answers:
        custom = answer.get("custom") or {}
        silent = silent or bool(custom.get("silent"))
        words = answer if answer.get("text") else custom  # an article's text comes as custom
        if words.get("text"):
            choices = tuple(Choice(b["title"], b["payload"]) for b in words.get("buttons") or [])
            said.append(Said(words["text"], choices))
        if custom.get("attached"):
            said.append(Said(attached=tuple(Attached(**one) for one in custom["attached"])))
    if not said and not silent:
        raise DialogueFailed("Rasa answered with nothing")
    return _joined(said)


def _joined(said: Sequence[Said]) -> list[Said]:
    """What belongs together as one message: a phone need not ring twice, nor show half an answer.

    Below a long answer there is no room for choices to tap; their text says how to reply.
    """
    joined: list[Said] = []
    for words in said:
        before = joined[-1] if joined else None
        both = f"{before.text}\n\n{words.text}" if before else ""
        if before is None or before.choices or before.attached or words.attached:
            joined.append(words)
        elif length(both) <= LONGEST_ABOVE_CHOICES:
            joined[-1] = Said(both, words.choices)
        elif words.choices and length(both) <= LIMIT:
            joined[-1] = Said(both)
        else:
            joined.append(words)
    return joined


@cache
def _responses() -> dict[str, list[dict[str, Any]]]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    responses: dict[str, list[dict[str, Any]]] = domain["responses"]
    return responses


def response_text(name: str, language: str, **values: str) -> str:
    """A response of `domain.yml`, for when Rasa can't be asked to say it."""
    variants = _responses()[name]
    fitting = [v for v in variants if _for_language(v, language)]
    plain = [v for v in variants if not v.get("condition")]
    text: str = (fitting or plain)[0]["text"]
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def _for_language(variant: Mapping[str, Any], language: str) -> bool:
    return any(
        c.get("name") == "language" and c.get("value") == language
        for c in variant.get("condition", [])
    )
