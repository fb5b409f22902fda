"""What if: one day's questions again, under another calendar, roster or target. Pure.

What happened stays as it was measured; only what is asked about is replaced. Another calendar or
target moves the deadlines. Another roster moves the answers too: questions are taken in the order
in which they came by whoever is free, and each takes as long as it took.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from bot.desk.calendar import OfficeCalendar
from bot.desk.sla import OUTSIDE, WORKING

SHORTEST_HANDLING = timedelta(seconds=30)
USUAL_HANDLING = timedelta(minutes=3)  # where the day has no measured one


@dataclass(frozen=True)
class Asked:
    """A clock of the promise as it ran: all moments aware; None is what did not happen."""

    sent_at: datetime
    due_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Targets:
    """Within which time a response is due."""

    working: timedelta = WORKING
    outside: timedelta = OUTSIDE


@dataclass(frozen=True)
class Roster:
    """How many officers answer in working hours and outside them."""

    working: int
    outside: int


@dataclass(frozen=True)
class Reply:
    """A question with its deadline and its response, in one of the two worlds."""

    sent_at: datetime
    due_at: datetime
    answered_at: datetime | None
    in_hours: bool

    def is_kept(self, now: datetime) -> bool:
        """A response in time; a question whose time isn't over counts as kept so far."""
        return (self.answered_at or now) <= self.due_at

    @property
    def waited(self) -> timedelta | None:
        return self.answered_at - self.sent_at if self.answered_at else None


@dataclass(frozen=True)
class Figures:
    """How a day went. Shares are 0 to 1, waiting times in seconds; None where nothing was."""

    asked: int
    kept: int
    unanswered: int
    share: float | None
    share_working: float | None
    share_outside: float | None
    median: float | None
    p90: float | None


def happened(asked: Sequence[Asked], calendar: OfficeCalendar) -> list[Reply]:
    """The day as it was, in or outside the hours of the calendar that held."""
    return [
        Reply(a.sent_at, a.due_at, a.answered_at, calendar.is_working(a.sent_at)) for a in asked
    ]


def replayed(
    asked: Sequence[Asked],
    calendar: OfficeCalendar,
    targets: Targets,
    roster: Roster | None = None,
) -> list[Reply]:
    """The day again. Without a roster the responses come when they came."""
    answers = _answers(asked, calendar, roster) if roster else [a.answered_at for a in asked]
    replies = []
    for one, answered_at in zip(asked, answers, strict=True):
        in_hours = calendar.is_working(one.sent_at)
        length = targets.working if in_hours else targets.outside
        replies.append(Reply(one.sent_at, one.sent_at + length, answered_at, in_hours))
    return replies


def figures(replies: Sequence[Reply], now: datetime) -> Figures:
    """The day in numbers."""
    waited = sorted(r.waited.total_seconds() for r in replies if r.waited is not None)
    return Figures(
        asked=len(replies),
        kept=sum(r.is_kept(now) for r in replies),
        unanswered=sum(r.answered_at is None for r in replies),
        share=_share(replies, now),
        share_working=_share([r for r in replies if r.in_hours], now),
        share_outside=_share([r for r in replies if not r.in_hours], now),
        median=median(waited) if waited else None,
        p90=quantiles(waited, n=10, method="inclusive")[8] if len(waited) > 1 else None,
    )


def _share(replies: Sequence[Reply], now: datetime) -> float | None:
    return sum(r.is_kept(now) for r in replies) / len(replies) if replies else None


def _answers(
    asked: Sequence[Asked], calendar: OfficeCalendar, roster: Roster
) -> list[datetime | None]:
    """When each question is answered; `asked` has to be in the order of `sent_at`."""
    if not asked:
        return []
    lengths = _handling(asked)
    changes = sorted(edge for span in calendar.working_spans(asked[0].sent_at) for edge in span)
    busy: list[datetime] = []  # until when, one for each officer at work
    answers: list[datetime | None] = []
    at = asked[0].sent_at
    for one, length in zip(asked, lengths, strict=True):
        free = _when_free(max(at, one.sent_at), busy, calendar, roster, changes)
        if free is None:
            return [*answers, *[None] * (len(asked) - len(answers))]
        at = free
        heapq.heappush(busy, at + length)
        answers.append(at + length)
    return answers


def _when_free(
    at: datetime,
    busy: list[datetime],
    calendar: OfficeCalendar,
    roster: Roster,
    changes: Sequence[datetime],
) -> datetime | None:
    """The first moment from `at` on at which an officer on duty has nothing to do."""
    while True:
        while busy and busy[0] <= at:
            heapq.heappop(busy)
        on_duty = roster.working if calendar.is_working(at) else roster.outside
        if len(busy) < on_duty:
            return at
        following = [*changes[bisect_right(changes, at) :][:1], *busy[:1]]
        if not following:
            return None
        at = min(following)


def _handling(asked: Sequence[Asked]) -> list[timedelta]:
    """How long each kept an officer: from taking it to the response, else the day's median."""
    measured = [
        max(SHORTEST_HANDLING, a.answered_at - max(a.taken_at, a.sent_at))
        if a.taken_at and a.answered_at
        else None
        for a in asked
    ]
    known = sorted(m for m in measured if m is not None)
    usual = known[len(known) // 2] if known else USUAL_HANDLING
    return [m or usual for m in measured]
