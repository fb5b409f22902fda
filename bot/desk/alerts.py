"""Calling the officers on duty on their own WhatsApp, again and again until somebody claims.

At a new ticket outside working hours, when a clock has mostly run out, and at a breach. Who is
not on duty is left alone. An alert names the ticket and its deadline, never the applicant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.desk import duty
from bot.desk.handover import waits_for_an_officer
from bot.desk.wording import clock_time
from bot.models import (
    AlertKind,
    AlertState,
    Clock,
    OfficerAlert,
    Staff,
    Ticket,
    TicketReason,
    TicketState,
)
from bot.settings import settings

# One process at a time looks for what to alert: a key of PostgreSQL's advisory locks.
_LOOKING = 7_270_012
MOST_CLOCKS = 500

_SENTENCES = {
    AlertKind.NEW: "Tiket baru di luar jam kerja",
    AlertKind.WARNED: "Tenggat hampir habis",
    AlertKind.BREACHED: "Tenggat terlewati",
    AlertKind.REMINDER: "Masih menunggu petugas",
}


@dataclass(frozen=True)
class Cause:
    """A clock that is worth an alert now, and to whom: its holder alone, or all on duty."""

    kind: AlertKind
    clock_id: int
    ticket_id: int
    number: str
    urgent: bool
    due_at: datetime
    holder_id: int | None


def raise_alerts(session: Session, now: datetime) -> int:
    """Write the alerts that have come due by `now`; gives how many messages go out.

    Of several causes at one moment an officer hears the first to run out; the others count
    as told. Looked up from the rows each time, so that a restart neither loses nor repeats one.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOOKING))):
        return 0
    called = [officer for officer in duty.on_duty(session, now) if officer.whatsapp]
    if not called:
        return 0
    causes = _causes(session)
    told = _told(session, [cause.clock_id for cause in causes])
    waiting = _waiting(session)
    return sum(_call(session, officer, causes, told, waiting, now) for officer in called)


def _call(
    session: Session,
    officer: Staff,
    causes: Sequence[Cause],
    told: set[tuple[int, int, AlertKind]],
    waiting: int,
    now: datetime,
) -> int:
    """Alert one officer of what is new, or remind of what is not; gives 1 if a message goes."""
    own = [cause for cause in causes if cause.holder_id in (None, officer.id)]
    news = [c for c in own if (officer.id, c.clock_id, c.kind) not in told]
    if news:
        for position, cause in enumerate(news):
            state = AlertState.DROPPED if position else AlertState.QUEUED
            session.add(_alert(officer, cause, cause.kind, state, waiting, now))
        return 1
    unclaimed = [cause for cause in own if cause.holder_id is None]
    if not unclaimed or not _may_remind(session, officer, now):
        return 0
    session.add(_alert(officer, unclaimed[0], AlertKind.REMINDER, AlertState.QUEUED, waiting, now))
    return 1


def _alert(
    officer: Staff,
    cause: Cause,
    kind: AlertKind,
    state: AlertState,
    waiting: int,
    now: datetime,
) -> OfficerAlert:
    sentence = _SENTENCES[kind]
    return OfficerAlert(
        staff_id=officer.id,
        ticket_id=cause.ticket_id,
        clock_id=cause.clock_id,
        kind=kind,
        to=officer.whatsapp,
        variables={
            "1": f"MENDESAK. {sentence}" if cause.urgent else sentence,
            "2": cause.number,
            "3": clock_time(cause.due_at, "id", now),
            "4": str(waiting),
        },
        at=now,
        state=state,
        next_attempt_at=now,
    )


def _causes(session: Session) -> list[Cause]:
    """The running clocks worth an alert, the first to run out first."""
    outside = Clock.explanation.contains([{"step": "rule", "rule": "outside"}])
    rows = session.execute(
        select(Clock, Ticket)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .where(
            Clock.stopped_at.is_(None),
            Ticket.state != TicketState.CLOSED,
            or_(
                Clock.warned_at.is_not(None),
                Clock.breached_at.is_not(None),
                waits_for_an_officer() & outside,
            ),
        )
        .order_by(Clock.due_at, Clock.id)
        .limit(MOST_CLOCKS)
    )
    return [_cause(clock, ticket) for clock, ticket in rows]


def _cause(clock: Clock, ticket: Ticket) -> Cause:
    kind = AlertKind.NEW
    if clock.breached_at is not None:
        kind = AlertKind.BREACHED
    elif clock.warned_at is not None:
        kind = AlertKind.WARNED
    return Cause(
        kind,
        clock.id,
        ticket.id,
        ticket.number,
        ticket.reason is TicketReason.URGENT,
        clock.due_at,
        ticket.holder_id,
    )


def _told(session: Session, clock_ids: Iterable[int]) -> set[tuple[int, int, AlertKind]]:
    """Who was already told of which clock, and what."""
    rows = session.execute(
        select(OfficerAlert.staff_id, OfficerAlert.clock_id, OfficerAlert.kind).where(
            OfficerAlert.clock_id.in_(list(clock_ids))
        )
    )
    return {(staff_id, clock_id, kind) for staff_id, clock_id, kind in rows}


def _may_remind(session: Session, officer: Staff, now: datetime) -> bool:
    """Whether the officer's last alert is long enough ago."""
    last = session.scalar(
        select(func.max(OfficerAlert.at)).where(OfficerAlert.staff_id == officer.id)
    )
    pause = timedelta(minutes=settings().alert_repeat_minutes)
    return last is None or now - last >= pause


def _waiting(session: Session) -> int:
    waiting = select(func.count()).select_from(Ticket).where(waits_for_an_officer())
    return session.scalar(waiting) or 0
