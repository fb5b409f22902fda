"""The desk at this moment: who waits, what is at risk, what each officer has and did today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from bot.desk.clocks import worth_a_warning
from bot.figures.period import Span
from bot.figures.promises import Kept, is_kept, is_late, length, percentiles
from bot.models import Clock, ClockKind, Role, Staff, Ticket, TicketEvent, TicketState

NEXT_SHOWN = 6
# What stops the promise's clock; the log has its officer at the very same moment.
_RESPONSES = ("replied", "closed", "handed_back")


@dataclass(frozen=True)
class Now:
    """Tickets that wait for an officer, and the promise's clocks that run."""

    waiting: int
    in_time: int
    at_risk: int  # most of the time is gone
    overdue: int


@dataclass(frozen=True)
class OfficerFigures:
    """What an officer holds now, and the responses given in a span of time."""

    name: str
    holds: int
    clocks: Kept
    median: timedelta | None

    @property
    def responses(self) -> int:
        return self.clocks.all


def desk_now(session: Session, now: datetime) -> Now:
    """The desk as it is at `now`."""
    waiting = select(func.count()).where(Ticket.state == TicketState.WAITING)
    overdue = Clock.due_at < now
    warned = worth_a_warning(now)
    running = session.execute(
        select(
            func.count().filter(~overdue, ~warned),
            func.count().filter(~overdue, warned),
            func.count().filter(overdue),
        ).where(_runs())
    ).one()
    return Now(session.scalar(waiting) or 0, *running)


def next_due(session: Session) -> list[Clock]:
    """The promise's running clocks that are due first."""
    return list(
        session.scalars(
            select(Clock)
            .where(_runs())
            .options(joinedload(Clock.ticket).joinedload(Ticket.holder))
            .order_by(Clock.due_at, Clock.id)
            .limit(NEXT_SHOWN)
        )
    )


def officers(session: Session, span: Span, now: datetime) -> list[OfficerFigures]:
    """Each officer who holds something or responded within `span`, the busiest first.

    A response counts for who gave it and the moment it was given.
    """
    holds = _held(session)
    gave = _responses(session, span, now)
    people = session.execute(
        select(Staff.id, Staff.name).where(
            (Staff.active & (Staff.role == Role.PLI)) | Staff.id.in_({*holds, *gave})
        )
    )
    found = [
        OfficerFigures(name, holds.get(key, 0), *gave.get(key, (Kept(), None)))
        for key, name in people
    ]
    return sorted(found, key=lambda one: (-one.responses, -one.holds, one.name))


def _held(session: Session) -> dict[int, int]:
    found = session.execute(
        select(Ticket.holder_id, func.count())
        .where(Ticket.state.in_(_OPEN), Ticket.holder_id.is_not(None))
        .group_by(Ticket.holder_id)
    )
    return {holder: count for holder, count in found if holder is not None}


_OPEN = (TicketState.HELD, TicketState.CONSULTING, TicketState.ANSWERED)


def _responses(
    session: Session, span: Span, now: datetime
) -> dict[int, tuple[Kept, timedelta | None]]:
    event = aliased(TicketEvent)
    found = session.execute(
        select(
            event.staff_id,
            func.count().filter(is_kept()),
            func.count().filter(is_late(now)),
            percentiles(length()),
        )
        .select_from(Clock)
        .join(
            event,
            (event.ticket_id == Clock.ticket_id)
            & (event.at == Clock.stopped_at)
            & event.kind.in_(_RESPONSES),
        )
        .where(
            Clock.kind == ClockKind.PROMISE,
            Clock.started_at >= span.start - _LONGEST_WAIT,
            Clock.stopped_at >= span.start,
            Clock.stopped_at < span.end,
            event.staff_id.is_not(None),
        )
        .group_by(event.staff_id)
    )
    return {
        key: (Kept(kept, late), lengths[0] if lengths else None)
        for key, kept, late, lengths in found
        if key is not None
    }


# How far back a question may lie that is answered now; what waited longer is not looked for.
_LONGEST_WAIT = timedelta(days=7)


def _runs() -> ColumnElement[bool]:
    return (Clock.kind == ClockKind.PROMISE) & Clock.stopped_at.is_(None)
