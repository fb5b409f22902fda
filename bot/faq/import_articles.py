"""Articles made from the values of a table's rows, or changed by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.import_rows import ReadRow, RowFault, RowFaultKind, Value
from bot.faq.import_targets import words_of
from bot.faq.table_columns import Field
from bot.models import ArticleRevision, Section
from knowledge_base.articles import ArticleFile

REVIEWED_WITHIN = timedelta(days=183)  # where the table does not say
_CONFIDENCE = "sedang"
_NO_BASIS = "Dasar hukum: tidak disebut dalam tabel asalnya"
# What of an article the table's values are in fields of their own, and in its front matter.
_OWN = (
    Field.TITLE,
    Field.GROUP,
    Field.SECTION,
    Field.LEGAL_BASIS,
    Field.VALID_FROM,
    Field.VALID_UNTIL,
    Field.REVIEW_BY,
    Field.ANSWER,
    Field.ANSWER_EN,
)
_IN_FRONT = (Field.LINK, Field.SOURCES, Field.HANDOVER_DATA, Field.RELATED)


@dataclass(frozen=True)
class Defaults:
    """What a new article gets where the table says nothing."""

    group: str
    section: str
    source: str  # where the answers come from: the table's file
    today: date


@dataclass(frozen=True)
class Change:
    """What a field says now and would say; added lines alone for ways of asking."""

    field: Field
    before: str
    after: str


@dataclass
class Merged:
    """What several rows say about one article together."""

    values: dict[Field, Value] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[ReadRow]) -> Merged:
        merged = cls(dict(rows[0].values))
        said_in = dict.fromkeys(merged.values, rows[0].number)
        for row in rows[1:]:
            for of, value in row.values.items():
                first = said_in.setdefault(of, row.number)
                known = merged.values.setdefault(of, value)
                if isinstance(value, tuple) and isinstance(known, tuple):
                    merged.values[of] = tuple(dict.fromkeys([*known, *value]))
                elif _differs(of, known, value):
                    fault = RowFault(row.number, RowFaultKind.DIFFERS, of, str(first))
                    merged.faults.append(fault)
        return merged


@dataclass(frozen=True)
class Known:
    """The topic groups and sections there are, by what people may write for them."""

    groups: Mapping[str, str]
    sections: Mapping[str, str]

    @classmethod
    def of(cls, session: Session) -> Known:
        groups = session.scalars(select(ArticleRevision.group).distinct())
        sections = session.execute(select(Section.code, Section.name)).all()
        return cls(
            {words_of(group.replace("_", " ")): group for group in groups},
            {words_of(said): code for code, name in sections for said in (code, name)},
        )

    def resolved(
        self, values: Mapping[Field, Value]
    ) -> tuple[dict[Field, Value], dict[Field, str]]:
        """The values with group and section as we name them, and those that nobody knows."""
        found, unknown = dict(values), dict[Field, str]()
        for of, names in ((Field.GROUP, self.groups), (Field.SECTION, self.sections)):
            if (given := found.pop(of, None)) is None:
                continue
            if (name := names.get(words_of(str(given).replace("_", " ")))) is not None:
                found[of] = name
            else:
                unknown[of] = str(given)
        return found, unknown


def made(
    article_id: str, title: str, values: Mapping[Field, Value], defaults: Defaults
) -> ArticleFile:
    """A new article; what the table leaves out is for its editor to look at."""
    has_basis = Field.LEGAL_BASIS in values
    blank = ArticleFile(
        id=article_id,
        title=title,
        group=defaults.group,
        section=defaults.section,
        confidence=_CONFIDENCE,
        legal_basis=(),
        valid_from=defaults.today,
        review_by=defaults.today + REVIEWED_WITHIN,
        answer="",
        answer_en=None,
        ways=() if Field.QUESTION in values else (title,),
        front_matter={
            "to_confirm": [] if has_basis else [_NO_BASIS],
            "link": "",
            "sources": [defaults.source],
            "handover_data": [],
            "related": [],
        },
        source="",
        content_hash="",
    )
    return changed(blank, values)


def changed(article: ArticleFile, values: Mapping[Field, Value]) -> ArticleFile:
    """The article with these values; ways of asking are added to those it has."""
    own = {str(of): values[of] for of in _OWN if of in values}
    if words_of(str(own.get("title", ""))) == words_of(article.title):
        own.pop("title", None)  # found by it, in other signs
    own["ways"] = _with_new(article.ways, values.get(Field.QUESTION, ()))
    in_front = {
        str(of): list(value) if isinstance(value := values[of], tuple) else value
        for of in _IN_FRONT
        if of in values
    }
    front_matter = dict(article.front_matter) | in_front
    return replace(article, **own, front_matter=front_matter)  # type: ignore[arg-type]


def changes(before: ArticleFile | None, after: ArticleFile) -> tuple[Change, ...]:
    """What differs, field by field; for a new article, all that it says."""
    fields = (of for of in (*_OWN, *_IN_FRONT) if not before or _of(before, of) != _of(after, of))
    told = ((of, _told(before, of), _told(after, of)) for of in fields)
    found = [Change(of, earlier, later) for of, earlier, later in told if earlier != later]
    asked = set(before.ways) if before else ()
    if added := [way for way in after.ways if way not in asked]:
        found.append(Change(Field.QUESTION, "", "\n".join(added)))
    return tuple(found)


def _told(article: ArticleFile | None, of: Field) -> str:
    if article is None:
        return ""
    value = _of(article, of)
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return "" if value is None else str(value).strip()


def _of(article: ArticleFile, field: Field) -> object:
    return getattr(article, field) if field in _OWN else article.front_matter.get(field)


def _with_new(ways: tuple[str, ...], asked: Value) -> tuple[str, ...]:
    """The ways, and those asked that don't say in other signs what one of them says."""
    said = {words_of(way) for way in ways}
    found = list(ways)
    for way in asked if isinstance(asked, tuple) else ():
        if words_of(way) not in said:
            said.add(words_of(way))
            found.append(way)
    return tuple(found)


def _differs(of: Field, first: Value, second: Value) -> bool:
    """Whether two rows contradict each other; blanks don't count, nor do the signs of a title."""
    if of is Field.TITLE:
        return words_of(str(first)) != words_of(str(second))
    return str(first).split() != str(second).split()
