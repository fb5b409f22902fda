"""Faults of article files that can be seen without an editor: file, line and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from knowledge_base.articles import ArticleFault, ArticleFile, read_article
from knowledge_base.likeness import TOO_ALIKE, Likenesses

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
    ids = {article.id for article in articles.values()}
    covering = {topic: article.id for article in articles.values() for topic in article.covers}
    for path, article in articles.items():
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from _of_one(path, article, lines, today)
        yield from _of_names(path, article, lines, ids, covering)
    yield from _covered_twice(articles)
    yield from _asked_twice(articles)
    if articles:
        yield from _too_alike(articles)


def _of_the_reader(path: Path, fault: ArticleFault) -> Fault:
    said = str(fault).removeprefix(str(path))
    placed = re.match(r":(\d+): ", said)
    line = int(placed.group(1)) if placed else 1
    return Fault(path, line, re.sub(r"^:(\d+:)? ", "", said))


def _of_one(path: Path, article: ArticleFile, lines: Sequence[str], today: date) -> Iterator[Fault]:
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
    advice = article.front_matter.get("advice")
    if advice is not None and not (isinstance(advice, dict) and advice.get("id")):
        yield Fault(path, _line_of(lines, "advice:"), "advice takes a text under id, and under en")


def _of_names(
    path: Path,
    article: ArticleFile,
    lines: Sequence[str],
    ids: Collection[str],
    covering: Mapping[str, str],
) -> Iterator[Fault]:
    """Other articles are named by ids of their own; what is covered has none."""
    named = [(other, f"- {other}") for other in article.front_matter["related"]]
    if (twin := article.front_matter.get("twin")) is not None:
        named.append((twin, "twin:"))
    for other, words in named:
        if other not in ids:
            instead = f"; name {covering[other]}, which covers it" if other in covering else ""
            yield Fault(path, _line_of(lines, words), f"there is no article {other}{instead}")
    for topic in article.covers:
        if topic in ids:
            yield Fault(path, _line_of(lines, "covers:"), f"{topic} has an article of its own")


def _covered_twice(articles: Mapping[Path, ArticleFile]) -> Iterator[Fault]:
    """Who looks for a topic must find one article."""
    first: dict[str, str] = {}
    for path, article in articles.items():
        for topic in article.covers:
            if topic in first:
                at = _line_of(path.read_text(encoding="utf-8").splitlines(), "covers:")
                yield Fault(path, at, f"{topic} is already covered by {first[topic]}")
            first.setdefault(topic, article.id)


def _asked_twice(articles: Mapping[Path, ArticleFile]) -> Iterator[Fault]:
    """The same words, whatever their case and signs, can't ask for two articles."""
    first: dict[str, str] = {}
    for path, article in articles.items():
        for way, at in zip(article.ways, _lines_of_ways(path), strict=False):
            before = first.setdefault(" ".join(_words(way)), article.id)
            if before != article.id:
                yield Fault(path, at, f"this also asks for {before}: {way}")


def _too_alike(articles: Mapping[Path, ArticleFile]) -> Iterator[Fault]:
    """A way of asking that says what another of its article says teaches nothing."""
    likenesses = Likenesses(list(articles.values()))
    for place, (path, article) in enumerate(articles.items()):
        lines = _lines_of_ways(path)
        words = [sorted(_words(way)) for way in article.ways]
        for first, second in combinations(range(len(words)), 2):
            if words[first] == words[second]:
                same = f"the same words as in line {lines[first]}: {article.ways[second]}"
                yield Fault(path, lines[second], same)
        for pair in likenesses.within(place, TOO_ALIKE):
            if words[pair.first] != words[pair.second]:
                alike = f"too much like line {lines[pair.first]} ({pair.likeness:.2f})"
                yield Fault(path, lines[pair.second], f"{alike}: {article.ways[pair.second]}")


def _is_official(link: str) -> bool:
    return (urlsplit(link).hostname or "").endswith(".go.id")


def _line_of(lines: Sequence[str], words: str) -> int:
    return next((n for n, line in enumerate(lines, start=1) if words in line), 1)


def _lines_of_ways(path: Path) -> list[int]:
    """The line of each way of asking."""
    lines = path.read_text(encoding="utf-8").splitlines()
    heading = _line_of(lines, "## Cara bertanya")
    return [n for n, line in enumerate(lines, start=1) if n > heading and line.startswith("- ")]


def _words(way: str) -> list[str]:
    return re.findall(r"\w+", way.lower())
