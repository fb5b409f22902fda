"""The head: which article a question asks for, or none of them.

Kernel ridge regression, one target an article and one for "none of these", over ways of
asking. Two sentences are alike by their pieces (`features`) and by the encoder (cubed cosine).
It is fitted in closed form, so the fit is deterministic. A change of a few ways updates a head
in milliseconds, without fitting all of it anew.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, lapack

from knowledge_base.confidence import EVIDENCE, Confidence, Experience
from knowledge_base.encoder import Vectors
from knowledge_base.features import SHARE, Floats, counted, lexical, rarity, weighted

FORMAT = 5  # of a stored head; another one is fitted anew
NONE = ""  # the target of messages that no article answers
RIDGE = 0.5
_SHARE_OF_MEANING = 1 - SHARE
_BLOCK = 1024  # rows of the kernel made at a time, as its parts are larger than itself
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
class Ways:
    """Ways of asking, a row each: a key of the caller's, the text, its article (or NONE)."""

    keys: Sequence[int]
    texts: Sequence[str]
    labels: Sequence[str]
    vectors: Vectors  # shape (ways, dimension), unit length


@dataclass(frozen=True)
class Questions:
    """Questions with known answers, a row each: the ids that are right, none for a person."""

    texts: Sequence[str]
    answers: Sequence[Collection[str]]
    vectors: Vectors


