"""Each deadline that was missed, with how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bot.figures.period import Span
from bot.models import Clock, ClockKind, Consultation, Section, Ticket

PAGE = 50


@dataclass(frozen=True)
class Breach:
    """A missed deadline; `section` says whose clock it was if not the promise's."""

    clock: Clock
    section: str | None

    def late_by(self, now: datetime) -> timedelta:
        """How much later than due the answer came, or how late it is by now."""
        return (self.clock.stopped_at or now) - self.clock.due_at


def breaches(
    session: Session, span: Span, *, before: int | None = None, limit: int = PAGE
) -> list[Breach]:
    """The deadlines missed within `span`, the latest first.

    A further page begins with what lies before the clock `before` in that order.
    """
    statement = (
        select(Clock, Section.name)
        .outerjoin(Consultation, Consultation.id == Clock.consultation_id)
        .outerjoin(Section, Section.id == Consultation.section_id)
        .where(_missed_in(span))
        .options(joinedload(Clock.ticket).joinedload(Ticket.holder))
        .order_by(Clock.breached_at.desc(), Clock.id.desc())
        .limit(limit)
    )
    last = session.get(Clock, before) if before is not None else None
    if last is not None and last.breached_at is not None:
        earlier = Clock.breached_at < last.breached_at
        same = (Clock.breached_at == last.breached_at) & (Clock.id < last.id)
        statement = statement.where(or_(earlier, same))
    return [Breach(clock, section) for clock, section in session.execute(statement)]


def count_breaches(session: Session, span: Span, kind: ClockKind | None = None) -> int:
    """How many deadlines were missed within `span`, of one kind of clock or of both."""
    statement = select(func.count()).select_from(Clock).where(_missed_in(span))
    if kind is not None:
        statement = statement.where(Clock.kind == kind)
    return session.scalar(statement) or 0


def _missed_in(span: Span) -> ColumnElement[bool]:
    return (Clock.breached_at >= span.start) & (Clock.breached_at < span.end)
