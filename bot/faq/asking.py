"""What the bot would do with a message, without doing it: for editors, and to measure it.

It goes the way of a WhatsApp message: Rasa tells the intent, the rules of `data/rules.yml` tell
the action, and the actions that answer ask the knowledge base. Nothing is recorded or sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import httpx
import yaml
from sqlalchemy.orm import Session

from bot.courtesy import courtesy_response
from bot.faq.in_context import read
from bot.faq.language import language_of
from bot.faq.search import Found, Knowledge
from bot.settings import ROOT, settings
from knowledge_base.decision import DecisionKind


class Outcome(StrEnum):
    """What a message leads to: an answer or choices, a person, or a reply to small talk."""

    ANSWER = "answer"
    CHOICES = "choices"
    PERSON = "person"
    CHAT = "chat"


@dataclass(frozen=True)
class Asked:
    """What the bot would do; `found` is there when the knowledge base was asked."""

    outcome: Outcome
    articles: tuple[str, ...]
    confidence: float  # calibrated for answers and choices; of the intent for the rest
    language: str
    intent: str
    found: Found | None
    urgent: bool = False


@dataclass(frozen=True)
class Understood:
    """The intent, its probability, and the reply if it is a courtesy that Rasa was not sure of."""

    intent: str
    confidence: float
    courtesy: str | None


# How a message is taken while Rasa can't be asked.
A_QUESTION = Understood("nlu_fallback", 0.0, None)


class Understanding:
    """Rasa's reading of a message."""

    def __init__(self, base_url: str | None = None) -> None:
        self._http = httpx.Client(
            base_url=base_url or settings().rasa_url,
            timeout=settings().rasa_timeout_seconds,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def of(self, text: str) -> Understood:
        """How Rasa reads the text. Raises httpx.HTTPError when Rasa does not answer."""
        response = self._http.post("/model/parse", json={"text": text})
        response.raise_for_status()
        parsed: dict[str, Any] = response.json()
        intent = str(parsed["intent"]["name"])
        unsure = intent == "nlu_fallback"
        return Understood(
            intent,
            float(parsed["intent"]["confidence"]),
            courtesy_response(parsed["intent_ranking"]) if unsure else None,
        )


def ask(session: Session, knowledge: Knowledge, understanding: Understanding, text: str) -> Asked:
    """What the bot would do with `text`, the first of a new conversation.

    A line break separates messages that were sent one after another.
    """
    return ask_understood(session, knowledge, understanding.of(text), text)


def ask_understood(
    session: Session, knowledge: Knowledge, understood: Understood, text: str
) -> Asked:
    """The same for a text that Rasa has read already."""
    intent, sure = understood.intent, understood.confidence
    language = language_of(text, "id")
    action = "action_small_talk" if understood.courtesy else _first_actions().get(intent, "")
    if action in _PERSON:
        return Asked(Outcome.PERSON, (), sure, language, intent, None)
    if action not in _KNOWLEDGE | _SMALL_TALK:
        return Asked(Outcome.CHAT, (), sure, language, intent, None)
    if knowledge.is_urgent(session, text):
        return Asked(Outcome.PERSON, (), 1.0, language, intent, None, urgent=True)
    reading = read(session, knowledge, text, None)
    found, decision = reading.found, reading.found.decision
    if action in _SMALL_TALK and decision.kind is not DecisionKind.ANSWER:
        return Asked(Outcome.CHAT, (), sure, language, intent, found)
    kind = Outcome(decision.kind)
    return Asked(kind, reading.articles, decision.confidence, language, intent, found)


# What the actions do with a message in a new conversation.
_KNOWLEDGE = {"action_answer", "action_pick"}
_SMALL_TALK = {"action_small_talk", "action_out_of_scope", "action_feedback"}
_PERSON = {"action_hand_over", "complaint_form"}


@cache
def _first_actions() -> dict[str, str]:
    """For each intent the first action that the rules name outside of a form."""
    rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    actions: dict[str, str] = {}
    for rule in rules:
        in_form = any(c.get("active_loop") for c in rule.get("condition", []))
        intent, *rest = rule["steps"]
        if not in_form and "intent" in intent and rest:
            actions[intent["intent"]] = str(rest[0].get("action", ""))
    return actions
