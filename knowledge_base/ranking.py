"""From a question's likeness to ways of asking and its scores to a ranking, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from knowledge_base.features import Floats

NONE = ""  # the target of messages that no article answers
_CONSIDERED = 10  # articles that a ranking holds

Names = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """An article with its score, about 1 for a sure match and 0 for none, and its nearest way."""

    article: str
    score: float
    nearest: int  # the key of the way of asking that the question is most like


@dataclass(frozen=True)
class Ranking:
    """The best articles for a question and how far to trust them.

    `confidence`: probability that the first is right; `confidence_top`: that the right one
    is among the first three.
    """

    articles: tuple[Scored, ...]
    none_score: float
    confidence: float
    confidence_top: float


@dataclass(frozen=True)
class Look:
    """A ranking before it is known how far to trust it, with what speaks for that."""

    articles: tuple[Scored, ...]
    none_score: float
    evidence: Floats  # in the order of confidence.EVIDENCE


@dataclass(frozen=True)
class Owned:
    """Ways of asking with the articles that own them; NONE is one of the classes."""

    classes: Names  # the articles and NONE, sorted
    keys: Numbers  # of each way
    owners: Numbers  # each way's place in `classes`

    @cached_property
    def none(self) -> int:
        """The place of NONE in `classes`."""
        return int(np.flatnonzero(self.classes == NONE)[0])

    @cached_property
    def rows(self) -> list[Numbers]:
        """For each class the ways that are its own."""
        order, starts = self._by_owner
        return list(np.split(order, starts[1:]))

    @cached_property
    def _by_owner(self) -> tuple[Numbers, Numbers]:
        """The ways in the order of their classes, and where each class begins in it."""
        order = np.argsort(self.owners, kind="stable")
        sizes = np.bincount(self.owners, minlength=len(self.classes))
        return order, np.cumsum(sizes) - sizes

    def look(self, likeness: Floats, scores: Floats) -> Look:
        """The best articles of a question by its likeness to each way and score of each class."""
        best = self._best(scores)
        return Look(
            articles=tuple(
                Scored(str(self.classes[i]), float(scores[i]), self._nearest(i, likeness))
                for i in best
            ),
            none_score=float(scores[self.none]),
            evidence=self._evidence(likeness, scores, best),
        )

    def _best(self, scores: Floats) -> list[int]:
        """The articles with the highest scores, by their places in `classes`."""
        highest = np.argsort(-scores)[: _CONSIDERED + 1]
        return [int(i) for i in highest if i != self.none][:_CONSIDERED]

    def _evidence(self, likeness: Floats, scores: Floats, best: Sequence[int]) -> Floats:
        """What speaks for the first of the best articles."""
        none = self.none
        first, second, third = (*best, *best[-1:], *best[-1:])[:3]
        nearest = self._nearest_of_each(likeness)
        others = np.delete(nearest, [first, none])
        share = np.exp(8 * (scores - scores.max()))
        return np.array(
            [
                scores[first],
                scores[first] - scores[second],
                scores[none],
                scores[third],
                nearest[first],
                _mean_of_highest(likeness[self.rows[first]], 3),
                others.max(initial=0.0),
                nearest[second],
                nearest[none],
                _mean_of_highest(likeness[self.rows[none]], 5),
                share[first] / share.sum(),
            ],
            dtype=np.float32,
        )

    def _nearest_of_each(self, likeness: Floats) -> Floats:
        """For each class the likeness to its nearest way; 0 where a class has none."""
        order, starts = self._by_owner
        filled = np.flatnonzero(np.diff(starts, append=len(order)))
        nearest = np.zeros(len(self.classes), dtype=np.float32)
        nearest[filled] = np.maximum.reduceat(likeness[order], starts[filled])
        return nearest

    def _nearest(self, owner: int, likeness: Floats) -> int:
        rows = self.rows[owner]
        return int(self.keys[rows[np.argmax(likeness[rows])]])


def _mean_of_highest(values: Floats, count: int) -> float:
    return float(np.sort(values)[-count:].mean()) if len(values) else 0.0
