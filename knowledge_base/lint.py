"""Faults of article files that can be seen without an editor: file, line and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from knowledge_base.articles import ArticleFault, ArticleFile, read_article

FEWEST_WAYS = 40
LONGEST_ANSWER = 1600  # characters: one WhatsApp message
_LINK = re.compile(r"https?://[^\s)>*_]+")


@dataclass(frozen=True)
class Fault:
    """One thing to mend; `line` is 1 where it is about the whole file."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def faults(folder: Path, today: date) -> Iterator[Fault]:
    """Everything wrong with the articles below `folder`."""
    articles: dict[Path, ArticleFile] = {}
    for path in sorted(folder.rglob("*.md")):
        try:
            articles[path] = read_article(path)
        except ArticleFault as fault:
            yield _of_the_reader(path, fault)
    covered = {article.id for article in articles.values()}
    for path, article in articles.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from _of_one(path, article, lines, today, covered)
    yield from _asked_twice(articles)


def _of_the_reader(path: Path, fault: ArticleFault) -> Fault:
    said = str(fault).removeprefix(str(path))
    placed = re.match(r":(\d+): ", said)
    line = int(placed.group(1)) if placed else 1
    return Fault(path, line, re.sub(r"^:(\d+:)? ", "", said))


def _of_one(
    path: Path, article: ArticleFile, lines: Sequence[str], today: date, covered: set[str]
) -> Iterator[Fault]:
    if len(article.ways) < FEWEST_WAYS:
        at = _line_of(lines, "## Cara bertanya")
        yield Fault(path, at, f"{len(article.ways)} ways of asking; {FEWEST_WAYS} are needed")
    for heading, answer in (("## Jawaban", article.answer), ("## English", article.answer_en)):
        at = _line_of(lines, heading)
        if answer and len(answer) > LONGEST_ANSWER:
            yield Fault(path, at, f"{len(answer)} characters; {LONGEST_ANSWER} fit in a message")
        for link in _LINK.findall(answer or ""):
            if not _is_official(link):
                yield Fault(path, _line_of(lines, link), f"{link} is no official (.go.id) address")
    confirmed_later = article.front_matter["to_confirm"]
    if not article.legal_basis and not any("Dasar hukum" in point for point in confirmed_later):
        at = _line_of(lines, "legal_basis")
        yield Fault(path, at, "needs a legal basis, or a line about 'Dasar hukum' in to_confirm")
    if article.review_by < today:
        at = _line_of(lines, "review_by")
        yield Fault(path, at, f"was to be reviewed by {article.review_by}")
    if article.valid_from > today:
        at = _line_of(lines, "valid_from")
        yield Fault(path, at, f"is valid only from {article.valid_from}")
    for other in article.front_matter["related"]:
        if other not in covered:
            yield Fault(path, _line_of(lines, f"- {other}"), f"there is no article {other}")
    twin = article.front_matter.get("twin")
    if twin is not None and twin not in covered:
        yield Fault(path, _line_of(lines, "twin:"), f"there is no article {twin}")
    advice = article.front_matter.get("advice")
    if advice is not None and not (isinstance(advice, dict) and advice.get("id")):
        yield Fault(path, _line_of(lines, "advice:"), "advice takes a text under id, and under en")


def _asked_twice(articles: dict[Path, ArticleFile]) -> Iterator[Fault]:
    """The same words, whatever their case and signs, can't ask for two articles."""
    first: dict[str, str] = {}
    for path, article in articles.items():
        for way in article.ways:
            words = " ".join(re.findall(r"\w+", way.lower()))
            before = first.setdefault(words, article.id)
            if before != article.id:
                at = _line_of(path.read_text(encoding="utf-8").splitlines(), f"- {way}")
                yield Fault(path, at, f"this also asks for {before}: {way}")


def _is_official(link: str) -> bool:
    return (urlsplit(link).hostname or "").endswith(".go.id")


def _line_of(lines: Sequence[str], words: str) -> int:
    return next((n for n, line in enumerate(lines, start=1) if words in line), 1)
