"""The figures of tried questions, as lines of text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from bench.report import table

from bot.faq.asking import Outcome
from bot.faq.comparing import wilson
from evaluation.tried import Tried

FALSE = "answered falsely"  # the one figure that is to be low
_WIDTH = 27
_MOST_PAIRS = 20


def promised(tried: Sequence[Tried]) -> list[str]:
    """The figures that are promised, a line each with its 95% interval."""
    covered = [t for t in tried if t.covered]
    person = [t for t in tried if t.question.expect == "person"]
    chat = [t for t in tried if t.question.expect == "chat"]
    inside = [t for t in tried if t.question.style == "small-talk-question"]
    return [
        _line("covered: right answer", covered, lambda t: t.right),
        _line("covered: answered outright", covered, lambda t: t.answered),
        _line("covered: right or offered", covered, _served),
        _line("covered: first is right", covered, lambda t: t.place == 1),
        _line("covered: among three", covered, _among_three),
        _line(FALSE, tried, lambda t: t.false),
        _line("person wanted: silent", person, lambda t: not t.answered),
        _line("small talk: no article", chat, lambda t: not t.made.articles),
        _line("small talk: not a person", chat, lambda t: t.made.outcome is Outcome.CHAT),
        _line("question in small talk kept", inside, lambda t: t.made.outcome is not Outcome.CHAT),
    ]


def shares(lines: Sequence[str]) -> dict[str, tuple[float, float, float]]:
    """Share and both ends of its interval, in percent, by the name of the figure."""
    found: dict[str, tuple[float, float, float]] = {}
    for line in lines:
        match = re.match(r"  (\S.*?)\s+([\d.]+)%\s+\(([\d.]+)% to ([\d.]+)%\)", line)
        if match and match[1] not in found:
            found[match[1]] = float(match[2]), float(match[3]), float(match[4])
    return found


def worse(now: Sequence[str], recorded: Sequence[str]) -> list[str]:
    """The names of figures that lie beyond the recorded interval, on its bad side."""
    before = shares(recorded)
    return [
        name
        for name, (share, _, _) in shares(now).items()
        if (share > before[name][2] if name == FALSE else share < before[name][1])
    ]


def mean_reciprocal_rank(places: Sequence[int | None]) -> float:
    """The mean of 1/place of the first right article, 0 where it is not among the ranked."""
    return sum(1 / place for place in places if place) / len(places) if places else math.nan


def by_kind(tried: Sequence[Tried], kinds: Mapping[str, Callable[[Tried], str]]) -> str:
    """A table with the covered questions of each kind: a row for each value of each of `kinds`."""
    covered = [t for t in tried if t.covered]
    rows = [_row("all", covered)]
    for kind in kinds.values():
        rows.append([""])
        for value in sorted({kind(t) for t in covered}):
            rows.append(_row(value, [t for t in covered if kind(t) == value]))
    headings = (
        " / ".join(kinds),
        "questions",
        "first",
        "three",
        "MRR",
        "outright",
        "falsely",
        "right or offered",
    )
    return table(headings, [row + [""] * (len(headings) - len(row)) for row in rows])


def neighbours(tried: Sequence[Tried]) -> str:
    """A table of the pairs of articles that are most often taken for each other."""
    taken = Counter(
        (t.question.articles[0], t.ranked[0])
        for t in tried
        if t.covered and t.ranked and t.place != 1
    )
    pairs = Counter[tuple[str, ...]]()
    for pair, count in taken.items():
        pairs[tuple(sorted(pair))] += count
    often = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    rows = [
        [one, other, str(taken[one, other]), str(taken[other, one])]
        for one, other in often[:_MOST_PAIRS]
    ]
    headings = ("one", "the other", "one taken for the other", "the other way round")
    return table(headings, rows)


def _served(tried: Tried) -> bool:
    return tried.right or tried.offered


def _among_three(tried: Tried) -> bool:
    return tried.place is not None and tried.place <= 3


def _row(name: str, among: Sequence[Tried]) -> list[str]:
    served = sum(map(_served, among))
    low, high = wilson(served, len(among))
    return [
        name,
        f"{len(among):9}",
        _share(among, lambda t: t.place == 1),
        _share(among, _among_three),
        f"{mean_reciprocal_rank([t.place for t in among]):.3f}",
        _share(among, lambda t: t.answered),
        _share(among, lambda t: t.false),
        f"{served / len(among):6.1%}  ({low:.1%} to {high:.1%})",
    ]


def _share(among: Sequence[Tried], holds: Callable[[Tried], bool]) -> str:
    return f"{sum(map(holds, among)) / len(among):6.1%}"


def _line(what: str, among: Sequence[Tried], holds: Callable[[Tried], bool]) -> str:
    count = sum(map(holds, among))
    low, high = wilson(count, len(among))
    share = count / len(among) if among else math.nan
    return f"  {what:<{_WIDTH}} {share:6.1%}  ({low:.1%} to {high:.1%})  {count} of {len(among)}"
