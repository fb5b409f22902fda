"""A day's questions under another calendar, roster or target, beside what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.calendar.changes import mark_in
from bot.console.calendar.faults import said
from bot.console.calendar.forms import written
from bot.console.handling import Visit, screen
from bot.console.language import Words
from bot.console.times import local, span
from bot.desk import what_if
from bot.desk.calendar import OfficeCalendar, read_rules
from bot.desk.calendar_rules import WrongRules, read_hours
from bot.desk.calendar_versions import newest_version
from bot.models import Clock, ClockKind, OfficeCalendarVersion, Role, TicketEvent
from bot.settings import settings

MOST_QUESTIONS = 5000
EARLIEST = date(2020, 1, 1)
MOST_MINUTES = 1440
MOST_OFFICERS = 50


@dataclass(frozen=True)
class Line:
    """One figure of the two worlds, and whether the other one is better (None: no difference)."""

    name: str
    before: str
    after: str
    is_better: bool | None


def what_if_routes() -> list[BaseRoute]:
    return [Route("/what-if", screen(show_what_if, Role.SUPERVISOR, Role.ADMIN), methods=["GET"])]


def show_what_if(visit: Visit) -> Response:
    asked_for = visit.request.query_params
    day = _day(asked_for.get("day", ""), visit.now)
    version = newest_version(visit.session)
    current = read_rules(version.rules, version.id)
    hours = asked_for.get("hours", written(_stored(current, day), mark_in(visit.words)))
    faults: dict[str, str] = {}
    try:
        calendar = _with_hours(current, day, hours)
    except WrongRules as wrong:
        faults, calendar = said(wrong.problems, visit.words), current
    chosen = {
        "working": _number(asked_for.get("working", ""), 10, MOST_MINUTES),
        "outside": _number(asked_for.get("outside", ""), 60, MOST_MINUTES),
        "officers": _officers(asked_for.get("officers", "")),
        "officers_outside": _officers(asked_for.get("officers_outside", "")),
    }
    asked = asked_on(visit.session, day)
    was = what_if.happened(asked, _calendar_of(visit.session, day) or current)
    then = what_if.replayed(asked, calendar, _targets(chosen), _roster(chosen))
    # A day that is over is looked at from its end, one that isn't from now.
    seen_from = min(visit.now, _bounds(day)[1] + timedelta(days=1))
    return visit.page(
        "what_if/what_if.html",
        day=day,
        yesterday=local(visit.now).date() - timedelta(days=1),
        hours=hours,
        chosen=chosen,
        faults=faults,
        lines=_lines(
            what_if.figures(was, seen_from), what_if.figures(then, seen_from), visit.words
        ),
        by_hour=_by_hour(was, then, seen_from),
        asked=len(asked),
    )


def asked_on(session: Session, day: date) -> list[what_if.Asked]:
    """The promise's clocks that started on this day in office time, in order."""
    start, end = _bounds(day)
    taken = aliased(TicketEvent)
    taken_at = (
        select(func.max(taken.at))
        .where(
            taken.ticket_id == Clock.ticket_id,
            taken.kind == "taken",
            or_(Clock.stopped_at.is_(None), taken.at < Clock.stopped_at),
        )
        .correlate(Clock)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Clock.started_at, Clock.due_at, taken_at, Clock.stopped_at)
        .where(Clock.kind == ClockKind.PROMISE, Clock.started_at >= start, Clock.started_at < end)
        .order_by(Clock.started_at)
        .limit(MOST_QUESTIONS)
    )
    return [what_if.Asked(*row) for row in rows]


def _calendar_of(session: Session, day: date) -> OfficeCalendar | None:
    """The version under which the day's last clock was started."""
    start, end = _bounds(day)
    version = session.scalars(
        select(OfficeCalendarVersion)
        .join(Clock, Clock.calendar_version_id == OfficeCalendarVersion.id)
        .where(Clock.kind == ClockKind.PROMISE, Clock.started_at >= start, Clock.started_at < end)
        .order_by(Clock.started_at.desc())
        .limit(1)
    ).one_or_none()
    return read_rules(version.rules, version.id) if version else None


