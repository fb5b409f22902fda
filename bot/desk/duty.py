"""The roster: who is on duty when. Whoever is not on duty is left alone and holds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session, joinedload

from bot.desk.calendar import OfficeCalendar, current_calendar
from bot.models import DutyShift, Role, Staff

# Who may hold a ticket.
OFFICERS = (Role.PLI, Role.SUPERVISOR, Role.ADMIN)

# Who signs on without a plan stays on duty until the office closes, and at least this long.
SHORTEST = timedelta(hours=2)
LONGEST = timedelta(hours=24)
ENDS_SOON = timedelta(minutes=15)


class ShiftRefused(Exception):
    """A shift that can't be: `why` is `order` (ends before it starts), `long` or `past`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def has_duty(now: datetime) -> ColumnElement[bool]:
    """Whether a row of `Staff` is on duty at `now`."""
    return exists().where(DutyShift.staff_id == Staff.id, _runs(now))


def on_duty(session: Session, now: datetime) -> Sequence[Staff]:
    """Who is on duty, by name."""
    return session.scalars(officers().where(has_duty(now))).all()


def officers() -> Select[Staff]:
    """Everybody who may hold a ticket, by name."""
    return select(Staff).where(Staff.role.in_(OFFICERS), Staff.active).order_by(Staff.name)


def is_on_duty(session: Session, staff_id: int, now: datetime) -> bool:
    """Whether this person is on duty."""
    running = select(DutyShift.id).where(DutyShift.staff_id == staff_id, _runs(now)).limit(1)
    return session.scalar(running) is not None


def is_anybody_on(session: Session, now: datetime) -> bool:
    """Whether anybody is on duty who may hold a ticket."""
    return session.scalar(select(officers().where(has_duty(now)).exists())) is True


def duty_ends_at(session: Session, staff_id: int, now: datetime) -> datetime | None:
    """Until when the person is on duty without a gap; None if not on duty now."""
    shifts = session.scalars(
        select(DutyShift)
        .where(DutyShift.staff_id == staff_id, DutyShift.ends_at > now)
        .order_by(DutyShift.starts_at)
    )
    until = None
    for shift in shifts:
        if shift.starts_at > (until or now):
            break
        until = max(until or shift.ends_at, shift.ends_at)
    return until


def sign_on(
    session: Session, officer: Staff, now: datetime, until: datetime | None = None
) -> datetime:
    """Put `officer` on duty from now, or longer if on duty already; gives until when.

    Without `until`: to the end of the office's hours, two hours at least.
    """
    until = until or _usual_end(current_calendar(session), now)
    ends = duty_ends_at(session, officer.id, now)
    if ends is not None and ends >= until:
        return ends
    plan(session, officer, ends or now, until, now)
    return until


def plan(
    session: Session,
    officer: Staff,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    planner: Staff | None = None,
) -> DutyShift:
    """Put a shift on the roster; raises ShiftRefused."""
    if ends_at <= starts_at:
        raise ShiftRefused("order")
    if ends_at - starts_at > LONGEST:
        raise ShiftRefused("long")
    if ends_at <= now:
        raise ShiftRefused("past")
    shift = DutyShift(
        staff_id=officer.id,
        starts_at=starts_at,
        ends_at=ends_at,
        planned_by_id=planner.id if planner else None,
    )
    session.add(shift)
    session.flush()
    return shift


def cancel(session: Session, shift: DutyShift, now: datetime) -> None:
    """Take a shift off the roster; what has been of it stays."""
    if shift.starts_at >= now:
        session.delete(shift)
    elif shift.ends_at > now:
        shift.ends_at = now


def end_duty(session: Session, officer: Staff, now: datetime) -> None:
    """Whatever runs of the officer's shifts ends now; later ones stay planned."""
    for shift in session.scalars(
        select(DutyShift).where(DutyShift.staff_id == officer.id, _runs(now)).with_for_update()
    ):
        shift.ends_at = now
    session.flush()


def shifts_between(session: Session, first: datetime, last: datetime) -> Sequence[DutyShift]:
    """The shifts that touch the time from `first` until before `last`, as they start."""
    return session.scalars(
        select(DutyShift)
        .where(DutyShift.ends_at > first, DutyShift.starts_at < last)
        .options(joinedload(DutyShift.staff))
        .order_by(DutyShift.starts_at, DutyShift.id)
    ).all()


def gaps(
    shifts: Sequence[DutyShift], first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """When nobody is on duty from `first` to `last`; the promise holds at night as well."""
    found = []
    covered = first
    for shift in sorted(shifts, key=lambda one: one.starts_at):
        if shift.starts_at > covered:
            found.append((covered, min(shift.starts_at, last)))
        covered = max(covered, shift.ends_at)
        if covered >= last:
            return found
    return [*found, (covered, last)]


def _runs(now: datetime) -> ColumnElement[bool]:
    return and_(DutyShift.starts_at <= now, DutyShift.ends_at > now)


def _usual_end(calendar: OfficeCalendar, now: datetime) -> datetime:
    shortest = now + SHORTEST
    if not calendar.is_working(now):
        return shortest
    return max(shortest, calendar.working_spans(now)[0][1])
