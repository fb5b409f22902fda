"""How each published article fares: given, accepted, rejected, handed over anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.figures.answers import ANSWER, by_revision, total
from bot.models import ArticleRevision, ArticleStatus, BotDecision, OfficerWork

DAYS = 30  # that are counted, and as many before to compare with


@dataclass(frozen=True)
class ArticleFigures:
    """An article's last days. `checked_at` is when its text was published."""

    article_id: str
    title: str
    group: str
    given: int
    given_before: int
    accepted: int
    rejected: int
    handed_over: int
    checked_at: datetime
    review_by: date
    valid_until: date | None

    @property
    def failed(self) -> float | None:
        """The part of its answers that did not do; None without an answer."""
        return max(self.rejected, self.handed_over) / self.given if self.given else None


def article_figures(session: Session, now: datetime) -> list[ArticleFigures]:
    """All published articles with their figures of the last days, by title."""
    published = session.execute(
        select(
            ArticleRevision.article_id,
            ArticleRevision.title,
            ArticleRevision.group,
            ArticleRevision.published_at,
            ArticleRevision.review_by,
            ArticleRevision.valid_until,
        )
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.title)
    ).all()
    since = now - timedelta(days=DAYS)
    counted = _counted(session, since, now)
    before = _given(session, since - timedelta(days=DAYS), since)
    handed_over = _handed_over(session, since)
    return [
        ArticleFigures(
            article_id=row.article_id,
            title=row.title,
            group=row.group,
            given=counted.get(row.article_id, (0, 0, 0))[0],
            given_before=before.get(row.article_id, 0),
            accepted=counted.get(row.article_id, (0, 0, 0))[1],
            rejected=counted.get(row.article_id, (0, 0, 0))[2],
            handed_over=handed_over.get(row.article_id, 0),
            checked_at=row.published_at,
            review_by=row.review_by,
            valid_until=row.valid_until,
        )
        for row in published
    ]


def _counted(session: Session, since: datetime, until: datetime) -> dict[str, tuple[int, ...]]:
    """Given, accepted and rejected, by article."""
    of = by_revision(
        (BotDecision.kind == ANSWER) & (BotDecision.at > since) & (BotDecision.at <= until)
    )
    rows = session.execute(
        select(
            ArticleRevision.article_id,
            total(of.c.given),
            total(of.c.accepted),
            total(of.c.rejected),
        )
        .join(of, of.c.revision_id == ArticleRevision.id)
        .group_by(ArticleRevision.article_id)
    )
    return {article: tuple(counts) for article, *counts in rows}


def _given(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    return {article: counts[0] for article, counts in _counted(session, since, until).items()}


def _handed_over(session: Session, since: datetime) -> dict[str, int]:
    """After how many of its answers a person was needed, as last estimated."""
    rows = session.execute(
        select(ArticleRevision.article_id, func.count())
        .select_from(OfficerWork)
        .join(BotDecision, BotDecision.turn_id == OfficerWork.turn_id)
        .join(ArticleRevision, ArticleRevision.id == BotDecision.revision_id)
        .where(BotDecision.kind == ANSWER, BotDecision.at > since)
        .group_by(ArticleRevision.article_id)
    )
    return dict(rows.all())
