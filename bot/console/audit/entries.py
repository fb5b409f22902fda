"""The three append-only logs as one, latest first, a page at a time.

A page begins after a cursor rather than at an offset, so that the thousandth page costs no more
than the first. Entries of one moment come in the order of the logs below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select, tuple_
from sqlalchemy.orm import QueryableAttribute, Session, joinedload

from bot.console.labels import masked
from bot.models import (
    Address,
    AuditEntry,
    Conversation,
    Person,
    PersonEvent,
    Staff,
    Ticket,
    TicketEvent,
)

PAGE = 50
OFFICE, TICKETS, PEOPLE = 0, 1, 2  # the logs, the later number first

_TICKET_NUMBER = re.compile(r"(?:MC-)?(\d{4})-(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One line of the log."""

    at: datetime
    log: int
    id: int
    who: str | None
    kind: str
    subject: str
    address: str  # of what it is about; empty if it has no page
    data: Mapping[str, Any]

    @property
    def cursor(self) -> str:
        """Where the page after this entry begins."""
        return f"{self.at.isoformat()}~{self.log}~{self.id}"


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `text` is a ticket's number, or part of a subject or a fact."""

    text: str = ""
    staff_id: int | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def ticket_number(self) -> str | None:
        found = _TICKET_NUMBER.fullmatch(self.text.strip())
        return f"MC-{found[1]}-{int(found[2]):06d}" if found else None


Cursor = tuple[datetime, int, int]


def read_cursor(text: str) -> Cursor | None:
    """The cursor of an address; None if it is none."""
    try:
        at, log, number = text.split("~")
        moment = datetime.fromisoformat(at)
        cursor = (moment, int(log), int(number))
    except ValueError:
        return None
    return cursor if moment.tzinfo and abs(cursor[2]) < 2**63 else None


def entries(session: Session, wanted: Wanted, after: Cursor | None = None) -> list[Entry]:
    """The page's entries, and one more if there are further ones."""
    found = [
        *_office(session, wanted, after),
        *_tickets(session, wanted, after),
        *_people(session, wanted, after),
    ]
    found.sort(key=lambda entry: (entry.at, entry.log, entry.id), reverse=True)
    return found[: PAGE + 1]


def _office(session: Session, wanted: Wanted, after: Cursor | None) -> list[Entry]:
    if wanted.ticket_number:
        return []
    statement = (
        select(AuditEntry)
        .where(
            *_limits(AuditEntry, OFFICE, wanted, after),
            *_mentioned(wanted, AuditEntry.subject, AuditEntry.data),
        )
        .options(joinedload(AuditEntry.staff))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    return [
        Entry(
            one.at,
            OFFICE,
            one.id,
            one.staff.name if one.staff else None,
            one.kind,
            one.subject,
            _page_of(one),
            one.data,
        )
        for one in session.scalars(statement)
    ]


def _page_of(entry: AuditEntry) -> str:
    """The address of what the entry is about; empty if it has no page."""
    if entry.kind == "calendar_changed":
        return f"/console/calendar/versions/{entry.subject}"
    is_of_article = entry.kind.startswith(("article_", "draft_"))
    return f"/console/articles/{entry.subject}" if is_of_article else ""


def _tickets(session: Session, wanted: Wanted, after: Cursor | None) -> list[Entry]:
    """What staff did to tickets. Words are not searched for here, only a ticket's number."""
    if wanted.text.strip() and not wanted.ticket_number:
        return []
    statement = (
        select(TicketEvent, Ticket.number)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(TicketEvent.staff_id.is_not(None), *_limits(TicketEvent, TICKETS, wanted, after))
        .options(joinedload(TicketEvent.staff))
        .order_by(TicketEvent.at.desc(), TicketEvent.id.desc())
        .limit(PAGE + 1)
    )
    if wanted.ticket_number:
        statement = statement.where(Ticket.number == wanted.ticket_number)
    return [
        Entry(
            event.at,
            TICKETS,
            event.id,
            event.staff.name if event.staff else None,
            event.kind,
            number,
            f"/console/tickets/{event.ticket_id}",
            event.data,
        )
        for event, number in session.execute(statement)
    ]


def _people(session: Session, wanted: Wanted, after: Cursor | None) -> list[Entry]:
    """What staff did to applicants: a name, a language, a block, two numbers made one."""
    if wanted.ticket_number:
        return []
    statement = (
        select(PersonEvent, Staff.name, Person.name, Address.value, Conversation.id)
        .join(Person, Person.id == PersonEvent.person_id)
        .join(Conversation, Conversation.person_id == Person.id)
        .join(Address, Address.id == Conversation.address_id)
        .outerjoin(Staff, Staff.id == PersonEvent.staff_id)
        .where(
            *_limits(PersonEvent, PEOPLE, wanted, after),
            *_mentioned(wanted, Person.name, PersonEvent.data),
        )
        .order_by(PersonEvent.at.desc(), PersonEvent.id.desc())
        .limit(PAGE + 1)
    )
    return [
        Entry(
            event.at,
            PEOPLE,
            event.id,
            who,
            event.kind,
            name or masked(number),
            f"/console/conversations/{conversation_id}",
            _facts_of(event),
        )
        for event, who, name, number, conversation_id in session.execute(statement)
    ]


def _facts_of(event: PersonEvent) -> dict[str, Any]:
    """The event's facts by the names that the log has words for."""
    changed = "name" if event.kind == "renamed" else "language"
    before_and_after = [event.data.get("before"), event.data.get("after")]
    return {
        "note": event.data.get("reason"),
        changed: before_and_after if "after" in event.data else None,
    }


def _mentioned(wanted: Wanted, *columns: QueryableAttribute[Any]) -> list[ColumnElement[bool]]:
    """That one of the columns holds the words that are sought, if any are."""
    words = wanted.text.strip()
    if not words:
        return []
    return [or_(*(cast(one, String).icontains(words, autoescape=True) for one in columns))]


Log = type[AuditEntry] | type[TicketEvent] | type[PersonEvent]


def _limits(log: Log, rank: int, wanted: Wanted, after: Cursor | None) -> list[ColumnElement[bool]]:
    limits: list[ColumnElement[bool]] = []
    if wanted.staff_id is not None:
        limits.append(log.staff_id == wanted.staff_id)
    if wanted.kind:
        limits.append(log.kind == wanted.kind)
    if wanted.since is not None:
        limits.append(log.at >= wanted.since)
    if wanted.until is not None:
        limits.append(log.at < wanted.until)
    if after is not None:
        limits.append(_earlier(log, rank, after))
    return limits


def _earlier(log: Log, rank: int, after: Cursor) -> ColumnElement[bool]:
    at, last_rank, last_id = after
    if rank == last_rank:
        return tuple_(log.at, log.id) < tuple_(at, last_id)
    return log.at <= at if rank < last_rank else log.at < at
