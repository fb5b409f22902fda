"""What a table would change, a page at a time: what needs looking at most comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.faq.importing import Entry, EntryKind

MOST_SHOWN = 100
_KINDS = list(EntryKind)  # in the order in which they need looking at
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Kind:
    """How many entries of a kind there are, and the page on which they begin."""

    name: EntryKind
    count: int
    page: int


@dataclass(frozen=True)
class PlanPage:
    """Page `number` of a plan, from 1 to `last`."""

    number: int
    last: int
    kinds: Sequence[Kind]
    shown: Sequence[tuple[EntryKind, Sequence[Entry]]]
    to_draft: int  # of those shown
    to_draft_elsewhere: int

    @property
    def article_ids(self) -> Sequence[str]:
        """The articles of which a draft can be begun from this page."""
        return [e.article_id for _, ones in self.shown for e in ones if e.can_be_drafted]


def plan_page(entries: Sequence[Entry], wanted: str) -> PlanPage:
    """The page that the address asks for; the nearest if there is none of that number."""
    in_order = sorted(entries, key=lambda entry: _KINDS.index(entry.kind))
    last = max(1, -(-len(in_order) // MOST_SHOWN))
    number = min(int(wanted), last) if _NUMBER.fullmatch(wanted) else 1
    shown = in_order[(number - 1) * MOST_SHOWN : number * MOST_SHOWN]
    to_draft = sum(entry.can_be_drafted for entry in shown)
    return PlanPage(
        number,
        last,
        _kinds(in_order),
        [(kind, list(ones)) for kind, ones in groupby(shown, lambda entry: entry.kind)],
        to_draft,
        sum(entry.can_be_drafted for entry in in_order) - to_draft,
    )


def _kinds(in_order: Sequence[Entry]) -> list[Kind]:
    found, before = [], 0
    for kind, ones in groupby(in_order, lambda entry: entry.kind):
        count = len(list(ones))
        found.append(Kind(kind, count, before // MOST_SHOWN + 1))
        before += count
    return found
