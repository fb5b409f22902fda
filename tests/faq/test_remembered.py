"""What is remembered: written by editors, confirmed by applicants, corrected by officers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from bot import moves
from bot.db import transaction
from bot.faq import remembered
from bot.faq.remembered import MOST_CONFIRMED, BadQuestion, QuestionFault
from bot.faq.search import Knowledge
from bot.models import Conversation, QuestionOrigin, RememberedQuestion, Staff, Turn
from knowledge_base.evaluation import SEALED, TUNING, read_questions
from tests.conftest import MONDAY_MORNING as NOW
from tests.conftest import TestClock

Look = Callable[[str], Staff]
QUESTION = "berapa batas bebas bea masuk barang kiriman"


def kept() -> dict[str, tuple[str | None, QuestionOrigin]]:
    with transaction() as session:
        rows = session.scalars(select(RememberedQuestion)).all()
        return {row.text: (row.article_id, row.origin) for row in rows}


@pytest.fixture
def helped(
    knowledge: Knowledge, turn_of: Callable[..., Turn], test_clock: TestClock
) -> Callable[[str], None]:
    """Fajar asks this, gets an answer, and says that it helped."""

    def ask(question: str) -> None:
        asked, said = _turn(turn_of, question, test_clock), "ya"
        with transaction() as session:
            moves.answer(session, knowledge, asked, question, test_clock.now)
        answered = _turn(turn_of, said, test_clock)
        with transaction() as session:
            moves.feedback(session, knowledge, answered, True, said, test_clock.now)

    return ask


def _turn(turn_of: Callable[..., Turn], words: str, clock: TestClock) -> int:
    """The turn of these words, once the one before has ended."""
    free = {"lease_token": None, "lease_until": None, "wake_at": None}
    with transaction() as session:
        session.execute(update(Turn).values(finished_at=clock.now))
        session.execute(update(Conversation).values(free))
    return turn_of(words).id


def test_the_seed_is_of_the_tuning_part_alone_and_sown_once(
    database: None, staff: Look, knowledge: Knowledge
) -> None:
    with transaction() as session:
        remembered.seed(session)
    sown = kept()
    assert len(sown) > 600
    tuning = {" ".join(question.text.split()) for question in read_questions(TUNING)}
    assert set(sown) <= tuning
    assert not set(sown) & ({question.text for question in read_questions(SEALED)} - tuning)
    assert any(article is None for article, _ in sown.values())
    with transaction() as session:
        first = session.scalars(select(RememberedQuestion.id).limit(1)).one()
        assert remembered.remove(session, first, staff("dewi"), NOW)
        remembered.seed(session)
    assert len(kept()) == len(sown) - 1


def test_an_answer_that_helped_is_remembered_without_what_tells_the_person(
    helped: Callable[[str], None],
) -> None:
    helped(f"{QUESTION}, resi CP123456789ID")
    [(text, told)] = kept().items()
    assert told == ("kiriman_batas", QuestionOrigin.CONFIRMED)
    assert text.startswith(QUESTION)
    assert "123456789" not in text


def test_an_article_has_enough_confirmed_questions_some_day(
    helped: Callable[[str], None], staff: Look
) -> None:
    with transaction() as session:
        session.add_all(
            RememberedQuestion(
                text=f"pertanyaan {n}",
                article_id="kiriman_batas",
                origin=QuestionOrigin.CONFIRMED,
            )
            for n in range(MOST_CONFIRMED)
        )
    helped(QUESTION)
    assert QUESTION not in kept()


def test_what_an_officer_said_counts_more_than_that_it_helped(
    helped: Callable[[str], None], staff: Look
) -> None:
    with transaction() as session:
        remembered.correct(session, QUESTION, None, staff("ani"), NOW)
    helped(QUESTION)
    assert kept() == {QUESTION: (None, QuestionOrigin.CORRECTED)}
    with transaction() as session:
        remembered.correct(session, QUESTION, "kiriman_lacak", staff("ani"), NOW)
    assert kept() == {QUESTION: ("kiriman_lacak", QuestionOrigin.CORRECTED)}


@pytest.mark.parametrize(
    ("text", "article_id", "fault"),
    [
        ("  \n ", None, QuestionFault.EMPTY),
        ("\x00", None, QuestionFault.EMPTY),
        ("x" * 601, None, QuestionFault.TOO_LONG),
        ("apa itu", "tidak_ada", QuestionFault.NO_SUCH_ARTICLE),
        (f"  {QUESTION}\n", "kiriman_batas", QuestionFault.REMEMBERED_ALREADY),
    ],
)
def test_what_cannot_be_remembered_is_refused_with_its_fault(
    knowledge: Knowledge, staff: Look, text: str, article_id: str | None, fault: QuestionFault
) -> None:
    with transaction() as session:
        remembered.add(session, QUESTION, "kiriman_batas", staff("dewi"), NOW)
    with transaction() as session, pytest.raises(BadQuestion) as refused:
        remembered.add(session, text, article_id, staff("dewi"), NOW)
    assert refused.value.fault is fault
    assert list(kept()) == [QUESTION]
