"""The promise as a pure function: when a response is due, and why.

Source: the work instruction IK 4/WBC.17/KPP.MP.01/2021, 10 minutes in working hours and
1 hour outside them, counted from the moment the applicant sent the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.desk.calendar import OfficeCalendar

WORKING = timedelta(minutes=10)
OUTSIDE = timedelta(hours=1)
WARN_AFTER = 0.7  # of a clock's length


@dataclass(frozen=True)
class Deadline:
    """`due_at` in UTC, and each step that led to it."""

    due_at: datetime
    steps: tuple[dict[str, Any], ...]


def promise(sent_at: datetime, calendar: OfficeCalendar) -> Deadline:
    """When the applicant is to have a response to what was sent at `sent_at` (aware)."""
    working = calendar.is_working(sent_at)
    length = WORKING if working else OUTSIDE
    due_at = sent_at.astimezone(UTC) + length
    return Deadline(
        due_at,
        (
            _sent(sent_at, calendar),
            _day(sent_at, calendar),
            {
                "step": "rule",
                "rule": "working" if working else "outside",
                "minutes": int(length.total_seconds() // 60),
            },
            {"step": "due", "at": due_at.isoformat()},
        ),
    )


def section_deadline(
    asked_at: datetime, minutes: int, calendar: OfficeCalendar, *, of_head: bool = False
) -> Deadline:
    """When a section (or its head) asked at `asked_at` is to have answered.

    They have `minutes` of working time. Raises ValueError if the office never opens.
    """
    left = timedelta(minutes=minutes)
    steps: list[dict[str, Any]] = [
        _sent(asked_at, calendar),
        {"step": "rule", "rule": "head" if of_head else "section", "minutes": minutes},
    ]
    for start, end in calendar.working_spans(asked_at.astimezone(UTC)):
        used = min(left, end - start)
        steps.append({"step": "span", "from": start.isoformat(), "to": (start + used).isoformat()})
        left -= used
        if not left:
            due_at = start + used
            steps.append({"step": "due", "at": due_at.isoformat()})
            return Deadline(due_at, tuple(steps))
    raise ValueError("the office calendar has no working hours in the next 60 days")


def warn_at(started_at: datetime, due_at: datetime) -> datetime:
    """When a clock that still runs is worth a warning."""
    return started_at + (due_at - started_at) * WARN_AFTER


def _sent(at: datetime, calendar: OfficeCalendar) -> dict[str, Any]:
    return {
        "step": "sent",
        "at": at.astimezone(UTC).isoformat(),
        "local": at.astimezone(calendar.zone).isoformat(),
        "calendar": calendar.version,
    }


def _day(at: datetime, calendar: OfficeCalendar) -> dict[str, Any]:
    day = at.astimezone(calendar.zone).date()
    return {
        "step": "day",
        "date": day.isoformat(),
        "hours": calendar.day_rule(day),
        "intervals": [
            [i.start.isoformat("minutes"), i.end.isoformat("minutes")]
            for i in calendar.intervals(day)
        ],
    }
