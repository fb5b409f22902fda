"""The register of regulations, which fills itself with what published articles cite."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from bot import audit
from bot.faq.citations import Citation, citations, cited_in
from bot.models import ArticleRevision, ArticleStatus, Regulation, RegulationState, Staff

LONGEST_ABOUT, LONGEST_LINK = 300, 500  # characters


@dataclass(frozen=True)
class CitingArticle:
    """A published article and the regulations that it names."""

    article_id: str
    title: str
    revision_id: int
    legal_basis: tuple[str, ...]
    cites: frozenset[Citation]


def citation_of(regulation: Regulation) -> Citation:
    """What citations of this regulation are equal to."""
    return Citation(regulation.kind, regulation.number, regulation.year, regulation.name)


def citing_articles(session: Session) -> list[CitingArticle]:
    """All published articles with what they cite, by title."""
    published = session.execute(
        select(
            ArticleRevision.article_id,
            ArticleRevision.title,
            ArticleRevision.id,
            ArticleRevision.legal_basis,
        )
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.title, ArticleRevision.article_id)
    )
    return [
        CitingArticle(article_id, title, revision_id, tuple(map(str, basis)), cited_in(basis))
        for article_id, title, revision_id, basis in published
    ]


def resting_on(session: Session, regulation: Regulation) -> list[CitingArticle]:
    """The published articles that rest on the regulation."""
    wanted = citation_of(regulation)
    return [article for article in citing_articles(session) if wanted in article.cites]


def affected(session: Session, regulation: Regulation) -> list[CitingArticle]:
    """Those of them that the regulation's state concerns."""
    resting = resting_on(session, regulation)
    return [article for article in resting if _concerns(regulation, article.cites)]


def changed_among(session: Session, legal_basis: Iterable[object]) -> Sequence[Regulation]:
    """The regulations of a legal basis that changed, or are to, in a way that concerns it."""
    cites = cited_in(legal_basis)
    known = session.scalars(
        select(Regulation)
        .where(is_one_of(cites), Regulation.state != RegulationState.IN_FORCE)
        .options(joinedload(Regulation.other))
        .order_by(Regulation.name)
    )
    return [regulation for regulation in known if _concerns(regulation, cites)]


def is_one_of(cited: Collection[Citation]) -> ColumnElement[bool]:
    """Whether a regulation is cited, however it is written."""
    key = tuple_(Regulation.kind, Regulation.number, Regulation.year)
    return key.in_([(one.kind, one.number, one.year) for one in cited])


def fill(session: Session, articles: Sequence[CitingArticle]) -> None:
    """Enter into the register what the articles cite and it doesn't hold yet."""
    _enter(session, {citation for article in articles for citation in article.cites})


def named(session: Session, text: str) -> Regulation | None:
    """The regulation that the text names, entered if it is new; None if it names none or many."""
    found = citations(text)
    if len(found) != 1:
        return None
    _enter(session, found)
    return session.scalars(select(Regulation).where(is_one_of(found))).one()


def describe(
    session: Session, regulation: Regulation, about: str, link: str, staff: Staff, now: datetime
) -> None:
    """Say what the regulation is about and where its text is. An empty link is none."""
    was = [regulation.about, regulation.link]
    regulation.about, regulation.link = about, link or None
    if was != [regulation.about, regulation.link]:
        facts = {"about": regulation.about, "link": regulation.link}
        audit.record(session, "regulation_described", regulation.name, now, staff.id, **facts)


def _concerns(regulation: Regulation, cites: Collection[Citation]) -> bool:
    """Who cites what amended the regulation as well knows of the amendment already."""
    if regulation.state is RegulationState.AMENDED and regulation.other is not None:
        return citation_of(regulation.other) not in cites
    return regulation.state is not RegulationState.IN_FORCE


def _enter(session: Session, cited: Collection[Citation]) -> None:
    if not cited:
        return
    values = [
        {"kind": one.kind, "number": one.number, "year": one.year, "name": one.name}
        for one in sorted(cited)
    ]
    session.execute(insert(Regulation).values(values).on_conflict_do_nothing())
