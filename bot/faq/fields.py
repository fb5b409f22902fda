"""An article as the fields that an editor fills in: one text a field, a list one item a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from bot.models import ArticleRevision
from knowledge_base.articles import ArticleFault, ArticleFile, parse_text
from knowledge_base.attachments import are_attachments
from knowledge_base.writing import written

CONFIDENCES = ("tinggi", "sedang", "rendah")
LONGEST_LINE = 1000
_NAME = re.compile("[a-z0-9_]{1,60}")
_NEEDED = ("title", "group", "section", "confidence", "answer", "ways", "valid_from", "review_by")
_LISTS = ("to_confirm", "legal_basis", "sources", "handover_data", "related")
_DATES = ("valid_from", "valid_until", "review_by")
_LINES = ("id", "title", "group", "section", "confidence", "link", *_DATES)


class Problem(StrEnum):
    """Why a field can't be kept as it is."""

    EMPTY = "empty"
    NO_NAME = "no_name"
    NO_DATE = "no_date"
    NO_CHOICE = "no_choice"
    TOO_LONG = "too_long"
    HEADING = "heading"  # a line would be taken for the beginning of another part of the file
    NO_FILE = "no_file"
    UNREADABLE = "unreadable"  # the text as a whole would be read as something else


class BadFields(Exception):
    """The fields make no article. `problems` says of each field what is wrong; "" is the whole."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Fields:
    """What an editor sees and changes. Line ends are line feeds."""

    id: str = ""
    title: str = ""
    group: str = ""
    section: str = ""
    confidence: str = ""
    answer: str = ""
    english: str = ""
    attachments: str = ""  # a line each: the PDF's name and its SHA-256 sum
    ways: str = ""
    handover_data: str = ""
    legal_basis: str = ""
    valid_from: str = ""  # dates as 2026-11-23
    valid_until: str = ""
    review_by: str = ""
    sources: str = ""
    related: str = ""
    to_confirm: str = ""
    link: str = ""

    @property
    def valid_from_date(self) -> date | None:
        """Since when it is valid; None while no date is written there."""
        return date.fromisoformat(self.valid_from) if _is_date(self.valid_from) else None

    @property
    def attached(self) -> dict[str, str]:
        """The sum of each PDF by its name."""
        lines = (line.rpartition(" ") for line in self.attachments.splitlines())
        return {name: sha256 for name, _, sha256 in lines}


NAMES = tuple(field.name for field in fields(Fields))


def read_fields(form: Mapping[str, str]) -> Fields:
    """The fields of a form, cleaned of what no text may hold."""
    return Fields(**{name: _cleaned(form.get(name, ""), name) for name in NAMES})


def fields_of(source: str) -> Fields:
    """The fields of an article's file. Raises ArticleFault."""
    return _of_article(parse_text(source))


def fields_of_revision(revision: ArticleRevision) -> Fields:
    """The same of a revision, also of one that came before revisions kept their file."""
    if revision.source:
        return fields_of(revision.source)
    lists = {name: _lines(revision.details.get(name, ())) for name in _LISTS}
    return Fields(
        id=revision.article_id,
        title=revision.title,
        group=revision.group,
        section=revision.section_code,
        confidence=revision.confidence,
        answer=revision.answer_id,
        english=revision.answer_en or "",
        ways=_lines([way.text for way in revision.ways if way.text != revision.title]),
        valid_from=revision.valid_from.isoformat(),
        valid_until=revision.valid_until.isoformat() if revision.valid_until else "",
        review_by=revision.review_by.isoformat(),
        link=str(revision.details.get("link") or ""),
        **(lists | {"legal_basis": _lines(revision.legal_basis)}),
    )


