"""Articles as Markdown files with front matter, one file an article."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.attachments import MOST, are_attachments

FOLDER = Path(__file__).parent / "articles"
NONE_FILE = Path(__file__).parent / "none.txt"

_REQUIRED = (
    "id",
    "title",
    "group",
    "section",
    "confidence",
    "to_confirm",
    "legal_basis",
    "valid_from",
    "review_by",
    "link",
    "sources",
    "handover_data",
    "related",
)
_TEXTS = ("id", "title", "group", "section", "confidence")
_LISTS = ("to_confirm", "legal_basis", "sources", "handover_data", "related")
_DATES = ("valid_from", "review_by")
_COVERS, _UNTIL, _ATTACHMENTS = "covers", "valid_until", "attachments"  # may be left out
# The same loader in C where PyYAML has it: reading all articles takes a tenth of the time.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ANSWER, ENGLISH, WAYS = "Jawaban", "English", "Cara bertanya"
_NAME = re.compile(r"[a-z0-9_]+")


class ArticleFault(Exception):
    """An article can't be used. `where` is its file or id, `line` 1 where it is about the whole."""

    def __init__(self, where: object, text: str, line: int = 1) -> None:
        super().__init__(f"{where}:{line}: {text}")
        self.text = text
        self.line = line


@dataclass(frozen=True)
class ArticleFile:
    """One article as its file holds it."""

    id: str
    title: str
    group: str
    section: str
    confidence: str
    legal_basis: tuple[str, ...]
    valid_from: date
    review_by: date
    answer: str
    answer_en: str | None
    ways: tuple[str, ...]
    front_matter: Mapping[str, Any]
    source: str  # the whole file
    content_hash: str  # SHA-256 of the file's bytes
    valid_until: date | None = None  # the last day, if one is known
    covers: tuple[str, ...] = ()  # topics without an article of their own that this one answers

    @property
    def attachments(self) -> Mapping[str, str]:
        """The PDFs that follow the answer: the SHA-256 sum of each by its name."""
        named: Mapping[str, str] = self.front_matter.get(_ATTACHMENTS, {})
        return named


def read_articles(folder: Path = FOLDER) -> list[ArticleFile]:
    """All articles below `folder`, by id. Raises ArticleFault for the first broken one."""
    seen: dict[str, ArticleFile] = {}
    for path in sorted(folder.rglob("*.md")):
        article = read_article(path)
        if article.id in seen:
            raise ArticleFault(path, f"another file has the id {article.id} too")
        seen[article.id] = article
    return sorted(seen.values(), key=lambda article: article.id)


def read_article(path: Path) -> ArticleFile:
    """The article in a file. Raises ArticleFault naming the file and what is wrong."""
    content = path.read_bytes()
    try:
        return parse_article(content.decode("utf-8"), path)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ArticleFault(path, "must be UTF-8", line) from error


def parse_article(text: str, path: Path) -> ArticleFile:
    """The article of a file's text. Raises ArticleFault naming `path` and what is wrong."""
    article = parse_text(text, path)
    for key, name, of in (("id", path.stem, "file"), ("group", path.parent.name, "folder")):
        if article.front_matter[key] != name:
            said = f"{key} must be the {of}'s name, {name}"
            raise ArticleFault(path, said, _line_of_key(text[4:], key))
    return article


def parse_text(text: str, where: Path = Path("artikel")) -> ArticleFile:
    """The article of a text that need be in no file. Raises ArticleFault naming `where`."""
    for sign, name in (("\r", "carriage returns; lines end with a line feed alone"), ("\0", "NUL")):
        if sign in text:
            raise ArticleFault(where, f"holds {name}", text.count("\n", 0, text.index(sign)) + 1)
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise ArticleFault(where, "must begin with front matter between --- lines")
    head, body = text[4:].split("\n---\n", 1)
    front_matter = _front_matter(head, where)
    sections = _sections(body, where, before=head.count("\n") + 3)
    return ArticleFile(
        id=front_matter["id"],
        title=front_matter["title"],
        group=front_matter["group"],
        section=front_matter["section"],
        confidence=front_matter["confidence"],
        legal_basis=tuple(front_matter["legal_basis"]),
        valid_from=front_matter["valid_from"],
        review_by=front_matter["review_by"],
        answer=sections[ANSWER],
        answer_en=sections.get(ENGLISH) or None,
        ways=tuple(line[2:].strip() for line in sections[WAYS].split("\n") if line.strip()),
        front_matter=_storable(front_matter),
        source=text,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        covers=tuple(front_matter.get(_COVERS, ())),
        valid_until=front_matter.get(_UNTIL),
    )


