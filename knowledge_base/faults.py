"""What is wrong with one article, as far as it can be told beside the names of the others.

Light: it imports no ranking and no encoder.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from knowledge_base.articles import ArticleFile
from knowledge_base.attachments import LARGEST

FEWEST_WAYS = 40
LONGEST_ANSWER = 1600  # characters: one WhatsApp message
_LINK = re.compile(r"https?://[^\s)>*_]+")
# Where personal data was taken out of people's words, and where nobody had answered them.
_UNFINISHED = re.compile(r"\[(?:(?:nomor|surel|nama|alamat) dihapus|jawaban belum ditulis)\]")
_ANSWER, _ENGLISH, _WAYS = "## Jawaban", "## English", "## Cara bertanya"


class FaultKind(StrEnum):
    UNREADABLE = "unreadable"
    FEW_WAYS = "few_ways"
    TOO_LONG = "too_long"
    FOREIGN_LINK = "foreign_link"
    NO_LEGAL_BASIS = "no_legal_basis"
    REVIEW_OVERDUE = "review_overdue"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    ADVICE = "advice"
    NO_SUCH_ARTICLE = "no_such_article"
    COVERED_ELSEWHERE = "covered_elsewhere"  # named, but another article covers it
    HAS_ARTICLE = "has_article"  # covered, but it has an article of its own
    COVERED_TWICE = "covered_twice"
    ASKED_ELSEWHERE = "asked_elsewhere"
    ASKED_TWICE = "asked_twice"
    TOO_ALIKE = "too_alike"
    UNFINISHED = "unfinished"  # what a draft began with stands in it still
    NO_FILE = "no_file"
    OTHER_FILE = "other_file"  # by its name, but its content is another's
    NO_PDF = "no_pdf"


_TEXTS = {
    FaultKind.UNREADABLE: "{said}",
    FaultKind.FEW_WAYS: "{n} ways of asking; {fewest} are needed",
    FaultKind.TOO_LONG: "{n} characters; {most} fit in a message",
    FaultKind.FOREIGN_LINK: "{link} is no official (.go.id) address",
    FaultKind.NO_LEGAL_BASIS: "needs a legal basis, or a line about 'Dasar hukum' in to_confirm",
    FaultKind.REVIEW_OVERDUE: "was to be reviewed by {date}",
    FaultKind.NOT_YET_VALID: "is valid only from {date}",
    FaultKind.NO_LONGER_VALID: "was valid until {date}",
    FaultKind.ADVICE: "advice takes a text under id, and under en",
    FaultKind.NO_SUCH_ARTICLE: "there is no article {other}",
    FaultKind.COVERED_ELSEWHERE: "there is no article {topic}; name {other}, which covers it",
    FaultKind.HAS_ARTICLE: "{topic} has an article of its own",
    FaultKind.COVERED_TWICE: "{topic} is already covered by {other}",
    FaultKind.ASKED_ELSEWHERE: "this also asks for {other}: {way}",
    FaultKind.ASKED_TWICE: "the same words as in line {first}: {way}",
    FaultKind.NO_FILE: "there is no file {name}",
    FaultKind.OTHER_FILE: "the sum of {name} is {sum}",
    FaultKind.NO_PDF: "{name} is no PDF of {most} MB at most",
    FaultKind.UNFINISHED: "{mark} is still to be written or taken out",
    FaultKind.TOO_ALIKE: "too much like line {first} ({likeness:.2f}): {way}",
}


@dataclass(frozen=True)
class Fault:
    """One thing to mend; `line` is 1 where it is about the whole file.

    `field` is the front matter's key or the section (answer, english, ways) that it is about, and
    "" for the whole.
    """

    path: Path
    line: int
    field: str
    kind: FaultKind
    facts: Mapping[str, object]

    @property
    def text(self) -> str:
        return _TEXTS[self.kind].format(**self.facts)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Beside:
    """The other articles, as far as one has to agree with them."""

    ids: frozenset[str]
    covering: Mapping[str, str]  # of each topic without an article: the article that covers it
    asking: Mapping[str, str]  # of each way of asking, as `words_of` gives it: its article


class ArticleFaults:
    """The faults of one article, found with their lines."""

    def __init__(self, path: Path, article: ArticleFile) -> None:
        self.path = path
        self.article = article
        self.lines = article.source.splitlines()
        heading = self._line_of(_WAYS)
        self.lines_of_ways = [
            n for n, line in enumerate(self.lines, start=1) if n > heading and line.startswith("- ")
        ]

    def alone(self, today: date) -> Iterator[Fault]:
        """What is wrong whatever other articles there are."""
        if (ways := len(self.article.ways)) < FEWEST_WAYS:
            yield self._fault(_WAYS, "ways", FaultKind.FEW_WAYS, n=ways, fewest=FEWEST_WAYS)
        yield from self._of_the_answers()
        yield from self._of_what_is_unfinished()
        yield from self._of_the_dates(today)
        if not self.article.legal_basis and not self._doubts_the_basis():
            yield self._fault("legal_basis", "legal_basis", FaultKind.NO_LEGAL_BASIS)
        advice = self.article.front_matter.get("advice")
        if advice is not None and not (isinstance(advice, dict) and advice.get("id")):
            yield self._fault("advice:", "advice", FaultKind.ADVICE)

    def of_names(self, beside: Beside) -> Iterator[Fault]:
        """Other articles are named by ids of their own; what is covered has none."""
        named = [("related", other, f"- {other}") for other in self.article.front_matter["related"]]
        if (twin := self.article.front_matter.get("twin")) is not None:
            named.append(("twin", twin, "twin:"))
        for field, other, words in named:
            if other in beside.ids or other == self.article.id:
                continue
            if covering := beside.covering.get(other):
                facts = {"topic": other, "other": covering}
                yield self._fault(words, field, FaultKind.COVERED_ELSEWHERE, **facts)
            else:
                yield self._fault(words, field, FaultKind.NO_SUCH_ARTICLE, other=other)
        for topic in self.article.covers:
            if topic in beside.ids or topic == self.article.id:
                yield self._fault("covers:", "covers", FaultKind.HAS_ARTICLE, topic=topic)

    def of_attachments(
        self, sums: Mapping[str, str], unsendable: Collection[str] = ()
    ) -> Iterator[Fault]:
        """Each PDF that is named is there. `sums` has those that are, by name."""
        for name, wanted in self.article.attachments.items():
            there = sums.get(name)
            facts = {"name": name, "sum": there, "most": LARGEST // 2**20}
            if there is None:
                yield self._fault(f" {name}:", "attachments", FaultKind.NO_FILE, **facts)
            elif there != wanted:
                yield self._fault(f" {name}:", "attachments", FaultKind.OTHER_FILE, **facts)
            if name in unsendable:
                yield self._fault(f" {name}:", "attachments", FaultKind.NO_PDF, **facts)

    def of_covers(self, beside: Beside) -> Iterator[Fault]:
        """Who looks for a topic must find one article."""
        own: set[str] = set()
        for topic in self.article.covers:
            other = self.article.id if topic in own else beside.covering.get(topic)
            if other is not None:
                facts = {"topic": topic, "other": other}
                yield self._fault("covers:", "covers", FaultKind.COVERED_TWICE, **facts)
            own.add(topic)

    def of_ways(self, beside: Beside) -> Iterator[Fault]:
        """The same words, whatever their case and signs, can't ask for two articles."""
        for way, line in zip(self.article.ways, self.lines_of_ways, strict=False):
            other = beside.asking.get(words_of(way), self.article.id)
            if other != self.article.id:
                facts = {"other": other, "way": way}
                yield self.at(line, "ways", FaultKind.ASKED_ELSEWHERE, **facts)

    def of_repetition(self) -> Iterator[Fault]:
        """A way in the words of another of the same article, in any order, teaches nothing."""
        seen: dict[tuple[str, ...], int] = {}
        for way, line in zip(self.article.ways, self.lines_of_ways, strict=False):
            words = tuple(sorted(words_of(way).split()))
            if words in seen:
                facts = {"first": seen[words], "way": way}
                yield self.at(line, "ways", FaultKind.ASKED_TWICE, **facts)
            seen.setdefault(words, line)

    def at(self, line: int, field: str, kind: FaultKind, **facts: object) -> Fault:
        return Fault(self.path, line, field, kind, facts)

    def _of_the_answers(self) -> Iterator[Fault]:
        answers = (
            ("answer", _ANSWER, self.article.answer),
            ("english", _ENGLISH, self.article.answer_en or ""),
        )
        for field, heading, answer in answers:
            if len(answer) > LONGEST_ANSWER:
                facts = {"n": len(answer), "most": LONGEST_ANSWER}
                yield self._fault(heading, field, FaultKind.TOO_LONG, **facts)
            for link in _LINK.findall(answer):
                if not (urlsplit(link).hostname or "").endswith(".go.id"):
                    yield self._fault(link, field, FaultKind.FOREIGN_LINK, link=link)

    def _of_what_is_unfinished(self) -> Iterator[Fault]:
        for field, text in (
            ("answer", self.article.answer),
            ("english", self.article.answer_en or ""),
            ("ways", "\n".join(self.article.ways)),
        ):
            for mark in dict.fromkeys(_UNFINISHED.findall(text)):
                yield self._fault(mark, field, FaultKind.UNFINISHED, mark=mark)

    def _of_the_dates(self, today: date) -> Iterator[Fault]:
        article = self.article
        if article.review_by < today:
            at = article.review_by
            yield self._fault("review_by", "review_by", FaultKind.REVIEW_OVERDUE, date=at)
        if article.valid_from > today:
            at = article.valid_from
            yield self._fault("valid_from", "valid_from", FaultKind.NOT_YET_VALID, date=at)
        if article.valid_until is not None and article.valid_until < today:
            at = article.valid_until
            yield self._fault("valid_until", "valid_until", FaultKind.NO_LONGER_VALID, date=at)

    def _doubts_the_basis(self) -> bool:
        return any("Dasar hukum" in point for point in self.article.front_matter["to_confirm"])

    def _fault(self, words: str, field: str, kind: FaultKind, **facts: object) -> Fault:
        return self.at(self._line_of(words), field, kind, **facts)

    def _line_of(self, words: str) -> int:
        return next((n for n, line in enumerate(self.lines, start=1) if words in line), 1)


def words_of(way: str) -> str:
    """The words of a way of asking, whatever their case and signs."""
    return " ".join(re.findall(r"\w+", way.lower()))
