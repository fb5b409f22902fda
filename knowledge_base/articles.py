"""Articles as Markdown files with front matter, one file an article."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

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
_LISTS = ("to_confirm", "legal_basis", "sources", "handover_data", "related")
_COVERS, _UNTIL = "covers", "valid_until"  # may be left out
# The same loader in C where PyYAML has it: reading all articles takes a tenth of the time.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ANSWER, ENGLISH, WAYS = "Jawaban", "English", "Cara bertanya"


class ArticleFault(Exception):
    """An article file can't be used; the text names the file and the fault."""


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


def read_articles(folder: Path = FOLDER) -> list[ArticleFile]:
    """All articles below `folder`, by id. Raises ArticleFault for the first broken one."""
    articles = [read_article(path) for path in sorted(folder.rglob("*.md"))]
    seen: dict[str, str] = {}
    for article in articles:
        if article.id in seen:
            raise ArticleFault(f"{article.id}: two files have this id")
        seen[article.id] = article.title
    return sorted(articles, key=lambda article: article.id)


def read_article(path: Path) -> ArticleFile:
    """The article in a file. Raises ArticleFault naming the file and what is wrong."""
    content = path.read_bytes()
    try:
        return parse_article(content.decode("utf-8"), path)
    except UnicodeDecodeError as error:
        raise ArticleFault(f"{path}: must be UTF-8") from error


def parse_article(text: str, path: Path) -> ArticleFile:
    """The article of a file's text. Raises ArticleFault naming `path` and what is wrong."""
    front_matter, sections = _parts(text, path)
    missing = [key for key in _REQUIRED if key not in front_matter]
    if missing:
        raise ArticleFault(f"{path}: front matter lacks {', '.join(missing)}")
    if front_matter["id"] != path.stem or front_matter["group"] != path.parent.name:
        raise ArticleFault(f"{path}: id and group must be the file's and the folder's name")
    for heading in (ANSWER, WAYS):
        if not sections.get(heading):
            raise ArticleFault(f"{path}: the section '## {heading}' is missing or empty")
    for key in ("valid_from", "review_by"):
        if not isinstance(front_matter[key], date):
            raise ArticleFault(f"{path}: {key} takes a date such as 2026-11-23")
    if not isinstance(front_matter.get(_UNTIL), date | None):
        raise ArticleFault(f"{path}: {_UNTIL} takes a date such as 2026-11-23")
    for key in (*_LISTS, _COVERS):
        if not isinstance(front_matter.get(key, []), list):
            raise ArticleFault(f"{path}: {key} takes a list, [] when there is nothing in it")
    ways = _list_items(sections[WAYS])
    if not ways:
        raise ArticleFault(f"{path}: the section '## {WAYS}' takes one '- ' a way of asking")
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
        answer_en=sections.get(ENGLISH),
        ways=ways,
        front_matter=_storable(front_matter),
        source=text,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        covers=tuple(front_matter.get(_COVERS, ())),
        valid_until=front_matter.get(_UNTIL),
    )


def parse_text(text: str) -> ArticleFile:
    """The article of a text that is in no file yet. Faults name the file where it belongs."""
    try:
        named = yaml.load(text.split("\n---\n", 1)[0].removeprefix("---\n"), _Loader)
        path = Path(str(named["group"])) / f"{named['id']}.md"
    except (yaml.YAMLError, ValueError, LookupError, TypeError):
        path = Path("artikel.md")
    return parse_article(text, path)


def read_none_messages(path: Path = NONE_FILE) -> list[str]:
    """Messages that no article answers, one a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _parts(text: str, path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The front matter, and the text below each `## ` heading."""
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise ArticleFault(f"{path}: must begin with front matter between --- lines")
    head, body = text[4:].split("\n---\n", 1)
    try:
        front_matter = yaml.load(head, YAML_LOADER)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise ArticleFault(f"{path}:{line}: the front matter is no YAML") from error
    if not isinstance(front_matter, dict):
        raise ArticleFault(f"{path}: the front matter must be keys and values")
    sections: dict[str, str] = {}
    for chunk in ("\n" + body).split("\n## ")[1:]:
        heading, _, content = chunk.partition("\n")
        sections[heading.strip()] = content.strip()
    return front_matter, sections


def _list_items(text: str) -> tuple[str, ...]:
    return tuple(line[2:].strip() for line in text.splitlines() if line.startswith("- "))


def _storable(front_matter: Mapping[str, Any]) -> dict[str, Any]:
    """Front matter with dates as text, as JSON takes it."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in front_matter.items()
    }
