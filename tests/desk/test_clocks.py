"""Clocks as rows: warned about once, breached once, never rewritten, none missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.calendar import current_calendar
from bot.desk.clocks import mark_due_clocks, running_promise, start_promise
from bot.models import Clock, ClockKind, OfficeCalendarVersion, Staff, Ticket, TicketEvent
from tests.conftest import MONDAY_MORNING, TestClock
from tests.desk.conftest import OpenTicket
from tests.threads import at_once

DUE = MONDAY_MORNING + timedelta(minutes=10)


def mark(now: datetime) -> list[ClockKind]:
    with transaction() as session:
        return [clock.kind for clock in mark_due_clocks(session, now)]


def the_clock() -> Clock:
    with transaction() as session:
        return session.scalars(select(Clock).where(Clock.kind == ClockKind.PROMISE)).one()


def logged(kind: str) -> int:
    with transaction() as session:
        return len(session.scalars(select(TicketEvent).where(TicketEvent.kind == kind)).all())


def test_a_clock_is_warned_about_once_before_it_runs_out(open_ticket: OpenTicket) -> None:
    open_ticket()
    assert mark(MONDAY_MORNING + timedelta(minutes=6, seconds=59)) == []
    assert mark(MONDAY_MORNING + timedelta(minutes=7)) == [ClockKind.PROMISE]
    assert mark(MONDAY_MORNING + timedelta(minutes=8)) == []
    clock = the_clock()
    assert (clock.warned_at, clock.breached_at) == (MONDAY_MORNING + timedelta(minutes=7), None)
    assert logged("clock_warned") == 1


def test_a_clock_breaches_after_its_last_moment_and_once(open_ticket: OpenTicket) -> None:
    open_ticket()
    mark(DUE)
    assert the_clock().breached_at is None
    assert mark(DUE + timedelta(microseconds=1)) == [ClockKind.PROMISE]
    assert mark(DUE + timedelta(minutes=5)) == []
    assert (the_clock().breached_at, logged("clock_breached")) == (DUE, 1)


@pytest.mark.parametrize("gap", [timedelta(minutes=11), timedelta(days=3), timedelta(days=400)])
def test_a_restart_or_a_jump_of_the_clock_misses_no_breach(
    open_ticket: OpenTicket, gap: timedelta
) -> None:
    open_ticket()
    open_ticket("whatsapp:+628114000002")
    assert len(mark(MONDAY_MORNING + gap)) == 2
    with transaction() as session:
        assert set(session.scalars(select(Clock.breached_at))) == {DUE}


def test_a_clock_set_back_takes_no_breach_back(open_ticket: OpenTicket) -> None:
    open_ticket()
    mark(DUE + timedelta(minutes=1))
    mark(MONDAY_MORNING - timedelta(hours=1))
    assert the_clock().breached_at == DUE


def test_a_breach_is_not_rewritten_by_a_late_reply_nor_by_closing(
    open_ticket: OpenTicket, ani: Staff, test_clock: TestClock
) -> None:
    ticket_id = open_ticket()
    mark(DUE + timedelta(minutes=1))
    now = test_clock.forward(minutes=30)
    with transaction() as session:
        tickets.take_over(session, ticket_id, ani, now)
        tickets.reply(session, ticket_id, ani, "Maaf.", now)
        tickets.close(session, ticket_id, ani, "answered", now)
    clock = the_clock()
    assert (clock.due_at, clock.breached_at, clock.stopped_at) == (DUE, DUE, now)
    assert mark(now + timedelta(days=1)) == []


def test_a_stopped_clock_is_left_alone(
    open_ticket: OpenTicket, ani: Staff, test_clock: TestClock
) -> None:
    ticket_id = open_ticket()
    with transaction() as session:
        tickets.take_over(session, ticket_id, ani, test_clock.now)
        tickets.reply(session, ticket_id, ani, "Silakan.", test_clock.now)
    assert mark(DUE + timedelta(days=1)) == []
    assert the_clock().breached_at is None


def test_several_workers_that_look_at_once_record_one_breach(open_ticket: OpenTicket) -> None:
    open_ticket()
    at_once([lambda: mark(DUE + timedelta(minutes=1))] * 5)
    assert (logged("clock_breached"), the_clock().breached_at) == (1, DUE)


def test_a_new_calendar_moves_no_deadline_that_was_given(open_ticket: OpenTicket) -> None:
    ticket_id = open_ticket()
    before = the_clock()
    with transaction() as session:
        rules = dict(session.scalars(select(OfficeCalendarVersion.rules)).one())
        session.add(OfficeCalendarVersion(rules=rules | {"weekly": {}}))
        session.flush()
        assert not current_calendar(session).is_working(MONDAY_MORNING)
    after = the_clock()
    assert (after.due_at, after.calendar_version_id) == (DUE, before.calendar_version_id)
    second = open_ticket("whatsapp:+628114000002")
    with transaction() as session:
        assert running_promise(session, second).due_at == MONDAY_MORNING + timedelta(hours=1)
        assert running_promise(session, ticket_id).due_at == DUE


def test_a_ticket_has_one_running_promise_even_for_who_insists(open_ticket: OpenTicket) -> None:
    ticket_id = open_ticket()

    def start() -> None:
        with transaction() as session:
            start_promise(session, session.get_one(Ticket, ticket_id), MONDAY_MORNING)

    at_once([start] * 4)
    assert the_clock().due_at == DUE


def test_only_the_clock_of_what_it_was_opened_for_is_a_tickets_first(held: int, ani: Staff) -> None:
    with transaction() as session:
        tickets.reply(session, held, ani, "Boleh.", MONDAY_MORNING + timedelta(minutes=1))
        ticket = session.get_one(Ticket, held)
        start_promise(session, ticket, MONDAY_MORNING + timedelta(minutes=2))
        consultations.consult(
            session,
            held,
            ani,
            section_code="P2",
            question="Boleh?",
            holding_reply="",
            key="k1",
            now=MONDAY_MORNING + timedelta(minutes=3),
        )
        clocks = session.scalars(select(Clock).order_by(Clock.id)).all()
        assert [(clock.kind, clock.is_first) for clock in clocks] == [
            (ClockKind.PROMISE, True),
            (ClockKind.PROMISE, False),
            (ClockKind.SECTION, False),
        ]


def test_a_sections_clock_is_warned_about_and_breached_beside_the_promise(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        consultations.consult(
            session,
            held,
            ani,
            "P2",
            "Bagaimana?",
            test_clock.now,
            key="k",
            holding_reply="Kami tanyakan dulu.",
        )
    assert mark(MONDAY_MORNING + timedelta(minutes=20)) == []
    assert mark(MONDAY_MORNING + timedelta(minutes=21)) == [ClockKind.SECTION]
    assert mark(MONDAY_MORNING + timedelta(minutes=31)) == [ClockKind.SECTION]
