"""How fast the sections explain what PLI asks them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.figures.period import Span
from bot.figures.promises import Kept, is_kept, is_late, percentiles
from bot.models import Clock, Consultation, Section, Ticket, TicketState


@dataclass(frozen=True)
class SectionFigures:
    """What a section was asked; the lengths are those from the question to its answer."""

    code: str
    name: str
    asked: int
    answered: int
    clocks: Kept
    median: timedelta | None
    percentile_90: timedelta | None


@dataclass(frozen=True)
class SectionToday:
    """What waits at a section now, and what it answered in a span of time."""

    figures: SectionFigures
    open: int
    overdue: int


def section_figures(session: Session, span: Span, now: datetime) -> list[SectionFigures]:
    """Each section that was asked something within `span`, the most asked first."""
    took = Consultation.answered_at - Consultation.asked_at
    asked = func.count()
    found = session.execute(
        select(
            Section.code,
            Section.name,
            asked,
            func.count(Consultation.answered_at),
            func.count().filter(is_kept()),
            func.count().filter(is_late(now)),
            percentiles(took).filter(Consultation.answered_at.is_not(None)),
        )
        .join(Consultation.section)
        .outerjoin(Clock, Clock.consultation_id == Consultation.id)
        .where(Consultation.asked_at >= span.start, Consultation.asked_at < span.end)
        .group_by(Section.id)
        .order_by(asked.desc(), Section.code)
    )
    return [_figures(*row) for row in found]


def sections_today(session: Session, span: Span, now: datetime) -> list[SectionToday]:
    """The sections that have open questions or were asked within `span`, the most overdue first."""
    asked = {one.code: one for one in section_figures(session, span, now)}
    waiting = {row.code: row for row in session.execute(_open_now(now))}
    found = [
        SectionToday(
            asked.get(code) or _figures(code, waiting[code].name, 0, 0, 0, 0, None),
            waiting[code].open if code in waiting else 0,
            waiting[code].overdue if code in waiting else 0,
        )
        for code in {**asked, **waiting}
    ]
    return sorted(found, key=lambda one: (-one.overdue, -one.open, one.figures.code))


def _open_now(now: datetime) -> Select[str, str, int, int]:
    return (
        select(
            Section.code,
            Section.name,
            func.count().label("open"),
            func.count().filter(Clock.due_at < now).label("overdue"),
        )
        .join(Consultation, Consultation.section_id == Section.id)
        .join(Consultation.ticket)
        .outerjoin(Clock, Clock.consultation_id == Consultation.id)
        .where(Consultation.answered_at.is_(None), Ticket.state != TicketState.CLOSED)
        .group_by(Section.id)
    )


def _figures(
    code: str, name: str, asked: int, answered: int, kept: int, late: int,
    lengths: list[timedelta] | None,
) -> SectionFigures:  # fmt: skip
    median, percentile_90 = lengths or (None, None)
    return SectionFigures(code, name, asked, answered, Kept(kept, late), median, percentile_90)
