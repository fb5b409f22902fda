"""The rows of each tab, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from bot.console.access import visible_conversations, visible_tickets
from bot.console.deadline import Deadline, deadline_of
from bot.conversation import SESSION_WINDOW
from bot.models import (
    Clock,
    ClockKind,
    Conversation,
    Floor,
    Message,
    Speaker,
    Staff,
    Ticket,
    TicketState,
)

PAGE = 50
TABS = ("waiting", "mine", "section", "answered", "closed", "all", "bot")
_STATES = {
    "waiting": TicketState.WAITING,
    "section": TicketState.CONSULTING,
    "answered": TicketState.ANSWERED,
    "closed": TicketState.CLOSED,
}


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    address: str  # of the page it opens
    conversation: Conversation
    ticket: Ticket | None
    deadline: Deadline | None
    last: Message | None


def ticket_rows(session: Session, member: Staff, tab: str, page: int, now: datetime) -> list[Row]:
    """The page's tickets by deadline, and one more if there are further ones."""
    promise, section_clock = aliased(Clock), aliased(Clock)
    statement = (
        _tab(visible_tickets(member), member, tab)
        .add_columns(promise, section_clock)
        .outerjoin(promise, _runs(promise, ClockKind.PROMISE))
        .outerjoin(section_clock, section_clock.id == _first_section_clock())
        .options(*_PEOPLE)
        .order_by(*_order(tab, promise, section_clock))
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    found = session.execute(statement).all()
    last = last_messages(session, [ticket.conversation_id for ticket, _, _ in found])
    return [
        Row(
            f"/console/tickets/{ticket.id}",
            ticket.conversation,
            ticket,
            _nearest(deadline_of(to_applicant), deadline_of(of_section)),
            last.get(ticket.conversation_id),
        )
        for ticket, to_applicant, of_section in found
    ]


def bot_rows(session: Session, member: Staff, _: str, page: int, now: datetime) -> list[Row]:
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
        .offset((page - 1) * PAGE)
    )
    found = session.scalars(statement).all()
    last = last_messages(session, [conversation.id for conversation in found])
    return [Row(f"/console/conversations/{c.id}", c, None, None, last.get(c.id)) for c in found]


def counts(session: Session, member: Staff) -> dict[str, int]:
    """How many open tickets the tabs hold."""
    seen = visible_tickets(member).where(Ticket.state != TicketState.CLOSED)
    statement = seen.with_only_columns(
        func.count().filter(Ticket.state == TicketState.WAITING),
        func.count().filter(Ticket.holder_id == member.id),
        func.count().filter(Ticket.state == TicketState.CONSULTING),
        func.count().filter(Ticket.state == TicketState.ANSWERED),
    )
    return dict(zip(TABS, session.execute(statement).one(), strict=False))


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


def _tab(tickets: Select[Ticket], member: Staff, tab: str) -> Select[Ticket]:
    if tab == "mine":
        return tickets.where(Ticket.holder_id == member.id, Ticket.state != TicketState.CLOSED)
    return tickets.where(Ticket.state == _STATES[tab]) if tab in _STATES else tickets


def _runs(clock: type[Clock], kind: ClockKind) -> ColumnElement[bool]:
    return (clock.ticket_id == Ticket.id) & (clock.kind == kind) & clock.stopped_at.is_(None)


def _first_section_clock() -> ColumnElement[int]:
    """The running section's clock that is due first; several sections may be asked at once."""
    clock = aliased(Clock)
    return (
        select(clock.id)
        .where(_runs(clock, ClockKind.SECTION))
        .order_by(clock.due_at, clock.id)
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _order(tab: str, promise: type[Clock], section_clock: type[Clock]) -> list[ColumnElement[Any]]:
    if tab == "closed":
        return [Ticket.closed_at.desc(), Ticket.id.desc()]
    due = func.least(promise.due_at, section_clock.due_at)
    is_open = Ticket.state != TicketState.CLOSED
    return [is_open.desc(), due.asc().nulls_last(), Ticket.id.desc()]


def _nearest(*deadlines: Deadline | None) -> Deadline | None:
    running = [deadline for deadline in deadlines if deadline]
    return min(running, key=lambda deadline: deadline.due_at) if running else None
