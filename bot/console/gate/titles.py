"""What articles are called that are named by their ids."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq import gate
from bot.models import ArticleDraft, ArticleRevision


def titles_of(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Their last titles, published or not; what only has a draft by that, else by its id."""
    wanted = set(ids)
    rows = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.title)
        .where(ArticleRevision.article_id.in_(wanted))
        .order_by(ArticleRevision.number)
    ).all()
    published = {row.article_id: row.title for row in rows}
    drafts = select(ArticleDraft).where(ArticleDraft.article_id.in_(wanted - published.keys()))
    drafted = {one.article_id: gate.title_of(session, one) for one in session.scalars(drafts)}
    return {article: article for article in wanted} | drafted | published
