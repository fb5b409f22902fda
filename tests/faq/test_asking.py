"""What the bot would do: small talk stays small talk, a question in it is found, no one is told."""

from __future__ import annotations

import pytest
import yaml
from sqlalchemy import func, select

from bot.db import transaction
from bot.faq.asking import Asked, Understanding, Understood, _first_actions, ask
from bot.faq.search import Knowledge
from bot.models import BotDecision, Message, Ticket
from bot.settings import ROOT


class OneMind(Understanding):
    """Rasa as if it had understood one thing."""

    def __init__(self, intent: str, courtesy: str | None) -> None:
        self._understood = Understood(intent, 0.9, courtesy)

    def of(self, text: str) -> Understood:
        return self._understood


def asked(knowledge: Knowledge, text: str, intent: str, courtesy: str | None = None) -> Asked:
    with transaction() as session:
        return ask(session, knowledge, OneMind(intent, courtesy), text)


@pytest.mark.parametrize(
    ("text", "intent", "outcome", "articles"),
    [
        ("berapa batas bebas bea masuk kiriman", "question", "answer", ("kiriman_batas",)),
        ("berapa batas bebas bea masuk kiriman", "nlu_fallback", "answer", ("kiriman_batas",)),
        ("makasih, berapa batas bebas bea masuk kiriman", "thank", "answer", ("kiriman_batas",)),
        ("resep coto makassar", "question", "person", ()),
        ("resep coto makassar", "out_of_scope", "chat", ()),
        ("makasih ya", "thank", "chat", ()),
        ("iya", "affirm", "chat", ()),
        ("petugas", "ask_human", "person", ()),
        ("saya mau mengadu", "complain", "person", ()),
        ("kamu robot?", "bot_challenge", "chat", ()),
        ("bangsat", "abuse", "chat", ()),
    ],
)
def test_each_message_leads_where_the_rules_say(
    knowledge: Knowledge, text: str, intent: str, outcome: str, articles: tuple[str, ...]
) -> None:
    made = asked(knowledge, text, intent)
    assert (made.outcome, made.articles) == (outcome, articles)
    assert 0 <= made.confidence <= 1


def test_a_courtesy_that_rasa_is_not_sure_of_is_small_talk_unless_a_question_is_inside(
    knowledge: Knowledge,
) -> None:
    made = asked(knowledge, "sip makasih", "nlu_fallback", "utter_thank")
    assert made.outcome == "chat"
    question = "sip, berapa batas bebas bea masuk kiriman"
    assert asked(knowledge, question, "nlu_fallback", "utter_thank").outcome == "answer"


def test_nothing_is_recorded(knowledge: Knowledge) -> None:
    asked(knowledge, "berapa batas bebas bea masuk kiriman", "question")
    asked(knowledge, "petugas", "ask_human")
    with transaction() as session:
        for table in (BotDecision, Message, Ticket):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_every_intent_that_people_write_has_an_action() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    written = {name for name in domain["intents"] if not name.startswith("EXTERNAL_")}
    assert written - set(_first_actions()) == set()


def test_a_message_in_english_is_told_so(knowledge: Knowledge) -> None:
    made = asked(knowledge, "how much is the tax for my parcel?", "question")
    assert made.language == "en"
