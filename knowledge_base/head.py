"""The head: which article a question asks for, or none of them.

Kernel ridge regression, one target an article and one for "none of these", over ways of
asking. Two sentences are alike by their pieces (`features`) and by the encoder (squared
cosine). It is fitted in closed form, so the fit is deterministic, and confidence is
calibrated by how ways score that are left out. A change of a few ways updates a head in
milliseconds, without fitting all of it anew.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve, lapack, solve_triangular
from sklearn.linear_model import LogisticRegression

from knowledge_base.encoder import Vectors
from knowledge_base.features import SHARE, Floats, lexical, rarity

NONE = ""  # the target of messages that no article answers
RIDGE = 0.5
_SHARE_OF_MEANING = 1 - SHARE
_BLOCK = 1024  # rows of the kernel made at a time, as its parts are larger than itself
_LEFT_OUT = 1500  # ways by which confidence is calibrated
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
class Head:
    """A fitted head. Nothing in it changes: an update makes another one."""

    classes: Names  # the articles and NONE
    keys: Numbers  # of each way
    owners: Numbers  # each way's place in `classes`
    rarities: Floats
    pieces: Any  # CSR, shape (ways, slots)
    vectors: Floats
    weights: Floats  # shape (ways, classes)
    first_right: Floats  # logistic factors of `confidence`, the constant last
    among_three: Floats  # and of `confidence_top`

    @classmethod
    def fit(cls, ways: Ways) -> Head:
        """A head for these ways. Minutes for 20,000; memory: ways² x 4 bytes for that time.

        Raises ValueError if there are fewer than two articles.
        """
        labels = np.array(ways.labels)
        classes = np.array(sorted({*ways.labels, NONE}))
        if len(classes) < 3:
            raise ValueError("needs ways of asking for two articles or more")
        owners = np.searchsorted(classes, labels)
        rarities = rarity(ways.texts)
        pieces = lexical(ways.texts, rarities)
        targets = _targets(owners, len(classes))
        factor = _cholesky(_kernel(pieces, ways.vectors, pieces.T.tocsr(), ways.vectors))
        weights = cho_solve((factor, True), targets, check_finite=False)
        first_right, among_three = _calibrated(factor, weights, owners, classes)
        return cls(
            classes=classes,
            keys=np.asarray(ways.keys, dtype=np.int64),
            owners=owners,
            rarities=rarities,
            pieces=pieces,
            vectors=ways.vectors,
            weights=np.asarray(weights, dtype=np.float32),
            first_right=first_right,
            among_three=among_three,
        ).ready()

    def ready(self) -> Head:
        """With what ranking needs made beforehand."""
        object.__setattr__(self, "_slots", self.pieces.T.tocsr())
        return self

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
        pieces, vectors = self.pieces[keep], self.vectors[keep]
        if len(added.keys):
            new_pieces = lexical(added.texts, self.rarities)
            pieces = sparse.vstack([pieces, new_pieces], format="csr")
            vectors = np.concatenate([vectors, added.vectors])
            likeness = _kernel(new_pieces, added.vectors, pieces.T.tocsr(), vectors)
            left = _targets(owners[old:], len(classes)) - likeness[:, :old] @ weights[:old]
            own = likeness[:, old:]
            own[np.diag_indices(len(own))] += RIDGE
            weights[old:] = cho_solve(cho_factor(own, lower=True), left)
        return Head(
            classes=classes,
            keys=np.concatenate([self.keys[keep], np.asarray(added.keys, dtype=np.int64)]),
            owners=owners,
            rarities=self.rarities,
            pieces=pieces,
            vectors=vectors,
            weights=weights,
            first_right=self.first_right,
            among_three=self.among_three,
        ).ready()

    def rank(self, question: str, vector: Vectors) -> Ranking:
        """The best articles for one question with its vector (shape: dimension)."""
        slots: Any = self._slots  # type: ignore[attr-defined]
        likeness = _kernel(lexical([question], self.rarities), vector[None, :], slots, self.vectors)
        scores = likeness @ self.weights
        features = _features(scores, self.classes)[0]
        best = [i for i in np.argsort(-scores[0])[: _CONSIDERED + 1] if self.classes[i] != NONE]
        return Ranking(
            articles=tuple(
                Scored(
                    str(self.classes[i]), float(scores[0, i]), self._nearest_of(int(i), likeness[0])
                )
                for i in best[:_CONSIDERED]
            ),
            none_score=float(scores[0, _none(self.classes)]),
            confidence=_probability(self.first_right, features),
            confidence_top=_probability(self.among_three, features),
        )

    def _nearest_of(self, owner: int, likeness: Floats) -> int:
        rows = np.flatnonzero(self.owners == owner)
        return int(self.keys[rows[np.argmax(likeness[rows])]])

    def to_bytes(self) -> bytes:
        """As stored; numbers at half precision where that changes no ranking."""
        stored = io.BytesIO()
        np.savez(
            stored,
            classes=self.classes,
            keys=self.keys,
            owners=self.owners.astype(np.int32),
            rarities=self.rarities,
            data=self.pieces.data.astype(np.float16),
            indices=self.pieces.indices.astype(np.int32),
            indptr=self.pieces.indptr.astype(np.int32),
            vectors=self.vectors.astype(np.float16),
            weights=self.weights.astype(np.float16),
            first_right=self.first_right,
            among_three=self.among_three,
        )
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Head:
        """The head that was stored. Raises ValueError for what is none."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
            shape = (len(parts["keys"]), len(parts["rarities"]))
            data = parts["data"].astype(np.float32)
            pieces = sparse.csr_array((data, parts["indices"], parts["indptr"]), shape=shape)
            return cls(
                classes=parts["classes"],
                keys=parts["keys"],
                owners=parts["owners"].astype(np.int64),
                rarities=parts["rarities"],
                pieces=pieces,
                vectors=parts["vectors"].astype(np.float32),
                weights=parts["weights"].astype(np.float32),
                first_right=parts["first_right"],
                among_three=parts["among_three"],
            ).ready()


