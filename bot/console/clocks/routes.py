"""A deadline explains itself: which calendar version, which interval, each step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_tickets
from bot.console.clocks.drawing import drawing_of
from bot.console.deadline import deadline_of, explained
from bot.console.handling import Missing, Visit, screen
from bot.desk import sla
from bot.desk.calendar import OfficeCalendar, read_rules
from bot.desk.calendar_versions import newest_version
from bot.models import Clock, ClockKind, Consultation, OfficeCalendarVersion, Staff, Ticket


def clock_routes() -> list[BaseRoute]:
    return [Route("/clocks/{id:int}", screen(show_clock, *DESK), methods=["GET"])]


def show_clock(visit: Visit) -> Response:
    clock = _clock(visit)
    version = visit.session.get_one(OfficeCalendarVersion, clock.calendar_version_id)
    calendar = read_rules(version.rules, version.id)
    clocks = visit.session.scalars(
        select(Clock).where(Clock.ticket_id == clock.ticket_id).order_by(Clock.id)
    ).all()
    return visit.page(
        "clocks/clock.html",
        clock=clock,
        ticket=clock.ticket,
        section=_section_of(visit, clock),
        deadline=deadline_of(clock),
        deadlines={c.id: deadline_of(c) for c in clocks},
        steps=explained(clock.explanation, visit.words),
        version=version,
        version_by=visit.session.get(Staff, version.created_by_id or 0),
        newest=newest_version(visit.session).id,
        is_confirmed=computed_again(clock, calendar) == clock.due_at,
        drawing=drawing_of(clock, calendar, visit.now),
        clocks=clocks,
    )


def computed_again(clock: Clock, calendar: OfficeCalendar) -> datetime:
    """The deadline as the rule gives it now, from the version that the clock was started under."""
    if clock.kind is ClockKind.PROMISE:
        return sla.promise(clock.started_at, calendar).due_at
    minutes = next(step["minutes"] for step in clock.explanation if step["step"] == "rule")
    return sla.section_deadline(clock.started_at, minutes, calendar).due_at


def _clock(visit: Visit) -> Clock:
    """The clock of the address, if its ticket is the person's to see."""
    seen = visible_tickets(visit.member).with_only_columns(Ticket.id)
    clock = visit.session.scalars(
        select(Clock)
        .where(Clock.id == visit.number_in_path("id"), Clock.ticket_id.in_(seen))
        .options(joinedload(Clock.ticket))
    ).one_or_none()
    if clock is None:
        raise Missing
    return clock


def _section_of(visit: Visit, clock: Clock) -> str:
    """The name of the section whose clock it is; empty for the promise."""
    if clock.consultation_id is None:
        return ""
    return visit.session.get_one(Consultation, clock.consultation_id).section.name
