"""What lint says about an article's text beside what is published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.attachments import named
from bot.models import ArticleRevision, ArticleStatus, Way
from knowledge_base.articles import ArticleFile, parse_text
from knowledge_base.faults import ArticleFaults, Beside, Fault, FaultKind, words_of

__all__ = ["Fault", "faults_in", "faults_of", "stops"]

# Worth telling, but an office may have reasons: an article may be new, or its answer long.
_ADVICE = {FaultKind.FEW_WAYS, FaultKind.TOO_LONG}


def faults_in(session: Session, source: str, today: date) -> list[Fault]:
    """The faults of an article's file, those that stop it first."""
    return faults_of(session, parse_text(source), today)


def faults_of(session: Session, article: ArticleFile, today: date) -> list[Fault]:
    """The faults of the text, those that stop it first."""
    found = ArticleFaults(Path(article.group) / f"{article.id}.md", article)
    beside = _beside(session, article)
    attached = named(session, article.attachments)
    faults = [
        *found.alone(today),
        *found.of_names(beside),
        *found.of_attachments({one.name: one.sha256 for one in attached if one.size is not None}),
        *found.of_covers(beside),
        *found.of_ways(beside),
        *found.of_repetition(),
    ]
    return sorted(faults, key=lambda fault: not stops(fault))


def stops(fault: Fault) -> bool:
    """Whether it has to be mended before the text can be published."""
    return fault.kind not in _ADVICE


def _beside(session: Session, article: ArticleFile) -> Beside:
    """The other published articles. One that this one covers is about to be published no more."""
    going = {article.id, *article.covers}
    others = session.execute(
        select(ArticleRevision.id, ArticleRevision.article_id, ArticleRevision.details).where(
            ArticleRevision.status == ArticleStatus.PUBLISHED,
            ArticleRevision.article_id.not_in(going),
        )
    ).all()
    article_of = {revision_id: article_id for revision_id, article_id, _ in others}
    ways = session.execute(select(Way.text, Way.revision_id).where(Way.revision_id.in_(article_of)))
    return Beside(
        ids=frozenset(article_of.values()),
        covering={
            topic: article_id
            for _, article_id, details in others
            for topic in details.get("covers", ())
        },
        asking={words_of(text): article_of[revision_id] for text, revision_id in ways},
    )
