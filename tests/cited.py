"""Published articles with a legal basis, without ways of asking; and answers from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, update

from bot.db import transaction
from bot.faq import register
from bot.models import (
    Article,
    ArticleRevision,
    ArticleStatus,
    BotDecision,
    Regulation,
    Turn,
)


def publish_citing(article_id: str, *legal_basis: str, at: datetime | None = None) -> int:
    """Publish an article that rests on these; the revision's id."""
    with transaction() as session:
        if session.get(Article, article_id) is None:
            session.add(Article(id=article_id))
            session.flush()
        session.execute(
            update(ArticleRevision)
            .where(
                ArticleRevision.article_id == article_id,
                ArticleRevision.status == ArticleStatus.PUBLISHED,
            )
            .values(status=ArticleStatus.SUPERSEDED)
        )
        of_article = select(func.count()).where(ArticleRevision.article_id == article_id)
        number = session.scalar(of_article) or 0
        revision = ArticleRevision(
            article_id=article_id,
            number=number + 1,
            status=ArticleStatus.PUBLISHED,
            title=f"Judul {article_id}",
            group="kiriman",
            section_code="PKC",
            answer_id="Jawaban.",
            legal_basis=list(legal_basis),
            valid_from=date(2024, 1, 1),
            review_by=date(2027, 6, 1),
            confidence="high",
            details={},
            source="",
            content_hash=f"{article_id}-{number}",
        )
        if at is not None:
            revision.published_at = at
        session.add(revision)
        session.flush()
        return revision.id


def answer_with(
    conversation_id: int, revision_id: int | None, at: datetime, beside: tuple[str, ...] = ()
) -> None:
    """The bot gave this revision, and in the same message the articles `beside` it."""
    with transaction() as session:
        turn = Turn(conversation_id=conversation_id, fence=0, finished_at=at)
        session.add(turn)
        session.flush()
        session.add(
            BotDecision(
                turn_id=turn.id,
                conversation_id=conversation_id,
                question="?",
                language="id",
                kind="answer",
                candidates=[{"article": one, "score": 0.9, "given": True} for one in beside],
                revision_id=revision_id,
                knowledge="",
                at=at,
            )
        )


def register_id(name: str) -> int:
    """The regulation of this name, entered if the register lacks it."""
    with transaction() as session:
        found = register.named(session, name)
        assert isinstance(found, Regulation)
        return found.id
