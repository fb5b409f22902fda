"""Whole days against deadlines.tsv, which was written by hand before the code was run on it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.conversation import locked
from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.calendar import Interval, default_rules, read_rules
from bot.desk.sla import promise, section_deadline
from bot.models import (
    Clock,
    ClockKind,
    Consultation,
    Conversation,
    OfficeCalendarVersion,
    Staff,
    TicketReason,
)
from tests.conftest import TestClock
from tests.desk.conftest import LookUp

pytestmark = pytest.mark.slow

WITA = ZoneInfo("Asia/Makassar")
RULES = default_rules("Asia/Makassar", (2026, 2027))
OFFICE = read_rules(RULES, version=1)
CALENDARS = {
    "office": OFFICE,
    "lunch-off": replace(
        OFFICE,
        breaks=dict.fromkeys(range(5), (Interval(time(12), time(13)),)),
        breaks_count_as_working=False,
    ),
}


@dataclass(frozen=True)
class Row:
    clock: str
    message_at: datetime
    calendar: str
    deadline: datetime
    why: str

    @property
    def name(self) -> str:
        return f"{self.clock}: {self.why} ({self.calendar})"


def rows() -> list[Row]:
    lines = (Path(__file__).parent / "deadlines.tsv").read_text(encoding="utf-8").splitlines()
    table = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    return [
        Row(r["clock"], wita(r["message_at"]), r["calendar"], wita(r["deadline"]), r["why"])
        for r in table
    ]


def wita(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WITA)


ROWS = rows()


def test_the_table_covers_what_it_has_to() -> None:
    assert len(ROWS) > 50
    told = " ".join(row.why for row in ROWS)
    for word in ("lunch", "clos", "Friday in Ramadan", "holiday", "midnight", "outside"):
        assert word in told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_deadline_is_the_one_worked_out_by_hand(row: Row) -> None:
    calendar = CALENDARS[row.calendar]
    if row.clock == "promise":
        assert promise(row.message_at, calendar).due_at == row.deadline
    else:
        assert section_deadline(row.message_at, 30, calendar).due_at == row.deadline


def test_the_desk_gives_the_same_deadlines_as_the_days_go_by(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    """One conversation lives through the whole table."""
    with transaction() as session:
        session.add(OfficeCalendarVersion(rules=RULES, note="two years"))
    budi = staff("budi")
    for n, row in enumerate(row for row in ROWS if row.calendar == "office"):
        test_clock.now = row.message_at
        if row.clock == "promise":
            assert _promise_at(ani, row.message_at) == row.deadline, row.name
        else:
            assert _asked_at(n, ani, budi, row.message_at) == row.deadline, row.name


def _promise_at(ani: Staff, at: datetime) -> datetime:
    """Close what is open and open a ticket for what is written `at`; gives its deadline."""
    with transaction() as session:
        conversation = locked(session, session.scalars(select(Conversation.id)).one())
        before = tickets.open_ticket_of(session, conversation.id)
        if before is not None:
            if before.holder_id is None:
                tickets.take_over(session, before.id, ani, at)
            tickets.close(session, before.id, ani, "answered", at)
        ticket = tickets.open_ticket(
            session, conversation, TicketReason.ASKED_FOR_PERSON, asked_at=at, now=at
        )
        return session.scalars(
            select(Clock.due_at)
            .where(Clock.ticket_id == ticket.id, Clock.kind == ClockKind.PROMISE)
            .order_by(Clock.id.desc())
            .limit(1)
        ).one()


def _asked_at(n: int, ani: Staff, budi: Staff, at: datetime) -> datetime:
    """Ask a section `at`; gives its deadline. It answers at once, for the next row."""
    with transaction() as session:
        conversation_id = session.scalars(select(Conversation.id)).one()
        ticket = tickets.open_ticket_of(session, conversation_id)
        assert ticket is not None
        tickets.take_over(session, ticket.id, ani, at)
        asked = consultations.consult(
            session, ticket.id, ani, "P2", "Apakah boleh?", at, key=f"row-{n}"
        )
        due = session.scalars(select(Clock.due_at).where(Clock.consultation_id == asked.id)).one()
        consultations.answer(session, asked.id, budi, "Boleh.", at)
        assert session.get_one(Consultation, asked.id).answered_at == at
        return due
