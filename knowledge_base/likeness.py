"""How alike ways of asking are, by their pieces alone (`features`): no encoder is needed.

A text is 1.0 like itself and 0.0 like one that shares no piece with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

from knowledge_base.articles import ArticleFile
from knowledge_base.features import Floats, counted, rarity, weighted

NEAR_DUPLICATE = 0.5  # ways of one article that are so alike deserve a look
# From here on nearly all pairs say the same: a word more or less, a letter, another figure.
TOO_ALIKE = 0.64
_NEIGHBOURS = 3


@dataclass(frozen=True)
class Pair:
    """Two ways of asking, by their places in their articles, and how alike they are."""

    likeness: float
    first: int
    second: int


@dataclass(frozen=True)
class Neighbour:
    """Another article, and the likeness of the most alike pair of ways of the two."""

    article: int
    likeness: float


@dataclass(frozen=True)
class Review:
    """What of an article deserves a look, each list with the most alike first."""

    article: int
    near_duplicates: tuple[Pair, ...]
    neighbours: tuple[Neighbour, ...]

    @property
    def most_alike(self) -> float:
        """The likeness of the article's most alike pair, of its own or with another's."""
        own = (pair.likeness for pair in self.near_duplicates[:1])
        others = (neighbour.likeness for neighbour in self.neighbours[:1])
        return max((*own, *others), default=0.0)


class Likenesses:
    """The ways of asking of several articles; an article is told by its place among them."""

    def __init__(self, articles: Sequence[ArticleFile]) -> None:
        """For one article or more."""
        ways = [way for article in articles for way in article.ways]
        counts = counted(ways)
        self._pieces = normalize(weighted(counts, rarity(counts)))
        self._slots = self._pieces.T.tocsr()
        self._starts = np.cumsum([0, *(len(article.ways) for article in articles)])

    def within(self, article: int, at_least: float) -> tuple[Pair, ...]:
        """Pairs of the article's own ways that are so alike, the most alike first."""
        likeness = np.triu(self._between(article, article), k=1)
        pairs = [_pair(likeness, *place) for place in np.argwhere(likeness >= at_least)]
        return tuple(sorted(pairs, key=lambda pair: -pair.likeness))

    def closest(self, article: int, other: int) -> Pair:
        """The most alike pair of a way of the one and a way of the other."""
        likeness = self._between(article, other)
        return _pair(likeness, *np.unravel_index(likeness.argmax(), likeness.shape))

    def review(self, article: int) -> Review:
        """What of one article deserves a look."""
        return self._review(article, self._highest(article, 0))

    def review_all(self) -> list[Review]:
        """Of all articles, that with the most alike pair first; some 10 s for 20,000 ways."""
        count = len(self._starts) - 1
        highest = np.zeros((count, count), dtype=np.float32)
        for article in range(count - 1):
            highest[article, article + 1 :] = self._highest(article, article + 1)
        highest = np.maximum(highest, highest.T)
        reviews = [self._review(article, row) for article, row in enumerate(highest)]
        return sorted(reviews, key=lambda review: -review.most_alike)

    def _review(self, article: int, highest: Floats) -> Review:
        others = [int(other) for other in np.argsort(-highest) if other != article]
        neighbours = (Neighbour(other, float(highest[other])) for other in others[:_NEIGHBOURS])
        return Review(article, self.within(article, NEAR_DUPLICATE), tuple(neighbours))

    def _highest(self, article: int, first: int) -> Floats:
        """The likeness of the closest pair with each article from the place `first` on."""
        starts = self._starts[first:-1]
        likeness = self._rows(article) @ self._slots[:, starts[0] :]
        nearest = likeness.toarray().max(axis=0)
        return np.asarray(np.maximum.reduceat(nearest, starts - starts[0]), dtype=np.float32)

    def _between(self, article: int, other: int) -> Floats:
        """Of each way of the one to each way of the other."""
        likeness = self._rows(article) @ self._rows(other).T
        return np.asarray(likeness.toarray(), dtype=np.float32)

    def _rows(self, article: int) -> Any:
        return self._pieces[self._starts[article] : self._starts[article + 1]]


def likeness_to(pieces: Any, slots: Any) -> Floats:
    """The likeness of each text to each other one: shape (texts, others).

    `pieces` has the texts as rows (`features.lexical`), `slots` the others as columns.
    """
    lengths = np.sqrt(slots.power(2).sum(axis=0))
    lengths[lengths == 0] = 1
    return np.asarray((normalize(pieces) @ slots).toarray() / lengths, dtype=np.float32)


def _pair(likeness: Floats, first: Any, second: Any) -> Pair:
    return Pair(float(likeness[first, second]), int(first), int(second))