def source_of(filled: Fields, before: str = "") -> str:
    """The article's file as the fields have it; what they don't show stays as `before` had it.

    Raises BadFields.
    """
    if problems := dict(_problems(filled)):
        raise BadFields(problems)
    kept = parse_text(before) if before else None
    front_matter = dict(kept.front_matter) if kept else {}
    for name in _LISTS:
        front_matter[name] = _items(getattr(filled, name))
    front_matter["link"] = filled.link
    front_matter.pop("attachments", None)
    if filled.attached:
        front_matter["attachments"] = filled.attached
    article = ArticleFile(
        id=filled.id,
        title=filled.title,
        group=filled.group,
        section=filled.section,
        confidence=filled.confidence,
        legal_basis=tuple(_items(filled.legal_basis)),
        valid_from=date.fromisoformat(filled.valid_from),
        valid_until=date.fromisoformat(filled.valid_until) if filled.valid_until else None,
        review_by=date.fromisoformat(filled.review_by),
        answer=filled.answer,
        answer_en=filled.english or None,
        ways=tuple(_items(filled.ways)),
        covers=kept.covers if kept else (),
        front_matter=front_matter,
        source="",
        content_hash="",
    )
    try:
        source = written(article)
        parse_text(source)
    except ArticleFault as fault:
        raise BadFields({"": Problem.UNREADABLE}) from fault
    return source


def named(filled: Fields) -> Fields:
    """With an id and a group as files have them: small letters, digits and _.

    An article without an id gets one from its title.
    """
    name = _slug(filled.id) or _slug(" ".join(filled.title.split()[:5]))
    return replace(filled, id=name, group=_slug(filled.group))


def _of_article(article: ArticleFile) -> Fields:
    lists = {name: _lines(article.front_matter[name]) for name in _LISTS}
    return Fields(
        id=article.id,
        title=article.title,
        group=article.group,
        section=article.section,
        confidence=article.confidence,
        answer=article.answer,
        english=article.answer_en or "",
        attachments=_lines([" ".join(one) for one in article.attachments.items()]),
        ways=_lines(article.ways),
        valid_from=article.valid_from.isoformat(),
        valid_until=article.valid_until.isoformat() if article.valid_until else "",
        review_by=article.review_by.isoformat(),
        link=str(article.front_matter["link"] or ""),
        **lists,
    )


def _problems(filled: Fields) -> list[tuple[str, Problem]]:
    """The last problem of a field counts, so that the plainest comes last."""
    found = []
    for name in NAMES:
        text = getattr(filled, name)
        longest = max((len(line) for line in text.splitlines()), default=0)
        if name not in ("answer", "english") and longest > LONGEST_LINE:
            found.append((name, Problem.TOO_LONG))
        if name in ("answer", "english") and "\n## " in f"\n{text}":
            found.append((name, Problem.HEADING))
        if name in _DATES and text and not _is_date(text):
            found.append((name, Problem.NO_DATE))
        if name in ("id", "group") and not _NAME.fullmatch(text):
            found.append((name, Problem.NO_NAME))
        if name == "confidence" and text not in CONFIDENCES:
            found.append((name, Problem.NO_CHOICE))
        if name == "attachments" and text and not are_attachments(filled.attached):
            found.append((name, Problem.NO_FILE))
        if name in _NEEDED and not text:
            found.append((name, Problem.EMPTY))
    return found


def _cleaned(text: str, name: str) -> str:
    """Without control characters and blanks at the ends; a field of one line stays one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _CONTROLS)
    if name in _LINES:
        return " ".join(text.split())
    if name in ("answer", "english"):
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return _lines(_items(text))


_CONTROLS = ("Cc", "Cs", "Zl", "Zp")


def _items(text: str) -> list[str]:
    """One item a line; a dash before it, as lists have it, is no part of it."""
    lines = (re.sub(r"^[-*•]\s+", "", line.strip()) for line in text.split("\n"))
    return [line for line in lines if line]


def _lines(items: object) -> str:
    return "\n".join(map(str, items if isinstance(items, list | tuple) else ()))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")[:60].rstrip("_")