def read_none_messages(path: Path = NONE_FILE) -> list[str]:
    """Messages that no article answers, one a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _front_matter(head: str, where: Path) -> dict[str, Any]:
    try:
        front_matter = yaml.load(head, YAML_LOADER)
    except ValueError as error:
        raise ArticleFault(where, f"the front matter has a date that is none: {error}") from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise ArticleFault(where, "the front matter is no YAML", line) from error
    if not isinstance(front_matter, dict):
        raise ArticleFault(where, "the front matter must be keys and values", 2)
    check_keys(front_matter, where)
    check_values(front_matter, where, head)
    return front_matter


def check_keys(front_matter: Mapping[str, Any], where: object) -> None:
    """Raises ArticleFault for keys that every article has and this front matter lacks."""
    missing = [key for key in _REQUIRED if key not in front_matter]
    if missing:
        raise ArticleFault(where, f"front matter lacks {', '.join(missing)}")


def check_values(front_matter: Mapping[str, Any], where: object, head: str = "") -> None:
    """Raises ArticleFault, with the line in `head`, for a key that takes another value."""
    for key, wanted in _wrong_values(front_matter):
        raise ArticleFault(where, f"{key} takes {wanted}", _line_of_key(head, key))


def _wrong_values(front_matter: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys whose value is none that they take, each with what it takes."""
    for key, value in front_matter.items():
        if key in _TEXTS and not (_is_line(value) and value.strip()):
            yield key, "a text of one line"
        elif key in ("id", "group") and not _NAME.fullmatch(value):
            yield key, "small letters, digits and _ alone"
        elif key == "link" and not _is_line(value):
            yield key, 'an address, "" where there is none'
        elif key in (*_DATES, _UNTIL) and type(value) is not date:
            yield key, "a date such as 2026-11-23"
        elif key in (*_LISTS, _COVERS) and not isinstance(value, list):
            yield key, "a list, [] when there is nothing in it"
        elif key in (*_LISTS, _COVERS) and not all(map(_is_line, value)):
            yield key, "texts of one line; put quotes around one that YAML takes for something else"
        elif key == _ATTACHMENTS and not are_attachments(value):
            yield key, f"1 to {MOST} lines such as 'formulir.pdf: ' and the file's SHA-256 sum"
        else:
            try:
                _storable(value)
            except (ValueError, RecursionError):
                yield str(key), "texts, numbers, dates, lists, and keys with such values"


def _is_line(value: object) -> bool:
    return isinstance(value, str) and len(f"{value}.".splitlines()) == 1


def _sections(body: str, where: Path, before: int) -> dict[str, str]:
    """The text below each heading; `before` counts the lines before the body."""
    found: dict[str, list[str]] = {}
    heading = ""
    for number, line in enumerate(body.split("\n"), start=before + 1):
        if line.startswith("## "):
            heading = line[3:].strip()
            if heading in found or heading not in (ANSWER, ENGLISH, WAYS):
                fault = "is there twice" if heading in found else "is unknown"
                kinds = f"there may be one each of {ANSWER}, {ENGLISH} and {WAYS}"
                raise ArticleFault(where, f"the section '## {heading}' {fault}; {kinds}", number)
            found[heading] = []
        elif not line.strip():
            found.get(heading, []).append(line)
        elif not heading:
            raise ArticleFault(where, "this text is in no section", number)
        elif heading == WAYS and not (line.startswith("- ") and line[2:].strip()):
            said = f"below '## {WAYS}' each line is '- ' and a way of asking"
            raise ArticleFault(where, said, number)
        else:
            found[heading].append(line)
    sections = {heading: "\n".join(lines).strip() for heading, lines in found.items()}
    for needed in (ANSWER, WAYS):
        if not sections.get(needed):
            raise ArticleFault(where, f"the section '## {needed}' is missing or empty")
    return sections


def _line_of_key(head: str, key: str) -> int:
    lines = enumerate(head.split("\n"), start=2)
    return next((number for number, line in lines if line.startswith(f"{key}:")), 1)


def _storable(value: Any) -> Any:
    """The value as JSON and the database take it, dates as text. Raises ValueError for others."""
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and "\0" not in value:
        value.encode()
        return value
    if value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise ValueError
