"""Answers: decided once a turn, published text and nothing else, its law in the last line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.faq import answers, published
from bot.faq.publishing import publish
from bot.faq.search import Knowledge
from bot.models import ArticleRevision, ArticleStatus, BotDecision, Turn
from knowledge_base.encoder import Encoder
from tests.conftest import TestClock
from tests.knowledge_base.toy import article

TurnOf = Callable[..., Turn]
QUESTION = "berapa batas bebas bea masuk kiriman"


def decide(knowledge: Knowledge, turn: Turn, clock: TestClock, question: str = "") -> BotDecision:
    with transaction() as session:
        decision = answers.decide(session, knowledge, turn, question or turn.text, clock.now)
        session.flush()
        assert decision.revision is None or decision.revision.id
        return decision


def test_a_sure_question_is_answered_with_the_published_revision(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    decision = decide(knowledge, turn_of(QUESTION), test_clock)
    assert (decision.kind, decision.awaiting) == (answers.ANSWER, "feedback")
    assert decision.revision.article_id == "kiriman_batas"
    assert decision.candidates[0]["article"] == "kiriman_batas"
    assert decision.language == "id"


def test_what_nothing_answers_is_for_a_person_and_waits_for_nothing(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    decision = decide(knowledge, turn_of("resep coto makassar"), test_clock)
    assert (decision.kind, decision.revision_id, decision.awaiting) == (answers.PERSON, None, None)


def test_a_retried_turn_finds_its_decision_whatever_is_published_meanwhile(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock, encoder: Encoder
) -> None:
    turn = turn_of(QUESTION)
    first = decide(knowledge, turn, test_clock)
    with transaction() as session:
        publish(session, article("kiriman_batas", content_hash="2", answer="Baru."), encoder)
    again = decide(knowledge, turn, test_clock, "pertanyaan lain sama sekali")
    assert (again.revision_id, again.question) == (first.revision_id, first.question)
    with transaction() as session:
        assert len(session.scalars(select(BotDecision)).all()) == 1
        given = session.get_one(ArticleRevision, first.revision_id)
        assert given.status is ArticleStatus.SUPERSEDED
        assert given.answer_id == "Jawaban tentang kiriman_batas."


def test_the_next_turn_is_answered_from_the_new_revision(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock, encoder: Encoder
) -> None:
    with transaction() as session:
        publish(session, article("kiriman_batas", content_hash="2", answer="Baru."), encoder)
    assert decide(knowledge, turn_of(QUESTION), test_clock).revision.answer_id == "Baru."


def test_a_chosen_article_is_given_once_a_turn(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    turn = turn_of("2")
    for article_id in ("imei_biaya", "imei_daftar"):
        with transaction() as session:
            decision = answers.give(session, turn, article_id, test_clock.now)
            assert decision is not None
            assert decision.revision.article_id == "imei_biaya"


@pytest.mark.parametrize("article_id", ["tidak_ada", "", "imei_biaya'; --"])
def test_an_article_that_is_not_published_is_not_given(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock, article_id: str
) -> None:
    turn = turn_of("2")
    with transaction() as session:
        assert answers.give(session, turn, article_id, test_clock.now) is None


def test_what_was_said_is_remembered_for_six_hours(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    turn = turn_of(QUESTION)
    decide(knowledge, turn, test_clock)
    test_clock.forward(hours=5, minutes=59)
    with transaction() as session:
        assert answers.last_decision(session, turn.conversation_id, test_clock.now) is not None
        test_clock.forward(minutes=1)
        assert answers.last_decision(session, turn.conversation_id, test_clock.now) is None
        assert answers.last_decision(session, turn.conversation_id + 1, test_clock.now) is None


def test_offers_are_at_most_three_published_ones_and_leave_out_what_was_given(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    turn = turn_of(QUESTION)
    decision = decide(knowledge, turn, test_clock)
    candidates = [
        {"article": a, "score": s, "nearest": None}
        for a, s in [
            ("kiriman_batas", 0.9),
            ("imei_biaya", 0.5),
            ("gone", 0.4),
            ("imei_daftar", answers.WORTH_OFFERING * 0.9 + 0.01),
            ("kiriman_lacak", answers.WORTH_OFFERING * 0.9 - 0.01),
        ]
    ]
    with transaction() as session:
        kept = session.merge(decision)
        kept.candidates = candidates
        session.flush()
        runners_up = [o.article for o in answers.offers(session, kept, runners_up=True)]
        offered = [o.article for o in answers.offers(session, kept)]
    assert runners_up == ["imei_biaya", "imei_daftar"]
    assert offered == ["kiriman_batas", "imei_biaya", "imei_daftar"]


def test_who_is_to_choose_always_has_something_to_choose_from(
    knowledge: Knowledge, turn_of: TurnOf, test_clock: TestClock
) -> None:
    decision = decide(knowledge, turn_of(QUESTION), test_clock)
    unlikely = answers.WORTH_OFFERING / 2
    with transaction() as session:
        kept = session.merge(decision)
        kept.candidates = [
            {"article": a, "score": unlikely, "nearest": None}
            for a in ("kiriman_batas", "imei_biaya", "imei_daftar", "kiriman_lacak")
        ]
        offered = [o.article for o in answers.offers(session, kept)]
    assert offered == ["kiriman_batas", "imei_biaya", "imei_daftar"]


# --- the text ---------------------------------------------------------------------------------


def revision(**changed: object) -> ArticleRevision:
    fields: dict[str, object] = {
        "answer_id": "Jawaban.",
        "answer_en": "Answer.",
        "legal_basis": ["PMK 96/2023", "PMK 4/2025 Pasal 29"],
        "valid_from": date(2025, 3, 5),
    } | changed
    return ArticleRevision(**fields)


@pytest.mark.parametrize(
    ("language", "changed", "text"),
    [
        (
            "id",
            {},
            "Jawaban.\n\n_Dasar hukum: PMK 96/2023; PMK 4/2025 Pasal 29 (per 5 Maret 2025)_",
        ),
        (
            "en",
            {},
            "Answer.\n\n_Legal basis: PMK 96/2023; PMK 4/2025 Pasal 29 (as of 5 March 2025)_",
        ),
        (
            "en",
            {"answer_en": None, "legal_basis": ["PMK 96/2023"]},
            "Jawaban.\n\n_Dasar hukum: PMK 96/2023 (per 5 Maret 2025)_",
        ),
        ("id", {"legal_basis": []}, "Jawaban.\n\n_Per 5 Maret 2025_"),
        ("en", {"legal_basis": []}, "Answer.\n\n_As of 5 March 2025_"),
    ],
)
def test_the_last_line_says_the_law_and_since_when(
    language: str, changed: dict[str, object], text: str
) -> None:
    assert published.answer_text(revision(**changed), language) == text


def test_an_answer_is_the_editors_words_to_the_letter() -> None:
    words = "*Batas* {ticket} %s\n\n- satu\n- dua"
    assert published.answer_text(revision(answer_id=words), "id").startswith(words + "\n\n_")
