"""A closed ticket that is needed again: reopened within a week, else followed by a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.log import record
from bot.models import Ticket, TicketReason, TicketState

REOPENED_WITHIN = timedelta(days=7)


def last_closed(session: Session, conversation_id: int) -> Ticket | None:
    """The conversation's latest ticket, locked, if it is closed; lock the conversation first."""
    ticket = session.scalars(
        select(Ticket)
        .where(Ticket.conversation_id == conversation_id)
        .order_by(Ticket.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    ).one_or_none()
    return ticket if ticket is not None and ticket.state == TicketState.CLOSED else None


def is_reopened(ticket: Ticket, now: datetime) -> bool:
    """Whether what comes now belongs to this closed ticket still."""
    return ticket.closed_at is not None and now < ticket.closed_at + REOPENED_WITHIN


def reopen(
    session: Session,
    ticket: Ticket,
    reason: TicketReason,
    now: datetime,
    *,
    turn_id: int | None,
    subject: str,
    details: Mapping[str, object] | None,
) -> None:
    """Put a closed, locked ticket back into the queue; the log keeps how it had ended."""
    record(
        session,
        ticket.id,
        "reopened",
        now,
        reason=reason,
        outcome=ticket.outcome,
        closed_at=ticket.closed_at.isoformat() if ticket.closed_at else None,
        subject=ticket.subject,
    )
    ticket.state = TicketState.WAITING
    ticket.reason = reason
    ticket.holder_id = None
    if turn_id is not None:  # a retried action of this turn finds the ticket again
        ticket.opened_by_turn = turn_id
    ticket.subject = subject or ticket.subject
    ticket.details = {**(ticket.details or {}), **(details or {})} or None
    ticket.closed_at = None
    ticket.outcome = None
    session.flush()
