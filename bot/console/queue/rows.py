"""The rows of each tab, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from bot.console.access import visible_conversations, visible_tickets
from bot.console.deadline import Deadline, deadline_of
from bot.console.queue.cursor import NEVER, Cursor, after, before
from bot.console.queue.filters import Filters, narrowed
from bot.conversation import SESSION_WINDOW
from bot.desk.handover import waits_for_an_officer
from bot.desk.tags import tags_by_ticket
from bot.models import (
    Clock,
    Conversation,
    Floor,
    Message,
    Speaker,
    Staff,
    Ticket,
    TicketState,
)

PAGE = 50
_TABS_OF_OPEN = ("waiting", "mine", "section", "answered")
TABS = (*_TABS_OF_OPEN, "closed", "all", "bot")


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    address: str  # of the page it opens
    conversation: Conversation
    ticket: Ticket | None
    deadline: Deadline | None
    last: Message | None
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """Rows, and where the next page begins if there is one."""

    rows: list[Row]
    next: Cursor | None


Found = list[tuple[Ticket, datetime]]


def ticket_page(
    session: Session, member: Staff, tab: str, filters: Filters, cursor: Cursor | None
) -> Page:
    """Tickets from the cursor on: the open ones by deadline, then the closed, latest first."""
    tickets = narrowed(visible_tickets(member), filters).options(*_PEOPLE)
    if tab in _TABS_OF_OPEN:
        tickets = tickets.where(_belongs(tab, member))
    found: Found = []
    if tab != "closed" and not (cursor and cursor.is_over):
        found = _open_tickets(session, tickets, cursor)
    room = PAGE + 1 - len(found)
    over_from = len(found)
    if tab in ("closed", "all") and room > 0:
        found += _closed_tickets(session, tickets, cursor, room)
    following = None
    if len(found) > PAGE:
        ticket, moment = found[PAGE - 1]
        following = Cursor(moment, ticket.id, is_over=over_from <= PAGE - 1)
    return Page(ticket_rows(session, [ticket for ticket, _ in found[:PAGE]]), following)


def bot_page(session: Session, member: Staff, cursor: Cursor | None, now: datetime) -> Page:
    """Conversations the bot has, that an officer could still step into; the latest first."""
    statement = (
        visible_conversations(member)
        .where(
            Conversation.floor == Floor.BOT,
            Conversation.last_inbound_at > now - SESSION_WINDOW,
        )
        .options(joinedload(Conversation.person), joinedload(Conversation.address))
        .order_by(Conversation.last_inbound_at.desc(), Conversation.id.desc())
        .limit(PAGE + 1)
    )
    if cursor is not None:
        moment = func.coalesce(Conversation.last_inbound_at, NEVER)
        statement = statement.where(before(moment, Conversation.id.expression, cursor))
    found = session.scalars(statement).all()
    last = last_messages(session, [conversation.id for conversation in found])
    rows = [
        Row(f"/console/conversations/{c.id}", c, None, None, last.get(c.id)) for c in found[:PAGE]
    ]
    if len(found) <= PAGE:
        return Page(rows, None)
    latest = found[PAGE - 1]
    return Page(rows, Cursor(latest.last_inbound_at or NEVER, latest.id, is_over=True))


def counts(session: Session, member: Staff, filters: Filters) -> dict[str, int]:
    """How many open tickets the tabs hold."""
    seen = narrowed(visible_tickets(member), filters).where(Ticket.state != TicketState.CLOSED)
    statement = seen.with_only_columns(
        *(func.count().filter(_belongs(tab, member)) for tab in _TABS_OF_OPEN)
    )
    return dict(zip(_TABS_OF_OPEN, session.execute(statement).one(), strict=True))


def ticket_rows(session: Session, tickets: Sequence[Ticket]) -> list[Row]:
    """The tickets as lines, with what each line tells, looked up for all at once."""
    ids = [ticket.id for ticket in tickets]
    deadlines = _deadlines(session, ids)
    tags = tags_by_ticket(session, ids)
    last = last_messages(session, [ticket.conversation_id for ticket in tickets])
    return [
        Row(
            f"/console/tickets/{ticket.id}",
            ticket.conversation,
            ticket,
            deadlines.get(ticket.id),
            last.get(ticket.conversation_id),
            tags.get(ticket.id, ()),
        )
        for ticket in tickets
    ]


def last_messages(session: Session, conversation_ids: Iterable[int]) -> Mapping[int, Message]:
    """What a person said last in each conversation; the bot's and the desk's words are not news."""
    newest = (
        select(func.max(Message.id))
        .where(
            Message.conversation_id == Conversation.id,
            Message.speaker.in_((Speaker.APPLICANT, Speaker.OFFICER)),
        )
        .scalar_subquery()
    )
    ids = select(newest).where(Conversation.id.in_(list(conversation_ids)))
    found = session.scalars(select(Message).where(Message.id.in_(ids)))
    return {message.conversation_id: message for message in found}


_PEOPLE = (
    joinedload(Ticket.conversation).joinedload(Conversation.person),
    joinedload(Ticket.conversation).joinedload(Conversation.address),
    joinedload(Ticket.holder),
)


def _belongs(tab: str, member: Staff) -> ColumnElement[bool]:
    """Whether an open ticket is on this tab."""
    return {
        "waiting": waits_for_an_officer(),
        "mine": Ticket.holder_id == member.id,
        "section": Ticket.state == TicketState.CONSULTING,
        "answered": Ticket.state == TicketState.ANSWERED,
    }[tab]


def _open_tickets(session: Session, tickets: Select[Ticket], cursor: Cursor | None) -> Found:
    running = (
        select(Clock.ticket_id, func.min(Clock.due_at).label("due_at"))
        .where(Clock.stopped_at.is_(None))
        .group_by(Clock.ticket_id)
        .subquery()
    )
    due_at = func.coalesce(running.c.due_at, NEVER)
    statement = (
        tickets.where(Ticket.state != TicketState.CLOSED)
        .outerjoin(running, running.c.ticket_id == Ticket.id)
        .add_columns(due_at)
        .order_by(due_at, Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if cursor is not None:
        statement = statement.where(after(due_at, Ticket.id.expression, cursor))
    return [(ticket, moment) for ticket, moment in session.execute(statement)]


def _closed_tickets(
    session: Session, tickets: Select[Ticket], cursor: Cursor | None, limit: int
) -> Found:
    statement = (
        tickets.where(Ticket.state == TicketState.CLOSED)
        .order_by(Ticket.closed_at.desc(), Ticket.id.desc())
        .limit(limit)
    )
    if cursor is not None and cursor.is_over:
        moment = Ticket.closed_at.expression
        statement = statement.where(before(moment, Ticket.id.expression, cursor))
    return [(ticket, ticket.closed_at or NEVER) for ticket in session.scalars(statement)]


def _deadlines(session: Session, ticket_ids: Sequence[int]) -> dict[int, Deadline]:
    """Of each ticket the running clock that is due first; several may run at once."""
    clocks = session.scalars(
        select(Clock)
        .where(Clock.ticket_id.in_(ticket_ids), Clock.stopped_at.is_(None))
        .order_by(Clock.due_at.desc(), Clock.id.desc())
    )
    found = {clock.ticket_id: deadline_of(clock) for clock in clocks}
    return {ticket_id: deadline for ticket_id, deadline in found.items() if deadline}
