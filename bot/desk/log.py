"""The append-only log of what happened to a ticket."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.models import TicketEvent


def record(
    session: Session,
    ticket_id: int,
    kind: str,
    at: datetime,
    staff_id: int | None = None,
    **data: object,
) -> None:
    """Write that `kind` happened to the ticket at `at`, by whom, with its facts."""
    session.add(TicketEvent(ticket_id=ticket_id, at=at, staff_id=staff_id, kind=kind, data=data))
