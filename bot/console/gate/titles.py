"""What articles are called that are named by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import ArticleRevision


def titles_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Their last titles, published or not; an article that never was is called by its id."""
    wanted = set(ids)
    rows = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.title)
        .where(ArticleRevision.article_id.in_(wanted))
        .order_by(ArticleRevision.number)
    ).all()
    return {article: article for article in wanted} | {row.article_id: row.title for row in rows}
