"""The bot's answers counted by the revision that they gave, which an index holds: that is fast."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Integer, Subquery, cast, func, select

from bot.figures.period import Span
from bot.models import BotDecision

ANSWER = "answer"  # the kind of a decision that gave an article


def answered_in(span: Span) -> ColumnElement[bool]:
    """The bot's answers within `span`."""
    return (
        (BotDecision.at >= span.start) & (BotDecision.at < span.end) & (BotDecision.kind == ANSWER)
    )


def by_revision(where: ColumnElement[bool]) -> Subquery:
    """A row for each revision given: `revision_id`, `given`, `accepted`, `rejected`."""
    return (
        select(
            BotDecision.revision_id,
            func.count().label("given"),
            func.count().filter(BotDecision.helpful.is_(True)).label("accepted"),
            func.count().filter(BotDecision.helpful.is_(False)).label("rejected"),
        )
        .where(where)
        .group_by(BotDecision.revision_id)
        .subquery()
    )


def total(counts: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of such counts, as the whole number that it is."""
    return cast(func.sum(counts), Integer)
