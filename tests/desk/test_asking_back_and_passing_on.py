"""A section may ask PLI back or pass the question on, to the head too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.tickets import DeskError, NotYours, WrongState
from bot.models import (
    Clock,
    ClockKind,
    Consultation,
    Message,
    Staff,
    Ticket,
    TicketEvent,
    TicketState,
    Tier,
)
from tests.conftest import TestClock
from tests.desk.conftest import LookUp
from tests.threads import at_once


@pytest.fixture
def asked(held: int, ani: Staff, test_clock: TestClock) -> int:
    """Ani has asked P2; the id of the question."""
    with transaction() as session:
        return consultations.consult(
            session, held, ani, "P2", "Apakah boleh?", test_clock.now, key="k1"
        ).id


def ask_back(asked: int, member: Staff, clock: TestClock, text: str = "Nomor resinya?") -> None:
    with transaction() as session:
        consultations.ask_back(session, asked, member, text, clock.now)


def tell(asked: int, officer: Staff, clock: TestClock, text: str = "RR1ID") -> None:
    with transaction() as session:
        consultations.tell_more(session, asked, officer, text, clock.now)


def pass_on(
    asked: int, member: Staff, clock: TestClock, to: str = "PKC", tier: Tier = Tier.SECTION
) -> int:
    with transaction() as session:
        return consultations.pass_on(
            session, asked, member, to, "Bukan urusan kami", clock.now, tier=tier
        ).id


def answer(asked: int, member: Staff, clock: TestClock) -> None:
    with transaction() as session:
        consultations.answer(session, asked, member, "Boleh.", clock.now)


def state(ticket_id: int) -> TicketState:
    with transaction() as session:
        return session.get_one(Ticket, ticket_id).state


def events(ticket_id: int) -> list[str]:
    with transaction() as session:
        kinds = session.scalars(
            select(TicketEvent.kind)
            .where(TicketEvent.ticket_id == ticket_id)
            .order_by(TicketEvent.id)
        )
        return [k for k in kinds if k.startswith(("section_", "head_"))]


def section_clocks() -> list[Clock]:
    with transaction() as session:
        return list(
            session.scalars(select(Clock).where(Clock.kind == ClockKind.SECTION).order_by(Clock.id))
        )


def test_asking_back_gives_the_turn_to_pli_and_stops_the_sections_clock(
    held: int, asked: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    test_clock.forward(minutes=5)
    ask_back(asked, staff("budi"), test_clock)
    assert state(held) is TicketState.HELD
    assert [clock.stopped_at for clock in section_clocks()] == [test_clock.now]
    test_clock.forward(minutes=40)
    tell(asked, ani, test_clock)
    assert state(held) is TicketState.CONSULTING
    first, second = section_clocks()
    assert first.breached_at is None
    assert (second.started_at, second.due_at) == (
        test_clock.now,
        test_clock.now + timedelta(minutes=30),
    )
    answer(asked, staff("budi"), test_clock)
    assert [clock.stopped_at is not None for clock in section_clocks()] == [True, True]
    assert events(held) == [
        "section_consulted",
        "section_asked_back",
        "section_told",
        "section_answered",
    ]


def test_the_remarks_say_who_asked_and_who_told(
    held: int, asked: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    ask_back(asked, staff("budi"), test_clock)
    tell(asked, ani, test_clock)
    with transaction() as session:
        remarks = session.get_one(Consultation, asked).remarks
        told = [(r.staff.username, r.from_pli, r.text) for r in remarks]
    assert told == [("budi", False, "Nomor resinya?"), ("ani", True, "RR1ID")]


def test_a_section_may_answer_without_waiting_for_what_it_asked(
    held: int, asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    ask_back(asked, staff("budi"), test_clock)
    answer(asked, staff("budi"), test_clock)
    assert state(held) is TicketState.HELD
    with pytest.raises(WrongState):
        tell(asked, staff("ani"), test_clock)


def test_pli_is_asked_back_once_at_a_time(asked: int, staff: LookUp, test_clock: TestClock) -> None:
    won: list[bool] = []

    def ask() -> None:
        try:
            ask_back(asked, staff("budi"), test_clock)
            won.append(True)
        except WrongState:
            won.append(False)

    at_once([ask] * 4)
    assert sorted(won) == [False, False, False, True]


def test_only_the_holder_tells_a_section_more(
    asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    ask_back(asked, staff("budi"), test_clock)
    for outsider in ("ali", "budi", "citra", "eko"):
        with pytest.raises(NotYours):
            tell(asked, staff(outsider), test_clock)


@pytest.mark.parametrize("outsider", ["citra", "ani", "ali", "dewi", "eko", "admin"])
def test_nobody_else_asks_back_or_passes_on_in_a_sections_name(
    held: int, asked: int, staff: LookUp, test_clock: TestClock, outsider: str
) -> None:
    with pytest.raises(NoResultFound):
        ask_back(asked, staff(outsider), test_clock)
    with pytest.raises(NoResultFound):
        pass_on(asked, staff(outsider), test_clock, "UMUM")
    assert events(held) == ["section_consulted"]


def test_words_are_needed_for_each_step(asked: int, staff: LookUp, test_clock: TestClock) -> None:
    with pytest.raises(DeskError, match="empty"):
        ask_back(asked, staff("budi"), test_clock, "  ")
    with pytest.raises(DeskError, match="empty"):
        tell(asked, staff("ani"), test_clock, "\n")
    with pytest.raises(DeskError, match="empty"), transaction() as session:
        consultations.pass_on(session, asked, staff("budi"), "PKC", " ", test_clock.now)


def test_what_was_passed_on_is_the_other_sections_with_its_own_clock(
    held: int, asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    test_clock.forward(minutes=20)
    passed = pass_on(asked, staff("budi"), test_clock)
    assert state(held) is TicketState.CONSULTING
    first, second = section_clocks()
    assert (first.stopped_at, second.started_at) == (test_clock.now, test_clock.now)
    assert second.consultation_id == passed
    with pytest.raises(WrongState, match="passed_on"):
        answer(asked, staff("budi"), test_clock)
    answer(passed, staff("citra"), test_clock)
    assert state(held) is TicketState.HELD
    assert events(held) == ["section_consulted", "section_passed_on", "section_answered"]
    with transaction() as session:
        before = session.get_one(Consultation, asked)
        assert before.passed_to is not None
        assert (before.passed_to.id, before.pass_reason) == (passed, "Bukan urusan kami")
        assert session.get_one(Consultation, passed).question == "Apakah boleh?"


def test_a_question_is_not_passed_on_to_where_it_is(
    asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    with pytest.raises(WrongState, match="same"):
        pass_on(asked, staff("budi"), test_clock, "P2")


def test_a_question_is_passed_on_once(asked: int, staff: LookUp, test_clock: TestClock) -> None:
    won: list[str] = []

    def give(to: str) -> None:
        try:
            pass_on(asked, staff("budi"), test_clock, to)
            won.append(to)
        except WrongState:
            pass

    at_once([lambda to=to: give(to) for to in ("PKC", "UMUM", "PERBEND")])  # type: ignore[misc]
    with transaction() as session:
        passed = session.scalars(
            select(Consultation).where(Consultation.passed_from_id == asked)
        ).all()
        assert [c.section.code for c in passed] == won


def test_an_answer_against_passing_on_has_one_winner(
    held: int, asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    budi, won = staff("budi"), []

    def try_(do: Callable[[], object], name: str) -> None:
        try:
            do()
            won.append(name)
        except WrongState:
            pass

    at_once(
        [
            lambda: try_(lambda: answer(asked, budi, test_clock), "section_answered"),
            lambda: try_(lambda: pass_on(asked, budi, test_clock), "section_passed_on"),
        ]
    )
    assert len(won) == 1
    assert events(held) == ["section_consulted", *won]
    expected = TicketState.HELD if won == ["section_answered"] else TicketState.CONSULTING
    assert state(held) is expected


def test_the_head_is_asked_by_an_officer_and_only_the_head_decides(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        asked = consultations.consult(
            session, held, ani, "PLI", "Setuju?", test_clock.now, key="k", tier=Tier.HEAD
        ).id
    assert state(held) is TicketState.CONSULTING
    assert [c.due_at for c in section_clocks()] == [test_clock.now + timedelta(minutes=60)]
    for outsider in ("budi", "citra", "ali", "ani", "admin"):
        with pytest.raises(NoResultFound):
            answer(asked, staff(outsider), test_clock)
    answer(asked, staff("eko"), test_clock)
    assert state(held) is TicketState.HELD
    assert events(held) == ["head_asked", "head_decided"]


def test_a_section_has_the_head_decide(
    held: int, asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    passed = pass_on(asked, staff("budi"), test_clock, "PLI", Tier.HEAD)
    with pytest.raises(NoResultFound):
        answer(passed, staff("budi"), test_clock)
    answer(passed, staff("eko"), test_clock)
    assert events(held) == ["section_consulted", "head_asked_by_section", "head_decided"]


def test_a_section_sees_the_messages_that_were_shared_and_they_go_along_when_passed_on(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock, write: Callable[..., str]
) -> None:
    write("punya orang lain", From="whatsapp:+628114000099", WaId="")
    with transaction() as session:
        own, foreign = session.scalars(select(Message.id).order_by(Message.id)).all()[:2]
        asked = consultations.consult(
            session, held, ani, "P2", "?", test_clock.now, key="k", shared=[own, foreign, 10**9]
        ).id
    with transaction() as session:
        assert [m.id for m in session.get_one(Consultation, asked).shared] == [own]
    passed = pass_on(asked, staff("budi"), test_clock)
    with transaction() as session:
        assert [m.id for m in session.get_one(Consultation, passed).shared] == [own]


def test_an_answer_finds_a_ticket_that_was_given_back_to_the_queue(
    held: int, asked: int, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        session.get_one(Ticket, held).holder_id = None  # the officer's shift is over
    answer(asked, staff("budi"), test_clock)
    assert state(held) is TicketState.WAITING


def test_after_closing_nothing_is_asked_back_or_passed_on(
    held: int, asked: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        tickets.close(session, held, ani, "answered", test_clock.now)
    with pytest.raises(WrongState, match="closed"):
        ask_back(asked, staff("budi"), test_clock)
    with pytest.raises(WrongState, match="closed"):
        pass_on(asked, staff("budi"), test_clock)
