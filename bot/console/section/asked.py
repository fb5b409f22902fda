"""Questions with their clocks, as whoever was asked sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bot.console.access import visible_consultations
from bot.console.deadline import Deadline, deadline_of
from bot.models import Clock, Consultation, Remark, Staff, Ticket, TicketState

WAITING_SHOWN = 200
OVER_SHOWN = 50


@dataclass(frozen=True)
class Asked:
    """A question with the clocks of those who have it, oldest first."""

    consultation: Consultation
    clocks: tuple[Clock, ...]

    @property
    def deadline(self) -> Deadline | None:
        deadline = deadline_of(self.clocks[-1]) if self.clocks else None
        return replace(deadline, of_section=False) if deadline else None  # it is one's own here

    @property
    def was_late(self) -> bool:
        return any(clock.breached_at is not None for clock in self.clocks)

    @property
    def waits(self) -> bool:
        """Nobody answered, and the ticket still needs it."""
        closed = self.consultation.ticket.state == TicketState.CLOSED
        return self.consultation.is_open and not closed

    @property
    def stands(self) -> str:
        """`open`, `asked_back`, `answered`, `passed_on`, or `not_needed` when it was closed."""
        if self.consultation.answered_at is not None:
            return "answered"
        if self.consultation.passed_on_at is not None:
            return "passed_on"
        if not self.waits:
            return "not_needed"
        return "open" if self.consultation.asked_back_at is None else "asked_back"

    @property
    def due(self) -> datetime:
        """What the list is ordered by; what waits for PLI comes after what is due."""
        if self.deadline is not None:
            return self.deadline.due_at
        return self.consultation.asked_back_at or self.consultation.asked_at


def waiting(session: Session, member: Staff) -> list[Asked]:
    """What the member may answer: by deadline, then what waits for PLI."""
    statement = (
        visible_consultations(member)
        .join(Consultation.ticket)
        .where(
            Consultation.answered_at.is_(None),
            Consultation.passed_on_at.is_(None),
            Ticket.state != TicketState.CLOSED,
        )
        .options(*_WITH)
        .order_by(Consultation.id)
        .limit(WAITING_SHOWN)
    )
    asked = _with_clocks(session, session.scalars(statement).all())
    return sorted(asked, key=lambda one: (one.stands == "asked_back", one.due))


def over(session: Session, member: Staff) -> list[Asked]:
    """The latest of what was answered, passed on, or is not needed any more."""
    statement = (
        visible_consultations(member)
        .options(*_WITH)
        .order_by(Consultation.id.desc())
        .limit(OVER_SHOWN + WAITING_SHOWN)
    )
    asked = _with_clocks(session, session.scalars(statement).all())
    return [one for one in asked if not one.waits][:OVER_SHOWN]


def one(session: Session, member: Staff, consultation_id: int) -> Asked | None:
    """The question, if it is the member's to see, with all that belongs to it."""
    statement = (
        visible_consultations(member)
        .where(Consultation.id == consultation_id)
        .options(
            *_WITH,
            selectinload(Consultation.shared),
            selectinload(Consultation.remarks).joinedload(Remark.staff),
            joinedload(Consultation.passed_from).joinedload(Consultation.section),
            joinedload(Consultation.passed_from).joinedload(Consultation.passed_on_by),
        )
    )
    found = session.scalars(statement).one_or_none()
    return _with_clocks(session, [found])[0] if found is not None else None


def _with_clocks(session: Session, consultations: Sequence[Consultation]) -> list[Asked]:
    clocks: dict[int | None, list[Clock]] = {c.id: [] for c in consultations}
    statement = select(Clock).where(
        Clock.ticket_id.in_({c.ticket_id for c in consultations}),  # by the index on tickets
        Clock.consultation_id.in_(list(clocks)),
    )
    for clock in session.scalars(statement.order_by(Clock.id)):
        clocks[clock.consultation_id].append(clock)
    return [Asked(c, tuple(clocks[c.id])) for c in consultations]


_WITH = (
    joinedload(Consultation.ticket),
    joinedload(Consultation.section),
    joinedload(Consultation.asked_by),
    joinedload(Consultation.answered_by),
    joinedload(Consultation.passed_to).joinedload(Consultation.section),
)