def _kernel(pieces: Any, vectors: Floats, slots: Any, others: Floats) -> Floats:
    """The likeness of each row to each of the others: shape (rows, others).

    `slots` holds the others' pieces transposed.
    """
    made = np.empty((len(vectors), len(others)), dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        rows = slice(start, start + _BLOCK)
        by_meaning = np.clip(vectors[rows] @ others.T, 0.0, None)
        by_meaning *= by_meaning
        by_meaning *= _SHARE_OF_MEANING
        made[rows] = by_meaning
        made[rows] += (pieces[rows] @ slots).toarray()
    return made


def _cholesky(kernel: Floats) -> Floats:
    """The lower factor of the kernel with the ridge, made in its place."""
    kernel[np.diag_indices(len(kernel))] += RIDGE
    # The transpose has LAPACK's order of memory, so that nothing is copied.
    factor, _ = lapack.spotrf(kernel.T, lower=1, clean=0, overwrite_a=1)
    return np.asarray(factor, dtype=np.float32)


def _targets(owners: Numbers, classes: int) -> Floats:
    """1 for a way's own class, else 0: shape (ways, classes)."""
    return np.asarray(owners[:, None] == np.arange(classes)[None, :], dtype=np.float32)


def _none(classes: Names) -> int:
    return int(np.flatnonzero(classes == NONE)[0])


def _features(scores: Floats, classes: Names) -> Floats:
    """What confidence depends on: best score, lead over the next, score of none."""
    none = _none(classes)
    articles = np.sort(np.delete(scores, none, axis=1), axis=1)[:, ::-1]
    lead = articles[:, 0] - articles[:, 1]
    return np.column_stack([articles[:, 0], lead, scores[:, none]])


def _calibrated(
    factor: Floats, weights: Floats, owners: Numbers, classes: Names
) -> tuple[Floats, Floats]:
    """Both confidences, fitted to how a sample of the ways score with each left out."""
    ways = len(owners)
    sample = np.sort(np.random.default_rng(0).permutation(ways)[:_LEFT_OUT])
    units = np.zeros((ways, len(sample)), dtype=np.float32, order="F")
    units[sample, np.arange(len(sample))] = 1
    halves = solve_triangular(factor, units, lower=True, overwrite_b=True, check_finite=False)
    inverse_diagonal = np.einsum("ij,ij->j", halves, halves)
    targets = _targets(owners[sample], len(classes))
    left_out = targets - weights[sample] / inverse_diagonal[:, None]
    articles = left_out.copy()
    articles[:, _none(classes)] = -np.inf
    best = np.argsort(-articles, axis=1)[:, :3]
    wanted = owners[sample]
    asked = wanted != _none(classes)
    features = _features(left_out, classes)
    first_right = asked & (best[:, 0] == wanted)
    among_three = asked & (best == wanted[:, None]).any(axis=1)
    return _logistic(features, first_right), _logistic(features, among_three)


def _logistic(features: Floats, true: npt.NDArray[np.bool_]) -> Floats:
    model = LogisticRegression(C=100).fit(features, true)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def _probability(factors: Floats, features: Floats) -> float:
    return float(1.0 / (1.0 + np.exp(-(features @ factors[:-1] + factors[-1]))))
