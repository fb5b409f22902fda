"""The ways of asking that are nearest to a question, of very many, within milliseconds.

All are compared coarsely: by their rarer pieces, and by the few axes along which the encoder's
vectors differ most. The likeness to those that are best by that is then taken exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from knowledge_base.encoder import Vectors
from knowledge_base.features import Floats
from knowledge_base.kernel import by_meaning, kernel
from knowledge_base.ranking import Numbers

# Ways that a question is answered from: of articles, and of messages that none answers.
OF_ARTICLES, OF_NONE = 96, 24
_COARSE = 6  # times as many are looked at exactly
_AXES = 32
_SAMPLE = 20_000  # vectors from which the axes are found
# Pieces in more than this part of all ways tell little, and cost most of the time.
_COMMON, _FEW = 0.03, 50


@dataclass(frozen=True)
class Near:
    """The nearest ways, by their places."""

    places: Numbers
    likeness: Floats  # of the question to each
    among: Floats  # of each to each: shape (ways, ways)


class Nearby:
    """Finds the nearest among the ways it was made with. Nothing in it changes."""

    def __init__(self, slots: Any, vectors: Vectors, is_none: Any) -> None:
        """`slots`: the ways' pieces as columns (CSR); `is_none`: a flag for each way."""
        self._slots = slots
        self._pieces = slots.T.tocsr()
        self._is_rare = np.diff(slots.indptr) <= max(_FEW, _COMMON * slots.shape[1])
        self._vectors = vectors
        self._axes = _axes(vectors)
        self._coarse = np.ascontiguousarray((vectors @ self._axes).T)
        self._groups = [
            (np.flatnonzero(~is_none), OF_ARTICLES),
            (np.flatnonzero(is_none), OF_NONE),
        ]

    def of(self, pieces: Any, vector: Floats) -> Near:
        """Those nearest to a question: its pieces (CSR, one row) and its vector."""
        coarse = self._by_rare_pieces(pieces) + by_meaning((vector @ self._axes) @ self._coarse)
        wanted = pieces.toarray().ravel()
        found = [self._best(group, count, coarse, wanted, vector) for group, count in self._groups]
        places = np.concatenate([places for places, _ in found])
        vectors, rows = self._vectors[places], self._pieces[places]
        return Near(
            places,
            np.concatenate([likeness for _, likeness in found]),
            kernel(rows, vectors, rows.T.tocsr(), vectors.T),
        )

    def _by_rare_pieces(self, pieces: Any) -> Floats:
        """The part of the likeness to each way that is the rarer pieces'."""
        is_rare = self._is_rare[pieces.indices]
        rows = self._slots[pieces.indices[is_rare]]
        # As columns, so that each weight is added where it belongs, without looking for it.
        columns = sparse.csc_array((rows.data, rows.indices, rows.indptr), shape=rows.shape[::-1])
        return np.asarray(columns @ pieces.data[is_rare], dtype=np.float32)

    def _best(
        self, group: Numbers, count: int, coarse: Floats, wanted: Floats, vector: Floats
    ) -> tuple[Numbers, Floats]:
        """The group's best ways with their likeness, from those that are best coarsely."""
        some = np.sort(group[_highest(coarse[group], count * _COARSE)])
        likeness = self._pieces[some] @ wanted + by_meaning(self._vectors[some] @ vector)
        best = np.sort(_highest(likeness, count))
        return some[best], likeness[best]


def _axes(vectors: Vectors) -> Floats:
    """The directions in which the vectors are longest: shape (dimension, axes)."""
    sample = vectors[:: max(1, len(vectors) // _SAMPLE)]
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, -_AXES:], dtype=np.float32)


def _highest(values: Floats, count: int) -> Numbers:
    """The places of the highest values, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, -count)[-count:]
