"""How applicants rated what was closed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.figures.period import Span
from bot.models import Ticket

STARS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Ratings:
    """How many gave 1 to 5, of how many who were asked."""

    counts: tuple[int, ...]
    asked: int

    @property
    def given(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        """The average rating; None before there is one."""
        if not self.given:
            return None
        return sum(s * n for s, n in zip(STARS, self.counts, strict=True)) / self.given


def ratings(session: Session, span: Span) -> Ratings:
    """The ratings of the tickets opened within `span`."""
    columns = [func.count().filter(Ticket.rating == stars) for stars in STARS]
    *counts, asked = session.execute(
        select(*columns, func.count(Ticket.rating_asked_at)).where(
            Ticket.opened_at >= span.start, Ticket.opened_at < span.end
        )
    ).one()
    return Ratings(tuple(counts), asked)
