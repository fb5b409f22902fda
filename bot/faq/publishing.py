"""Publishing articles: a new revision with its ways of asking, encoded; the old superseded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.faq.versions import changing_knowledge
from bot.models import Article, ArticleRevision, ArticleStatus, Way
from knowledge_base.articles import ArticleFile
from knowledge_base.encoder import Encoder


def publish_changed(session: Session, articles: Iterable[ArticleFile], encoder: Encoder) -> None:
    """Publish what changed in the package's files, and nothing against what staff did.

    An article that an editor published, or that somebody withdrew, is theirs from then on.
    """
    rows = session.execute(
        select(
            ArticleRevision.article_id,
            ArticleRevision.content_hash,
            (ArticleRevision.status == ArticleStatus.PUBLISHED)
            & ArticleRevision.published_by_id.is_(None),
        ).order_by(ArticleRevision.number)
    ).all()
    known = {(article_id, content_hash) for article_id, content_hash, _ in rows}
    is_ours = {article_id: ours for article_id, _, ours in rows}  # the last revision's
    for article in articles:
        if is_ours.get(article.id, True) and (article.id, article.content_hash) not in known:
            publish(session, article, encoder)


def publish(session: Session, article: ArticleFile, encoder: Encoder) -> ArticleRevision | None:
    """Make the file's content the published revision; None if it already is.

    Articles that it covers are published no more.
    """
    with changing_knowledge(session):
        current = session.scalars(
            select(ArticleRevision)
            .where(
                ArticleRevision.article_id == article.id,
                ArticleRevision.status == ArticleStatus.PUBLISHED,
            )
            .with_for_update()
        ).one_or_none()
        if current is not None and current.content_hash == article.content_hash:
            return None
        if session.get(Article, article.id) is None:
            session.add(Article(id=article.id))
        session.execute(
            update(ArticleRevision)
            .where(
                ArticleRevision.article_id.in_([article.id, *article.covers]),
                ArticleRevision.status == ArticleStatus.PUBLISHED,
            )
            .values(status=ArticleStatus.SUPERSEDED)
        )
        session.flush()
        revision = revision_of(article, _next_number(session, article.id))
        texts = [article.title, *article.ways]
        revision.ways = _encoded(texts, encoder, _vectors_of(session, article.id, encoder))
        session.add(revision)
        session.flush()
        return revision


def revision_of(article: ArticleFile, number: int) -> ArticleRevision:
    """The article's text as its published revision, without ways of asking."""
    return ArticleRevision(
        article_id=article.id,
        number=number,
        status=ArticleStatus.PUBLISHED,
        title=article.title,
        group=article.group,
        section_code=article.section,
        answer_id=article.answer,
        answer_en=article.answer_en,
        legal_basis=list(article.legal_basis),
        valid_from=article.valid_from,
        valid_until=article.valid_until,
        review_by=article.review_by,
        confidence=article.confidence,
        details=dict(article.front_matter),
        source=article.source,
        content_hash=article.content_hash,
    )


def publish_none_messages(session: Session, messages: Sequence[str], encoder: Encoder) -> bool:
    """Make these the messages that no article answers; False if they already are."""
    with changing_knowledge(session):
        known = set(session.scalars(select(Way.text).where(Way.revision_id.is_(None))))
        gone = known - set(messages)
        come = [message for message in dict.fromkeys(messages) if message not in known]
        if not gone and not come:
            return False
        session.execute(delete(Way).where(Way.revision_id.is_(None), Way.text.in_(gone)))
        session.add_all(_encoded(come, encoder))
        return True


def not_encoded(
    session: Session, articles: Iterable[ArticleFile], messages: Iterable[str], encoder: Encoder
) -> list[str]:
    """What publishing these would have encoded that was not before."""
    known = set(session.scalars(select(Way.text).where(Way.encoder == encoder.name)))
    texts = [text for article in articles for text in (article.title, *article.ways)]
    return [text for text in dict.fromkeys([*texts, *messages]) if text not in known]


def encode_again(session: Session, encoder: Encoder) -> int:
    """Encode what another encoder made; returns how many ways that were."""
    stale = session.scalars(select(Way).where(Way.encoder != encoder.name)).all()
    if not stale:
        return 0
    with changing_knowledge(session):
        vectors = encoder.encode([way.text for way in stale])
        for way, vector in zip(stale, vectors, strict=True):
            way.vector, way.encoder = vector, encoder.name
    return len(stale)


def _next_number(session: Session, article_id: str) -> int:
    last = session.scalar(
        select(func.max(ArticleRevision.number)).where(ArticleRevision.article_id == article_id)
    )
    return (last or 0) + 1


def _vectors_of(session: Session, article_id: str, encoder: Encoder) -> dict[str, Any]:
    """What was encoded for the article already, by its text."""
    ways = (
        select(Way.text, Way.vector)
        .join(Way.revision)
        .where(ArticleRevision.article_id == article_id, Way.encoder == encoder.name)
    )
    return dict(session.execute(ways).all())


def _encoded(
    texts: Sequence[str], encoder: Encoder, known: Mapping[str, Any] = MappingProxyType({})
) -> list[Way]:
    """Ways of asking; only what isn't known by its text is encoded."""
    new = [text for text in dict.fromkeys(texts) if text not in known]
    vectors = dict(known)
    if new:
        vectors |= zip(new, encoder.encode(new), strict=True)
    return [Way(text=text, encoder=encoder.name, vector=vectors[text]) for text in texts]
