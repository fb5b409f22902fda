"""Taking a published article back, and publishing it again; what became of all its revisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import audit
from bot.faq.obstacles import Obstacle, refuse, stated
from bot.faq.versions import changing_knowledge
from bot.models import ArticleRevision, ArticleStatus, Staff
from bot.settings import settings

_LIVE = (ArticleStatus.PUBLISHED, ArticleStatus.SUSPENDED)
_ENDED = (ArticleStatus.SUSPENDED, ArticleStatus.ARCHIVED)


def suspend(
    session: Session, article_id: str, staff: Staff | None, because: str, now: datetime
) -> None:
    """Withdraw the published answer at once; without staff a rule of the service does it."""
    reason = stated(because)
    with changing_knowledge(session):
        revision = _locked(session, article_id)
        if revision is None or revision.status != ArticleStatus.PUBLISHED:
            refuse(Obstacle.NOT_PUBLISHED)
        _end(revision, ArticleStatus.SUSPENDED, staff, reason, now)
        audit.record(
            session, "article_suspended", article_id, now, staff.id if staff else None, note=reason
        )


def suspend_expired(session: Session, now: datetime) -> int:
    """Withdraw the answers whose last valid day is over in office time; how many those were."""
    with changing_knowledge(session):
        expired = session.scalars(
            select(ArticleRevision)
            .where(
                ArticleRevision.status == ArticleStatus.PUBLISHED,
                ArticleRevision.valid_until < _today(now),
            )
            .with_for_update(skip_locked=True)
        ).all()
        for revision in expired:
            day = format_date(revision.valid_until, "d MMMM y", locale="id")
            suspend(session, revision.article_id, None, f"Berlaku sampai {day}.", now)
        return len(expired)


def archive(session: Session, article_id: str, staff: Staff, because: str, now: datetime) -> None:
    """Give the article up, published or withdrawn."""
    reason = stated(because)
    with changing_knowledge(session):
        revision = _locked(session, article_id)
        if revision is None or revision.status not in _LIVE:
            refuse(Obstacle.NOT_PUBLISHED)
        _end(revision, ArticleStatus.ARCHIVED, staff, reason, now)
        audit.record(session, "article_archived", article_id, now, staff.id, note=reason)


def bring_back(session: Session, article_id: str, staff: Staff, now: datetime) -> None:
    """Publish the withdrawn or archived text again, as it was reviewed then, if still valid."""
    with changing_knowledge(session):
        revision = _locked(session, article_id)
        if revision is None or revision.status not in _ENDED:
            refuse(Obstacle.NOT_WITHDRAWN)
        if revision.valid_until is not None and revision.valid_until < _today(now):
            refuse(Obstacle.EXPIRED)
        revision.status = ArticleStatus.PUBLISHED
        revision.ended_at = revision.ended_by_id = revision.ended_because = None
        audit.record(session, "article_brought_back", article_id, now, staff.id)


def history(session: Session, article_id: str) -> Sequence[ArticleRevision]:
    """All revisions of the article, the newest first."""
    revisions = select(ArticleRevision).where(ArticleRevision.article_id == article_id)
    return session.scalars(revisions.order_by(ArticleRevision.number.desc())).all()


def latest(session: Session, article_id: str) -> ArticleRevision | None:
    """The newest revision, whatever became of it."""
    revisions = select(ArticleRevision).where(ArticleRevision.article_id == article_id)
    return session.scalars(revisions.order_by(ArticleRevision.number.desc()).limit(1)).first()


def _locked(session: Session, article_id: str) -> ArticleRevision | None:
    """The newest revision, as nobody else can change it now."""
    return session.scalars(
        select(ArticleRevision)
        .where(ArticleRevision.article_id == article_id)
        .order_by(ArticleRevision.number.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _today(now: datetime) -> date:
    return now.astimezone(settings().office_zone).date()


def _end(
    revision: ArticleRevision,
    status: ArticleStatus,
    staff: Staff | None,
    because: str,
    now: datetime,
) -> None:
    revision.status = status
    revision.ended_at, revision.ended_because = now, because
    revision.ended_by_id = staff.id if staff else None
