"""Which article each row of a table is about, and what that article's text is now."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, String, any_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from bot.faq.import_rows import ReadRow
from bot.faq.table_columns import Field
from bot.models import Article, ArticleDraft, ArticleRevision, ArticleStatus, DraftEdition, Way
from knowledge_base.articles import ArticleFault, ArticleFile, parse_text

_LONGEST_ID = 60
_WORD = re.compile(r"\w+")
_MOST_READ = 1000  # articles kept as they were read: a table is looked through again and again


@dataclass(frozen=True)
class Target:
    """An article as it would be worked on: its draft's last edition, else its last revision."""

    article: ArticleFile
    edition: int | None = None  # of the draft, if there is one
    revision: int | None = None  # the number of the published one, if there is no draft


class Aims:
    """Finds the article that a row is about: by its id, its title, or words that ask for it."""

    def __init__(self, session: Session, rows: Sequence[ReadRow]) -> None:
        self._drafts = _last_editions(session)
        self._taken = set(session.scalars(select(Article.id))) | self._drafts.keys()
        self._by_title = _titles(session, self._drafts)
        self._by_words = _asked_for(session, rows)

    def article_of(self, row: ReadRow) -> str:
        """The id of the row's article. A new one keeps it for later rows of the same title."""
        title = words_of(row.title)
        article_id = (
            row.text(Field.ID)
            or self._by_title.get(title)
            or (None if Field.TITLE in row.values else self._by_words.get(row.title.lower()))
            or _free_id(row.title, self._taken)
        )
        self._taken.add(article_id)
        if title:
            self._by_title.setdefault(title, article_id)
        return article_id

    def asked_elsewhere(self, way: str, article_id: str) -> str | None:
        """Another published article that is asked for with these very words."""
        other = self._by_words.get(way.lower())
        return other if other != article_id else None

    def targets(self, session: Session, ids: Collection[str]) -> dict[str, Target]:
        """Those of the articles that exist already."""
        newest = session.execute(
            select(
                ArticleRevision.article_id,
                ArticleRevision.number,
                ArticleRevision.status,
                ArticleRevision.source,
            )
            .where(ArticleRevision.article_id == _any_of(set(ids) - self._drafts.keys()))
            .ext(distinct_on(ArticleRevision.article_id))
            .order_by(ArticleRevision.article_id, ArticleRevision.number.desc())
        )
        found = {}
        for revision in newest:
            is_published = revision.status == ArticleStatus.PUBLISHED
            if article := _readable(revision.source):
                number = revision.number if is_published else None
                found[revision.article_id] = Target(article, revision=number)
        return found | {key: self._drafts[key] for key in ids if key in self._drafts}


def words_of(text: str) -> str:
    """The words alone, so that titles are equal whatever their case and signs."""
    return " ".join(_WORD.findall(text.casefold()))


@lru_cache(_MOST_READ)
def _readable(source: str) -> ArticleFile | None:
    """The article; None for one that was published before revisions kept their files."""
    try:
        return parse_text(source)
    except ArticleFault:
        return None


def _last_editions(session: Session) -> dict[str, Target]:
    editions = session.execute(
        select(DraftEdition.source, DraftEdition.number)
        .join(ArticleDraft, ArticleDraft.id == DraftEdition.draft_id)
        .where(DraftEdition.number == ArticleDraft.edition)
    )
    read = ((_readable(source), number) for source, number in editions)
    return {article.id: Target(article, number) for article, number in read if article}


def _titles(session: Session, drafts: dict[str, Target]) -> dict[str, str]:
    newest = (
        select(ArticleRevision.title, ArticleRevision.article_id)
        .ext(distinct_on(ArticleRevision.article_id))
        .order_by(ArticleRevision.article_id, ArticleRevision.number.desc())
    )
    found = {words_of(title): article_id for title, article_id in session.execute(newest)}
    return found | {words_of(target.article.title): key for key, target in drafts.items()}


def _asked_for(session: Session, rows: Iterable[ReadRow]) -> dict[str, str]:
    """Published articles by those questions of the table that ask for them word for word."""
    questions = {way.lower() for row in rows for way in row.texts(Field.QUESTION)}
    asking = (
        select(func.lower(Way.text), ArticleRevision.article_id)
        .join(Way.revision)
        .where(
            ArticleRevision.status == ArticleStatus.PUBLISHED,
            func.lower(Way.text) == _any_of(questions),
        )
    )
    return dict(session.execute(asking).all())


def _any_of(texts: Iterable[str]) -> ColumnElement[Any]:
    """In SQL any of them, as one parameter: hundreds would each be counted and named."""
    return any_(literal(list(texts), ARRAY(String)))


def _free_id(title: str, taken: Collection[str]) -> str:
    """An id in the title's words that no article has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.findall(r"[a-z0-9]+", plain)) or "artikel"
    if len(name) > _LONGEST_ID:
        name = name[:_LONGEST_ID].rpartition("_")[0] or name[:_LONGEST_ID]
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
