"""How many tickets an officer may hold at once."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.models import Staff, Ticket, TicketReason, TicketState

# An answered ticket waits for the applicant, so it takes no room.
NEEDS_WORK = (TicketState.HELD, TicketState.CONSULTING)


def has_room_for(session: Session, officer: Staff, ticket: Ticket) -> bool:
    """Whether `officer` may take this ticket too. What is urgent always has room.

    The officer's row is locked, so that two tickets taken at once are counted one after
    another. Lock the conversation and the ticket before.
    """
    if ticket.reason is TicketReason.URGENT:
        return True
    capacity = session.scalar(
        select(Staff.capacity).where(Staff.id == officer.id).with_for_update(key_share=True)
    )
    return capacity is None or load_of(session, officer.id) < capacity


def loads(session: Session) -> dict[int, int]:
    """How many tickets that need work each person holds, by the person's id."""
    rows = session.execute(
        select(Ticket.holder_id, func.count())
        .where(Ticket.holder_id.is_not(None), Ticket.state.in_(NEEDS_WORK))
        .group_by(Ticket.holder_id)
    )
    return {holder: number for holder, number in rows if holder is not None}


def load_of(session: Session, staff_id: int) -> int:
    """How many tickets that need work this person holds."""
    held = (Ticket.holder_id == staff_id) & Ticket.state.in_(NEEDS_WORK)
    return session.scalar(select(func.count()).where(held)) or 0
