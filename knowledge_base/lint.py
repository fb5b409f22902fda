"""Faults of article files that can be seen without an editor: file, line and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from knowledge_base.articles import ArticleFault, read_article
from knowledge_base.attachments import is_sendable, path_of, sum_of
from knowledge_base.faults import ArticleFaults, Beside, Fault, FaultKind, words_of
from knowledge_base.likeness import TOO_ALIKE, Likenesses

__all__ = ["Fault", "faults"]


def faults(folder: Path, today: date) -> Iterator[Fault]:
    """Everything wrong with the articles below `folder`."""
    readable: list[ArticleFaults] = []
    for path in sorted(folder.rglob("*.md")):
        try:
            readable.append(ArticleFaults(path, read_article(path)))
        except ArticleFault as fault:
            facts = {"said": fault.text}
            yield Fault(path, fault.line, "", FaultKind.UNREADABLE, facts)
    whole = _beside(readable)
    for one in readable:
        yield from one.alone(today)
        yield from one.of_names(whole)
        yield from _of_files(folder, one)
    yield from _covered_twice(readable)
    yield from _asked_twice(readable)
    if readable:
        yield from _too_alike(readable)


def _beside(several: Sequence[ArticleFaults]) -> Beside:
    articles = [one.article for one in several]
    return Beside(
        ids=frozenset(article.id for article in articles),
        covering={topic: article.id for article in articles for topic in article.covers},
        asking={},
    )


def _of_files(folder: Path, one: ArticleFaults) -> Iterator[Fault]:
    paths = {name: path_of(folder, one.article.id, name) for name in one.article.attachments}
    contents = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    sums = {name: sum_of(content) for name, content in contents.items()}
    unsendable = [name for name, content in contents.items() if not is_sendable(content)]
    yield from one.of_attachments(sums, unsendable)


def _covered_twice(several: Sequence[ArticleFaults]) -> Iterator[Fault]:
    """The article that covers a topic first has it."""
    before: dict[str, str] = {}
    for one in several:
        yield from one.of_covers(Beside(frozenset(), before, {}))
        for topic in one.article.covers:
            before.setdefault(topic, one.article.id)


def _asked_twice(several: Sequence[ArticleFaults]) -> Iterator[Fault]:
    """The article that is asked for first with a way has it."""
    before: dict[str, str] = {}
    for one in several:
        yield from one.of_ways(Beside(frozenset(), {}, before))
        for way in one.article.ways:
            before.setdefault(words_of(way), one.article.id)


def _too_alike(several: Sequence[ArticleFaults]) -> Iterator[Fault]:
    """A way of asking that says what another of its article says teaches nothing."""
    likenesses = Likenesses([one.article for one in several])
    for place, one in enumerate(several):
        yield from one.of_repetition()
        ways, lines = one.article.ways, one.lines_of_ways
        words = [sorted(words_of(way).split()) for way in ways]
        for pair in likenesses.within(place, TOO_ALIKE):
            if words[pair.first] != words[pair.second]:
                facts = {
                    "first": lines[pair.first],
                    "likeness": pair.likeness,
                    "way": ways[pair.second],
                }
                yield one.at(lines[pair.second], "ways", FaultKind.TOO_ALIKE, **facts)
