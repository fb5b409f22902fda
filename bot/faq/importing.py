"""What an office's table of questions and answers would change, and drafts begun from it.

Each row is about one article; rows of one title are ways of asking of the same. Nothing here
publishes, and what a table leaves out stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bot import audit
from bot.faq import editing
from bot.faq.import_articles import Change, Defaults, Known, Merged, changed, changes, made
from bot.faq.import_rows import ReadRow, RowFault, RowFaultKind, Value, read_rows
from bot.faq.import_targets import Aims, Target
from bot.faq.table_columns import Field
from bot.faq.tables import Row
from bot.models import Staff
from knowledge_base.articles import ArticleFault, ArticleFile
from knowledge_base.writing import as_read, written


class EntryKind(StrEnum):
    FAULTY = "faulty"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


class NoteKind(StrEnum):
    UNKNOWN_GROUP = "unknown_group"
    UNKNOWN_SECTION = "unknown_section"
    ASKED_ELSEWHERE = "asked_elsewhere"  # another article is asked for in these words


@dataclass(frozen=True)
class Note:
    """What a person should know before the draft is begun: what was given, and what it met."""

    kind: NoteKind
    given: str
    used: str


@dataclass(frozen=True)
class Entry:
    """What the table's rows about one article come to. A faulty one has nothing to be drafted."""

    kind: EntryKind
    rows: tuple[int, ...]
    title: str
    article_id: str = ""
    article: ArticleFile | None = None  # as it would be
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    faults: tuple[RowFault, ...] = ()
    edition: int | None = None  # of the draft that it would go on
    revision: int | None = None  # the published one that it would begin on

    @property
    def can_be_drafted(self) -> bool:
        return self.kind in (EntryKind.NEW, EntryKind.CHANGED)

    @property
    def token(self) -> str:
        """Stands for exactly this change; another once the article or the table is another."""
        stands_for = repr((self.edition, self.article))
        return hashlib.sha256(stands_for.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Begun:
    """A draft that was saved, or why it was not."""

    entry: Entry
    draft_id: int | None
    refused: editing.Obstacle | None = None


def plan(
    session: Session, rows: Sequence[Row], columns: Sequence[Field | None], defaults: Defaults
) -> list[Entry]:
    """What the rows below the headings would do, an entry an article, in the table's order.

    `columns` says what each column holds.
    """
    read = read_rows(rows, columns)
    aims = Aims(session, read)
    together: dict[str, list[ReadRow]] = {}
    for row in read:
        is_about = aims.article_of(row) if row.title or Field.ID in row.values else f" {row.number}"
        together.setdefault(is_about, []).append(row)
    targets = aims.targets(session, together)
    known = Known.of(session)
    return [
        _entry(article_id.strip(), rows, targets.get(article_id), aims, known, defaults)
        for article_id, rows in together.items()
    ]


def begin_drafts(
    session: Session, entries: Iterable[Entry], staff: Staff, now: datetime, table: str
) -> list[Begun]:
    """Save a draft for each entry that can have one; `table` is the name of the file."""
    begun = [_begin(session, entry, staff, now) for entry in entries if entry.can_be_drafted]
    drafts = sum(one.draft_id is not None for one in begun)
    if drafts:
        audit.record(session, "table_imported", table, now, staff.id, drafts=drafts)
    return begun


def _begin(session: Session, entry: Entry, staff: Staff, now: datetime) -> Begun:
    assert entry.article is not None
    try:
        with session.begin_nested():
            draft = editing.save(
                session,
                written(entry.article),
                staff,
                now,
                began_from=entry.edition,
                began_on=entry.revision,
            )
    except editing.EditingRefused as refused:
        return Begun(entry, None, refused.reason)
    return Begun(entry, draft.id)


def _entry(
    article_id: str,
    rows: Sequence[ReadRow],
    target: Target | None,
    aims: Aims,
    known: Known,
    defaults: Defaults,
) -> Entry:
    numbers = tuple(row.number for row in rows)
    title = next((row.title for row in rows if row.title), "")
    merged = Merged.of(rows)
    faults = [*(fault for row in rows for fault in row.faults), *merged.faults]
    if not faults and target is None and Field.ANSWER not in merged.values:
        faults.append(RowFault(numbers[0], RowFaultKind.NO_ANSWER, Field.ANSWER))
    if faults:
        return Entry(EntryKind.FAULTY, numbers, title, article_id, faults=tuple(faults))
    values, unknown = known.resolved(merged.values)
    before = target.article if target else None
    article = changed(before, values) if before else made(article_id, title, values, defaults)
    try:
        article = as_read(article, before) if article != before else article
    except ArticleFault as fault:
        unreadable = RowFault(numbers[0], RowFaultKind.UNREADABLE, None, fault.text)
        return Entry(EntryKind.FAULTY, numbers, title, article_id, faults=(unreadable,))
    differing = changes(before, article)
    kind = EntryKind.NEW if before is None else EntryKind.CHANGED
    return Entry(
        kind if differing else EntryKind.SAME,
        numbers,
        article.title,
        article.id,
        article,
        differing,
        (*_unknown(unknown, article), *_asked_elsewhere(article, values, aims)),
        edition=target.edition if target else None,
        revision=target.revision if target else None,
    )


def _unknown(given: dict[Field, str], article: ArticleFile) -> Iterable[Note]:
    if Field.GROUP in given:
        yield Note(NoteKind.UNKNOWN_GROUP, given[Field.GROUP], article.group)
    if Field.SECTION in given:
        yield Note(NoteKind.UNKNOWN_SECTION, given[Field.SECTION], article.section)


def _asked_elsewhere(
    article: ArticleFile, values: Mapping[Field, Value], aims: Aims
) -> Iterable[Note]:
    for way in article.ways if Field.QUESTION in values else ():
        if other := aims.asked_elsewhere(way, article.id):
            yield Note(NoteKind.ASKED_ELSEWHERE, way, other)