@dataclass(frozen=True)
class Head:
    """A fitted head. Nothing in it changes: an update makes another one."""

    classes: Names  # the articles and NONE
    keys: Numbers  # of each way
    owners: Numbers  # each way's place in `classes`
    rarities: Floats
    slots: Any  # which ways have a piece, and its weight there: CSR, shape (slots, ways)
    meanings: Floats  # the ways' vectors as columns, as a question is multiplied with these faster
    weights: Floats  # shape (ways, classes)
    experience: Experience

    @classmethod
    def fit(cls, ways: Ways, questions: Questions) -> Head:
        """A head for these ways, whose confidence is learnt from the questions.

        Some 60 s for 27,000 ways on 2 cores; memory: ways² x 4 bytes for that time.

        Raises ValueError if there are fewer than two articles.
        """
        labels = np.array(ways.labels)
        classes = np.array(sorted({*ways.labels, NONE}))
        if len(classes) < 3:
            raise ValueError("needs ways of asking for two articles or more")
        owners = np.searchsorted(classes, labels)
        counts = counted(ways.texts)
        rarities = rarity(counts)
        pieces = weighted(counts, rarities)
        targets = _targets(owners, len(classes))
        factor = _cholesky(_lower_kernel(pieces, ways.vectors))
        weights = cho_solve((factor, False), targets, check_finite=False)
        head = cls(
            classes=classes,
            keys=np.asarray(ways.keys, dtype=np.int64),
            owners=owners,
            rarities=rarities,
            slots=pieces.T.tocsr(),
            meanings=np.ascontiguousarray(ways.vectors.T),
            weights=np.asarray(weights, dtype=np.float32),
            experience=_NO_EXPERIENCE,
        )
        return replace(head, experience=head._tried(questions))

    @cached_property
    def _rows(self) -> list[Numbers]:
        """For each class the ways that are its own."""
        order, starts = self._by_owner
        return list(np.split(order, starts[1:]))

    @cached_property
    def _by_owner(self) -> tuple[Numbers, Numbers]:
        """The ways in the order of their classes, and where each class begins in it."""
        order = np.argsort(self.owners, kind="stable")
        sizes = np.bincount(self.owners, minlength=len(self.classes))
        return order, np.cumsum(sizes) - sizes

    @cached_property
    def _confidence(self) -> Confidence:
        return Confidence(self.experience)

    def changed(self, gone: Sequence[int], added: Ways) -> Head:
        """A head without the ways whose keys are `gone` and with those `added`.

        The added ways are fitted exactly to what the others leave of their targets; the
        others keep their weights, which a new fit would move a little.
        """
        keep = ~np.isin(self.keys, np.asarray(gone, dtype=np.int64))
        labels = np.concatenate([self.classes[self.owners[keep]], np.array(added.labels, str)])
        classes = np.array(sorted({*labels.tolist(), NONE}))
        weights = np.zeros((len(labels), len(classes)), dtype=np.float32)
        here = np.isin(self.classes, classes)
        old = int(keep.sum())
        weights[:old, np.searchsorted(classes, self.classes[here])] = self.weights[keep][:, here]
        owners = np.searchsorted(classes, labels)
        pieces, meanings = self.slots.T.tocsr()[keep], self.meanings[:, keep]
        if len(added.keys):
            new_pieces = lexical(added.texts, self.rarities)
            pieces = sparse.vstack([pieces, new_pieces], format="csr")
            meanings = np.concatenate([meanings, added.vectors.T], axis=1)
            likeness = _kernel(new_pieces, added.vectors, pieces.T.tocsr(), meanings)
            left = _targets(owners[old:], len(classes)) - likeness[:, :old] @ weights[:old]
            own = likeness[:, old:]
            own[np.diag_indices(len(own))] += RIDGE
            weights[old:] = cho_solve(cho_factor(own, lower=True), left)
        return Head(
            classes=classes,
            keys=np.concatenate([self.keys[keep], np.asarray(added.keys, dtype=np.int64)]),
            owners=owners,
            rarities=self.rarities,
            slots=pieces.T.tocsr(),
            meanings=np.ascontiguousarray(meanings),
            weights=weights,
            experience=self.experience,
        )

    def rank_all(self, questions: Sequence[str], vectors: Vectors) -> list[Ranking]:
        """The best articles for each question with its vector (shape: questions, dimension)."""
        likeness, scores = self._scored(questions, vectors)
        best = [self._best(row) for row in scores]
        evidence = [self._evidence(*row) for row in zip(likeness, scores, best, strict=True)]
        sure = self._confidence.of(np.array(evidence))
        return [self._ranking(*row) for row in zip(likeness, scores, best, *sure, strict=True)]

    def _ranking(
        self,
        likeness: Floats,
        scores: Floats,
        best: Sequence[int],
        confidence: float,
        confidence_top: float,
    ) -> Ranking:
        return Ranking(
            articles=tuple(
                Scored(str(self.classes[i]), float(scores[i]), self._nearest(i, likeness))
                for i in best
            ),
            none_score=float(scores[_none(self.classes)]),
            confidence=float(confidence),
            confidence_top=float(confidence_top),
        )

    def _scored(self, texts: Sequence[str], vectors: Vectors) -> tuple[Floats, Floats]:
        """The likeness of each text to each way, and its score for each class."""
        likeness = _kernel(lexical(texts, self.rarities), vectors, self.slots, self.meanings)
        return likeness, likeness @ self.weights

    def _best(self, scores: Floats) -> list[int]:
        """The articles with the highest scores, by their places in `classes`."""
        none = _none(self.classes)
        return [int(i) for i in np.argsort(-scores)[: _CONSIDERED + 1] if i != none][:_CONSIDERED]

    def _evidence(self, likeness: Floats, scores: Floats, best: Sequence[int]) -> Floats:
        """What speaks for the first of the best articles, in the order of EVIDENCE."""
        none = _none(self.classes)
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
                _mean_of_highest(likeness[self._rows[first]], 3),
                others.max(),
                nearest[second],
                nearest[none],
                _mean_of_highest(likeness[self._rows[none]], 5),
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
        rows = self._rows[owner]
        return int(self.keys[rows[np.argmax(likeness[rows])]])

    def _tried(self, questions: Questions) -> Experience:
        """How the questions are ranked, and where that is right."""
        if not questions.texts:
            return _NO_EXPERIENCE
        likeness, scores = self._scored(questions.texts, questions.vectors)
        best = [self._best(row) for row in scores]
        named = [[str(self.classes[i]) for i in row] for row in best]
        pairs = list(zip(named, questions.answers, strict=True))
        return Experience(
            np.array([self._evidence(*row) for row in zip(likeness, scores, best, strict=True)]),
            np.array([row[0] in right for row, right in pairs]),
            np.array([any(name in right for name in row[:3]) for row, right in pairs]),
        )

    def to_bytes(self) -> bytes:
        """As stored; numbers at half precision where that changes no ranking."""
        stored = io.BytesIO()
        np.savez(
            stored,
            classes=self.classes,
            keys=self.keys,
            owners=self.owners.astype(np.int32),
            rarities=self.rarities,
            data=self.slots.data.astype(np.float16),
            indices=self.slots.indices.astype(np.int32),
            indptr=self.slots.indptr.astype(np.int32),
            meanings=self.meanings.astype(np.float16),
            weights=self.weights.astype(np.float16),
            **vars(self.experience),
        )
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Head:
        """The head that was stored. Raises ValueError for what is none."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
            shape = (len(parts["rarities"]), len(parts["keys"]))
            data = parts["data"].astype(np.float32)
            slots = sparse.csr_array((data, parts["indices"], parts["indptr"]), shape=shape)
            return cls(
                classes=parts["classes"],
                keys=parts["keys"],
                owners=parts["owners"].astype(np.int64),
                rarities=parts["rarities"],
                slots=slots,
                meanings=parts["meanings"].astype(np.float32),
                weights=parts["weights"].astype(np.float32),
                experience=Experience(
                    parts["evidence"], parts["first_right"], parts["among_three"]
                ),
            )


def _kernel(pieces: Any, vectors: Floats, slots: Any, meanings: Floats) -> Floats:
    """The likeness of each row to each of the others: shape (rows, others).

    `slots` and `meanings` hold the others' pieces and vectors transposed.
    """
    made = np.empty((len(vectors), meanings.shape[1]), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        rows = slice(start, start + _BLOCK)
        made[rows] = _likeness(pieces[rows], vectors[rows], slots, meanings)
    return made


def _lower_kernel(pieces: Any, vectors: Floats) -> Floats:
    """The likeness of all rows to each other, where it is below the diagonal or on it."""
    made = np.zeros((len(vectors), len(vectors)), dtype=np.float32)

    def fill(start: int) -> None:
        own, rest = slice(start, start + _BLOCK), slice(start, None)
        made[rest, own] = _likeness(
            pieces[rest], vectors[rest], pieces[own].T.tocsr(), vectors[own].T
        )

    with ThreadPoolExecutor(os.cpu_count()) as cores:
        list(cores.map(fill, range(0, len(vectors), _BLOCK)))
    return made


def _likeness(pieces: Any, vectors: Floats, slots: Any, meanings: Floats) -> Floats:
    by_meaning = np.clip(vectors @ meanings, 0.0, None)
    by_meaning *= by_meaning * by_meaning * np.float32(_SHARE_OF_MEANING)
    by_meaning += (pieces @ slots).toarray()
    return np.asarray(by_meaning, dtype=np.float32)


def _cholesky(kernel: Floats) -> Floats:
    """The upper factor of the kernel with the ridge, made in place of its lower half."""
    kernel[np.diag_indices(len(kernel))] += RIDGE
    # The transpose has LAPACK's order of memory, so that nothing is copied.
    factor, _ = lapack.spotrf(kernel.T, lower=0, clean=0, overwrite_a=1)
    return np.asarray(factor, dtype=np.float32)


def _targets(owners: Numbers, classes: int) -> Floats:
    """1 for a way's own class, else 0: shape (ways, classes)."""
    return np.asarray(owners[:, None] == np.arange(classes)[None, :], dtype=np.float32)


def _none(classes: Names) -> int:
    return int(np.flatnonzero(classes == NONE)[0])


def _mean_of_highest(values: Floats, count: int) -> float:
    return float(np.sort(values)[-count:].mean()) if len(values) else 0.0


_NO_EXPERIENCE = Experience(
    np.empty((0, len(EVIDENCE)), dtype=np.float32), np.empty(0, bool), np.empty(0, bool)
)
