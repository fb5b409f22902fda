"""When people ask, and what about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.figures.answers import answered_in, by_revision, total
from bot.figures.period import Period, Span
from bot.figures.promises import began_in
from bot.models import ArticleRevision, BotDecision, Clock, Ticket, TicketReason

_HOUR = timedelta(hours=1)
Slot = tuple[int, int]  # weekday (0 is Monday) and hour, in office time


@dataclass(frozen=True)
class Volume:
    """Questions by weekday and hour: those the bot answered, and those that waited for a person."""

    bot: Mapping[Slot, int] = field(default_factory=dict)
    desk: Mapping[Slot, int] = field(default_factory=dict)

    def by_hour(self) -> list[tuple[int, int]]:
        """For each of 24 hours: of the bot, of the desk."""
        return [(_sum(self.bot, 1, hour), _sum(self.desk, 1, hour)) for hour in range(24)]

    def by_weekday(self) -> list[tuple[int, int]]:
        """For each weekday from Monday on: of the bot, of the desk."""
        return [(_sum(self.bot, 0, day), _sum(self.desk, 0, day)) for day in range(7)]

    def at(self, weekday: int, hour: int) -> int:
        """All questions of one hour of the week."""
        return self.bot.get((weekday, hour), 0) + self.desk.get((weekday, hour), 0)

    @property
    def busiest(self) -> int:
        """The most questions that one hour of the week had."""
        return max((self.at(*slot) for slot in {*self.bot, *self.desk}), default=0)


@dataclass(frozen=True)
class Topic:
    """How often the bot answered from one topic group, and how often that was rejected."""

    group: str
    answers: int
    rejected: int


def volume(session: Session, period: Period) -> Volume:
    """When the period's questions were asked."""
    return Volume(
        bot=_slots(session, BotDecision.at, period, answered_in(period.span)),
        desk=_slots(session, Clock.started_at, period, began_in(period.span)),
    )


def topics(session: Session, span: Span) -> list[Topic]:
    """What the bot answered about, the most frequent first."""
    of = by_revision(answered_in(span))
    answers = total(of.c.given)
    found = session.execute(
        select(ArticleRevision.group, answers, total(of.c.rejected))
        .join(of, of.c.revision_id == ArticleRevision.id)
        .group_by(ArticleRevision.group)
        .order_by(answers.desc(), ArticleRevision.group)
    )
    return [Topic(*row) for row in found]


def reasons(session: Session, span: Span) -> list[tuple[TicketReason, int]]:
    """Why tickets were opened, the most frequent first."""
    count = func.count()
    found = session.execute(
        select(Ticket.reason, count)
        .where(Ticket.opened_at >= span.start, Ticket.opened_at < span.end)
        .group_by(Ticket.reason)
        .order_by(count.desc())
    )
    return [(reason, number) for reason, number in found]


def _slots(
    session: Session,
    moment: InstrumentedAttribute[object],
    period: Period,
    where: ColumnElement[bool],
) -> dict[Slot, int]:
    """How many rows fall into each hour of the week, counted by plain hours first: that is fast."""
    start = period.span.start  # a midnight
    hours = (
        select(func.date_bin(_HOUR, moment, start).label("hour"), func.count().label("n"))
        .where(where)
        .group_by("hour")
        .subquery()
    )
    since = cast(func.extract("epoch", hours.c.hour - start), BigInteger) // 3600 % 168
    found = session.execute(select(since, total(hours.c.n)).group_by(since))
    first = period.first.weekday()
    return {((first + hour // 24) % 7, hour % 24): number for hour, number in found}


def _sum(slots: Mapping[Slot, int], which: int, value: int) -> int:
    return sum(_matching(slots.items(), which, value))


def _matching(slots: Iterable[tuple[Slot, int]], which: int, value: int) -> Iterable[int]:
    return (number for slot, number in slots if slot[which] == value)
