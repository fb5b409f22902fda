"""Clocks as rows: started once, warned about, breached or stopped, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.orm import Session, defer

from bot.desk import sla
from bot.desk.calendar import current_calendar
from bot.desk.log import record
from bot.models import Clock, ClockKind, Consultation, Ticket


def running_promise(session: Session, ticket_id: int) -> Clock | None:
    """The clock of the promise that runs on this ticket, if one does."""
    return session.scalars(
        select(Clock)
        .where(
            Clock.ticket_id == ticket_id,
            Clock.kind == ClockKind.PROMISE,
            Clock.stopped_at.is_(None),
        )
        .options(defer(Clock.explanation))
    ).one_or_none()


def start_promise(session: Session, ticket: Ticket, sent_at: datetime) -> Clock:
    """Start the clock for a message sent at `sent_at`, unless one already runs."""
    running = running_promise(session, ticket.id)
    if running is not None:
        return running
    calendar = current_calendar(session)
    deadline = sla.promise(sent_at, calendar)
    clock = Clock(
        ticket_id=ticket.id,
        kind=ClockKind.PROMISE,
        is_first=sent_at <= ticket.opened_at,
        calendar_version_id=calendar.version,
        started_at=sent_at,
        due_at=deadline.due_at,
        explanation=list(deadline.steps),
    )
    session.add(clock)
    session.flush()
    record(session, ticket.id, "clock_started", sent_at, due_at=deadline.due_at.isoformat())
    return clock


def start_section(
    session: Session,
    ticket: Ticket,
    consultation: Consultation,
    minutes: int,
    at: datetime,
    *,
    of_head: bool = False,
) -> Clock:
    """Start the own clock of the section, or the head, that was asked."""
    calendar = current_calendar(session)
    deadline = sla.section_deadline(at, minutes, calendar, of_head=of_head)
    clock = Clock(
        ticket_id=ticket.id,
        kind=ClockKind.SECTION,
        consultation_id=consultation.id,
        calendar_version_id=calendar.version,
        started_at=at,
        due_at=deadline.due_at,
        explanation=list(deadline.steps),
    )
    session.add(clock)
    return clock


def stop_promise(session: Session, ticket_id: int, at: datetime) -> None:
    """A response went out: the running clock of the promise stops (late or not is kept)."""
    clock = running_promise(session, ticket_id)
    if clock is None:
        return
    clock.stopped_at = at
    if at > clock.due_at and clock.breached_at is None:
        clock.breached_at = clock.due_at
    record(session, ticket_id, "clock_stopped", at, late=at > clock.due_at)


def stop_section(session: Session, consultation_id: int, at: datetime) -> None:
    """The section answered."""
    session.execute(
        update(Clock)
        .where(Clock.consultation_id == consultation_id, Clock.stopped_at.is_(None))
        .values(
            stopped_at=at,
            breached_at=func.coalesce(Clock.breached_at, _late_moment(at)),
        )
    )


def _late_moment(at: datetime) -> ColumnElement[datetime | None]:
    return case((Clock.due_at < at, Clock.due_at), else_=None)


def mark_due_clocks(session: Session, now: datetime) -> Sequence[Clock]:
    """Record warnings and breaches that have come by `now`; returns the clocks touched.

    Rows are looked at whatever happened in between: a restart or a clock jump misses none.
    """
    late = Clock.due_at < now
    touched = session.scalars(
        select(Clock)
        .where(
            Clock.stopped_at.is_(None),
            Clock.breached_at.is_(None),
            late | (Clock.warned_at.is_(None) & worth_a_warning(now)),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for clock in touched:
        if now > clock.due_at:
            clock.breached_at = clock.due_at
            record(session, clock.ticket_id, "clock_breached", now, clock=clock.kind)
        else:
            clock.warned_at = now
            record(session, clock.ticket_id, "clock_warned", now, clock=clock.kind)
    return touched


def worth_a_warning(now: datetime) -> ColumnElement[bool]:
    """Whether a row of `Clock` has run for so long that it is worth a warning."""
    gone = func.extract("epoch", now - Clock.started_at)
    return gone >= func.extract("epoch", Clock.due_at - Clock.started_at) * sla.WARN_AFTER
