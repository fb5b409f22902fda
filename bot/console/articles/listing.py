"""The articles as a list: what waits for somebody first, then what is published, by group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from bot.console.search.query import Query
from bot.faq.fields import fields_of
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    ArticleStatus,
    DraftEdition,
    DraftState,
    Staff,
    Way,
)

SOON = timedelta(days=30)
# In the order in which the list has them.
DRAFT_STATES = (DraftState.IN_REVIEW.value, DraftState.DRAFT.value)
REVISION_STATES = (
    ArticleStatus.PUBLISHED.value,
    ArticleStatus.SUSPENDED.value,
    ArticleStatus.ARCHIVED.value,
)
STATES = (*DRAFT_STATES, *REVISION_STATES)


@dataclass(frozen=True)
class Row:
    """One article in one of its states; an article with a draft has two rows."""

    article_id: str
    title: str
    group: str
    section: str
    state: str
    review_by: date | None = None
    valid_until: date | None = None
    saved_by: str = ""
    saved_at: datetime | None = None
    was_sent_back: bool = False
    has_draft: bool = False

    def dates_to_mark(self, today: date) -> list[tuple[str, date]]:
        """What an editor should look at: `overdue`, `review_soon`, `expired`, `expires_soon`."""
        if self.state != ArticleStatus.PUBLISHED:
            return []
        found = []
        if self.review_by is not None and self.review_by < today + SOON:
            found.append(("overdue" if self.review_by < today else "review_soon", self.review_by))
        if self.valid_until is not None and self.valid_until < today + SOON:
            kind = "expired" if self.valid_until < today else "expires_soon"
            found.append((kind, self.valid_until))
        return found


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty texts narrow nothing."""

    query: Query
    group: str = ""
    section: str = ""
    state: str = ""

    def fits(self, row: Row) -> bool:
        return (
            self.group in ("", row.group)
            and self.section in ("", row.section)
            and self.state in ("", row.state)
        )


def rows(session: Session, wanted: Wanted, states: Sequence[str]) -> list[Row]:
    """The rows of these states that fit, in the order of the states, each by group and title."""
    drafts = _drafts(session, wanted.query) if DRAFT_STATES[0] in states else []
    revisions = _revisions(session, wanted.query, states)
    with_draft = set(session.scalars(select(ArticleDraft.article_id)))
    found = [*drafts, *(_of_revision(one, with_draft) for one in revisions)]
    fitting = [row for row in found if row.state in states and wanted.fits(row)]
    return sorted(fitting, key=lambda row: (states.index(row.state), row.group, row.title))


def choices(found: Iterable[Row]) -> dict[str, list[str]]:
    """What the list can be narrowed by."""
    both = [(row.group, row.section) for row in found]
    return {
        "group": sorted({group for group, _ in both}),
        "section": sorted({section for _, section in both}),
    }


def _revisions(session: Session, query: Query, states: Sequence[str]) -> Sequence[ArticleRevision]:
    """The newest revision of each article."""
    newest = (
        select(func.max(ArticleRevision.id)).group_by(ArticleRevision.article_id).scalar_subquery()
    )
    statement = (
        select(ArticleRevision)
        .where(ArticleRevision.id.in_(newest), ArticleRevision.status.in_(states))
        .options(load_only(*_SHOWN))
    )
    if query.tsquery:
        asked = Way.words.op("@@")(func.to_tsquery("indonesian", query.tsquery))
        matching = select(Way.revision_id).where(asked)
        by_name = ArticleRevision.article_id.icontains(query.text, autoescape=True)
        statement = statement.where(ArticleRevision.id.in_(matching) | by_name)
    return session.scalars(statement).all()


_SHOWN = (
    ArticleRevision.article_id,
    ArticleRevision.title,
    ArticleRevision.group,
    ArticleRevision.section_code,
    ArticleRevision.status,
    ArticleRevision.review_by,
    ArticleRevision.valid_until,
)


def _of_revision(revision: ArticleRevision, with_draft: set[str]) -> Row:
    return Row(
        article_id=revision.article_id,
        title=revision.title,
        group=revision.group,
        section=revision.section_code,
        state=revision.status.value,
        review_by=revision.review_by,
        valid_until=revision.valid_until,
        has_draft=revision.article_id in with_draft,
    )


def _drafts(session: Session, query: Query) -> list[Row]:
    """Drafts are few and in no index: they are read."""
    last = session.execute(
        select(ArticleDraft, DraftEdition, Staff.name)
        .join(
            DraftEdition,
            (DraftEdition.draft_id == ArticleDraft.id)
            & (DraftEdition.number == ArticleDraft.edition),
        )
        .join(Staff, Staff.id == DraftEdition.staff_id)
    )
    return [
        _of_draft(draft, edition, name) for draft, edition, name in last if _has(edition, query)
    ]


def _of_draft(draft: ArticleDraft, edition: DraftEdition, saved_by: str) -> Row:
    filled = fields_of(edition.source)
    return Row(
        article_id=draft.article_id,
        title=filled.title,
        group=filled.group,
        section=filled.section,
        state=draft.state.value,
        saved_by=saved_by,
        saved_at=edition.at,
        was_sent_back=draft.returned_because is not None,
    )


def _has(edition: DraftEdition, query: Query) -> bool:
    text = edition.source.lower()
    return all(word.lower() in text for word in query.words)


def counted(found: Iterable[Row]) -> Mapping[str, int]:
    """How many there are of each state."""
    counts: dict[str, int] = {}
    for row in found:
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts
