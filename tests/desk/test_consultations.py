"""Sections: asked once, answered once, and blind to what was not put to them."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.clocks import running_promise
from bot.desk.tickets import DeskError, NotYours, WrongState
from bot.models import (
    Announcement,
    Clock,
    ClockKind,
    Consultation,
    Direction,
    Message,
    Section,
    Staff,
    Ticket,
    TicketState,
)
from tests.conftest import TestClock
from tests.desk.conftest import LookUp, OpenTicket
from tests.threads import at_once


def ask(
    ticket_id: int,
    officer: Staff,
    clock: TestClock,
    section: str = "P2",
    key: str = "k1",
    holding_reply: str = "",
) -> int:
    with transaction() as session:
        return consultations.consult(
            session,
            ticket_id,
            officer,
            section,
            "Apakah boleh?",
            clock.now,
            key=key,
            holding_reply=holding_reply,
        ).id


def answer(consultation_id: int, member: Staff, clock: TestClock, words: str = "Boleh.") -> None:
    with transaction() as session:
        consultations.answer(session, consultation_id, member, words, clock.now)


def state(ticket_id: int) -> TicketState:
    with transaction() as session:
        return session.get_one(Ticket, ticket_id).state


def seen_by(member: Staff) -> list[int]:
    with transaction() as session:
        return [c.id for c in session.scalars(consultations.visible_to(member))]


def test_a_section_sees_only_what_was_put_to_it(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock, "P2")
    assert seen_by(staff("budi")) == [asked]
    for outsider in ("citra", "ani", "ali", "dewi", "eko", "admin"):
        assert seen_by(staff(outsider)) == []


@pytest.mark.parametrize("outsider", ["citra", "ani", "dewi", "eko", "admin"])
def test_nobody_else_can_answer_in_a_sections_name(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock, outsider: str
) -> None:
    asked = ask(held, ani, test_clock, "P2")
    with pytest.raises(NoResultFound):
        answer(asked, staff(outsider), test_clock)
    with transaction() as session:
        assert session.get_one(Consultation, asked).answer is None
    assert state(held) is TicketState.CONSULTING


def test_only_the_holder_may_ask_a_section(held: int, staff: LookUp, test_clock: TestClock) -> None:
    for outsider in ("ali", "budi", "eko"):
        with pytest.raises(NotYours):
            ask(held, staff(outsider), test_clock)


def test_a_section_that_does_not_exist_and_an_empty_question_are_refused(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with pytest.raises(NoResultFound):
        ask(held, ani, test_clock, "XYZ")
    with pytest.raises(DeskError), transaction() as session:
        consultations.consult(session, held, ani, "P2", "  ", test_clock.now, key="k")
    assert state(held) is TicketState.HELD


def test_the_sections_clock_runs_for_its_own_time_and_stops_with_the_answer(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        session.scalars(select(Section).where(Section.code == "P2")).one().clock_minutes = 45
    asked_at = test_clock.now
    asked = ask(held, ani, test_clock)
    test_clock.forward(minutes=50)
    answer(asked, staff("budi"), test_clock)
    with transaction() as session:
        clock = session.scalars(select(Clock).where(Clock.kind == ClockKind.SECTION)).one()
    assert clock.due_at == asked_at + timedelta(minutes=45)
    assert (clock.stopped_at, clock.breached_at) == (test_clock.now, clock.due_at)
    assert state(held) is TicketState.HELD


def test_an_answer_in_time_records_no_breach(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    test_clock.forward(minutes=30)
    answer(asked, staff("budi"), test_clock)
    with transaction() as session:
        clock = session.scalars(select(Clock).where(Clock.kind == ClockKind.SECTION)).one()
    assert clock.breached_at is None


def test_the_first_answer_counts(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    won: list[str] = []

    def give(words: str) -> None:
        try:
            answer(asked, staff("budi"), test_clock, words)
            won.append(words)
        except WrongState:
            pass

    at_once([lambda w=w: give(w) for w in ("Boleh.", "Tidak boleh.", "Tanya PKC.")])  # type: ignore[misc]
    with transaction() as session:
        assert [session.get_one(Consultation, asked).answer] == won


def test_an_empty_answer_is_refused(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    with pytest.raises(DeskError):
        answer(asked, staff("budi"), test_clock, " ")
    assert state(held) is TicketState.CONSULTING


def test_with_two_sections_asked_the_ticket_waits_for_both(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    first = ask(held, ani, test_clock, "P2", "k1")
    second = ask(held, ani, test_clock, "PKC", "k2")
    answer(first, staff("budi"), test_clock)
    assert state(held) is TicketState.CONSULTING
    answer(second, staff("citra"), test_clock)
    assert state(held) is TicketState.HELD


def test_a_holding_reply_goes_to_the_applicant_and_stops_the_promise(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    ask(held, ani, test_clock, holding_reply="Kami tanyakan dulu, mohon tunggu.")
    with transaction() as session:
        words = session.scalars(select(Message.body).where(Message.direction == Direction.OUT))
        assert words.all() == ["Kami tanyakan dulu, mohon tunggu."]
        assert running_promise(session, held) is None
    assert state(held) is TicketState.CONSULTING


def test_without_a_holding_reply_the_promise_runs_on_and_the_dialogue_tells(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    ask(held, ani, test_clock)
    with transaction() as session:
        assert running_promise(session, held) is not None
        events = session.scalars(select(Announcement.event).order_by(Announcement.id)).all()
    assert events[-1] == "section_consulted"


def test_a_retry_or_a_double_click_asks_once(held: int, ani: Staff, test_clock: TestClock) -> None:
    at_once([lambda: ask(held, ani, test_clock, holding_reply="Mohon tunggu.")] * 5)
    ask(held, ani, test_clock)
    with transaction() as session:
        assert len(session.scalars(select(Consultation)).all()) == 1
        assert len(session.scalars(select(Clock).where(Clock.kind == "section")).all()) == 1
        sent = session.scalars(select(Message).where(Message.direction == Direction.OUT)).all()
    assert len(sent) == 1


def test_a_retry_after_closing_finds_what_was_asked(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    with transaction() as session:
        tickets.close(session, held, ani, "answered", test_clock.now)
    assert ask(held, ani, test_clock) == asked


def test_an_answer_that_comes_after_closing_is_refused_and_opens_nothing(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    with transaction() as session:
        tickets.close(session, held, ani, "answered", test_clock.now)
    with pytest.raises(WrongState):
        answer(asked, staff("budi"), test_clock)
    assert state(held) is TicketState.CLOSED


@pytest.mark.slow
def test_an_answer_that_comes_while_the_ticket_is_closed_never_opens_it_again(
    open_ticket: OpenTicket, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    budi = staff("budi")
    for round_ in range(20):
        ticket_id = open_ticket(f"whatsapp:+62812100{round_:04d}")
        with transaction() as session:
            tickets.take_over(session, ticket_id, ani, test_clock.now)
        asked = ask(ticket_id, ani, test_clock, key=f"k{round_}")

        def close(ticket_id: int = ticket_id) -> None:
            with transaction() as session:
                tickets.close(session, ticket_id, ani, "answered", test_clock.now)

        def give(asked: int = asked) -> None:
            with contextlib.suppress(WrongState):
                answer(asked, budi, test_clock)

        at_once([close, give])
        assert state(ticket_id) is TicketState.CLOSED


@pytest.mark.slow
def test_two_sections_that_answer_at_once_leave_nobody_waiting(
    open_ticket: OpenTicket, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    budi, citra = staff("budi"), staff("citra")
    for round_ in range(15):
        ticket_id = open_ticket(f"whatsapp:+62812200{round_:04d}")
        with transaction() as session:
            tickets.take_over(session, ticket_id, ani, test_clock.now)
        first = ask(ticket_id, ani, test_clock, "P2", f"a{round_}")
        second = ask(ticket_id, ani, test_clock, "PKC", f"b{round_}")
        at_once(
            [
                lambda f=first: answer(f, budi, test_clock),  # type: ignore[misc]
                lambda s=second: answer(s, citra, test_clock),  # type: ignore[misc]
            ]
        )
        assert state(ticket_id) is TicketState.HELD


def test_a_section_never_writes_to_the_applicant(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    answer(asked, staff("budi"), test_clock, "RAHASIA INTERNAL")
    with pytest.raises(NotYours), transaction() as session:
        tickets.reply(session, held, staff("budi"), "halo", test_clock.now)
    with transaction() as session:
        assert session.scalars(select(Message).where(Message.direction == "out")).all() == []
