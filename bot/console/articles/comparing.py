"""Two versions of an article side by side: what was taken out, what came, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bot.faq.fields import NAMES, Fields

_AROUND = 2  # unchanged lines that are shown beside a change
_ALIKE = 0.4  # from here on two lines are one that was changed


class LineKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    COME = "come"
    SKIPPED = "skipped"  # `count` lines are the same


Pieces = Sequence[tuple[str, bool]]  # a line cut up; True marks what differs


@dataclass(frozen=True)
class Line:
    """A line of both sides; a side that lacks it is empty."""

    kind: LineKind
    before: Pieces = ()
    after: Pieces = ()
    count: int = 0


@dataclass(frozen=True)
class Comparison:
    """A field that differs."""

    field: str
    lines: Sequence[Line]


def compared(before: Fields, after: Fields) -> list[Comparison]:
    """The fields that differ, in the order of the form."""
    return [
        Comparison(name, list(_lines(_shown(before, name), _shown(after, name))))
        for name in NAMES
        if getattr(before, name) != getattr(after, name)
    ]


def _shown(fields: Fields, name: str) -> str:
    """The field's text; of a PDF's sum as much as tells it from another of the same name."""
    if name == "attachments":
        return "\n".join(f"{pdf} ({sha256[:8]})" for pdf, sha256 in fields.attached.items())
    return str(getattr(fields, name))


def _lines(before: str, after: str) -> Iterator[Line]:
    old, new = before.splitlines(), after.splitlines()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (kind, i, i_end, j, j_end) in enumerate(blocks):
        if kind == "equal":
            yield from _same(old[i:i_end], place == 0, place == len(blocks) - 1)
        else:
            yield from _differing(old[i:i_end], new[j:j_end])


def _same(lines: Sequence[str], is_first: bool, is_last: bool) -> Iterator[Line]:
    """Unchanged lines; of many only those beside a change."""
    head = 0 if is_first else _AROUND
    tail = 0 if is_last else _AROUND
    skipped = len(lines) - head - tail
    shown = list(lines) if skipped <= 1 else [*lines[:head], None, *lines[len(lines) - tail :]]
    for line in shown:
        if line is None:
            yield Line(LineKind.SKIPPED, count=skipped)
        else:
            yield Line(LineKind.SAME, [(line, False)], [(line, False)])


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines of one place: those that resemble each other side by side, the rest alone."""
    for place in range(max(len(old), len(new))):
        before = old[place] if place < len(old) else None
        after = new[place] if place < len(new) else None
        if before is not None and after is not None and _resemble(before, after):
            yield Line(LineKind.CHANGED, *_cut(before, after))
            continue
        if before is not None:
            yield Line(LineKind.GONE, before=[(before, True)])
        if after is not None:
            yield Line(LineKind.COME, after=[(after, True)])


def _resemble(before: str, after: str) -> bool:
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE


def _cut(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Both lines cut at what differs, by words."""
    old, new = _words(before), _words(after)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        differs = kind != "equal"
        left += [("".join(old[i:i_end]), differs)] if i < i_end else []
        right += [("".join(new[j:j_end]), differs)] if j < j_end else []
    return left, right


def _words(line: str) -> list[str]:
    return re.findall(r"\w+|\W", line)