def _bounds(day: date) -> tuple[datetime, datetime]:
    zone = settings().office_zone
    start = datetime.combine(day, time.min, zone).astimezone(UTC)
    return start, start + timedelta(days=1)


def _stored(calendar: OfficeCalendar, day: date) -> list[list[str]]:
    return [
        [i.start.isoformat("minutes"), i.end.isoformat("minutes")] for i in calendar.intervals(day)
    ]


def _with_hours(calendar: OfficeCalendar, day: date, hours: str) -> OfficeCalendar:
    """The calendar with these hours on this one day; raises WrongRules."""
    stored = read_hours(hours, "hours")
    weekly = {str(weekday): _stored(calendar, _on(day, weekday)) for weekday in range(7)}
    rules = {
        "zone": str(calendar.zone),
        "weekly": weekly | {str(day.weekday()): stored},
        "periods": [],
        "holidays": {},
        "breaks": {},
        "breaks_count_as_working": True,
    }
    return read_rules(rules, calendar.version)


def _on(day: date, weekday: int) -> date:
    """The day of this weekday from `day` on."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _day(text: str, now: datetime) -> date:
    """The day that is asked for; yesterday if none is."""
    try:
        return max(EARLIEST, min(date.fromisoformat(text), local(now).date()))
    except ValueError:
        return local(now).date() - timedelta(days=1)


def _number(text: str, usual: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else usual
    return min(most, max(1, number))


def _officers(text: str) -> int | None:
    """How many; None is "as it was"."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return None
    return min(MOST_OFFICERS, int(text))


def _targets(chosen: dict[str, int | None]) -> what_if.Targets:
    working, outside = (timedelta(minutes=chosen[key] or 0) for key in ("working", "outside"))
    return what_if.Targets(working, outside)


def _roster(chosen: dict[str, int | None]) -> what_if.Roster | None:
    inside, outside = chosen["officers"], chosen["officers_outside"]
    if inside is None and outside is None:
        return None
    return what_if.Roster(inside or 0, outside or 0)


def _lines(was: what_if.Figures, then: what_if.Figures, words: Words) -> list[Line]:
    shares = (
        (words.gettext("Janji ditepati"), was.share, then.share),
        (words.gettext("di dalam jam kerja"), was.share_working, then.share_working),
        (words.gettext("di luar jam kerja"), was.share_outside, then.share_outside),
    )
    waits = (
        (words.gettext("Menunggu, nilai tengah"), was.median, then.median),
        (words.gettext("Menunggu, 9 dari 10"), was.p90, then.p90),
    )
    counts = (
        (words.gettext("Terlambat"), was.asked - was.kept, then.asked - then.kept),
        (words.gettext("Belum dijawab"), was.unanswered, then.unanswered),
    )
    return [
        *(
            _line(name, a, b, _percent(a), _percent(b), more_is_better=True)
            for name, a, b in shares
        ),
        *(_line(name, a, b, str(a), str(b)) for name, a, b in counts),
        *(_line(name, a, b, _span(a, words), _span(b, words)) for name, a, b in waits),
    ]


def _line(
    name: str,
    a: float | None,
    b: float | None,
    before: str,
    after: str,
    *,
    more_is_better: bool = False,
) -> Line:
    is_same = a is None or b is None or before == after
    is_better = None if is_same else (b > a) == more_is_better  # type: ignore[operator]
    return Line(name, before, after, is_better)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _span(seconds: float | None, words: Words) -> str:
    return "–" if seconds is None else span(seconds, words)


def _by_hour(
    was: list[what_if.Reply], then: list[what_if.Reply], now: datetime
) -> list[tuple[int, int, int, int]]:
    """Hour, questions, late as it was, late as it would be; for hours with questions."""
    hours: dict[int, list[int]] = {}
    for a, b in zip(was, then, strict=True):
        row = hours.setdefault(local(a.sent_at).hour, [0, 0, 0])
        row[0] += 1
        row[1] += not a.is_kept(now)
        row[2] += not b.is_kept(now)
    return [
        (hour, asked, late, would_be) for hour, (asked, late, would_be) in sorted(hours.items())
    ]
