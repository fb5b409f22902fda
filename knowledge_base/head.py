"""The head: which article a question asks for, or none of them.

Kernel ridge regression, one target an article and one for "none of these", over ways of
asking. Two sentences are alike by their character n-grams (TF-IDF cosine) and by the encoder
(squared cosine), half each. It is fitted in closed form, so the fit is deterministic and
yields the leave-one-out scores by which its confidence is calibrated.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import lapack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge_base.encoder import Vectors

NONE = ""  # the target of messages that no article answers
RIDGE = 0.5
_BLOCK = 512  # rows of the kernel made at a time, as its parts are larger than itself

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Scored:
    """An article with its score; about 1 for a sure match, about 0 for none."""

    article: str
    score: float


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
class Fit:
    """What fitting finds out; enough, with the ways of asking, to make the head again.

    `weights` has the shape (ways, classes). The confidences are logistic: three factors, for
    the best score, its lead over the next and the score of none, and a constant.
    """

    classes: npt.NDArray[np.str_]
    weights: Floats
    first_right: Floats
    among_three: Floats

    def to_bytes(self) -> bytes:
        """As stored."""
        stored = io.BytesIO()
        np.savez(stored, **vars(self))
        return stored.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Fit:
        with np.load(io.BytesIO(stored), allow_pickle=False) as parts:
            return cls(**{name: parts[name] for name in parts.files})


class Head:
    """A head over ways of asking with their vectors (shape: ways, dimension)."""

    def __init__(self, texts: Sequence[str], vectors: Vectors) -> None:
        self._ngrams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
        )
        self._grams = self._ngrams.fit_transform([_plain(text) for text in texts])
        self._vectors = vectors
        self._fit: Fit | None = None

    def use(self, fit: Fit) -> None:
        """Work with a fit made earlier for the same ways."""
        if len(fit.weights) != len(self._vectors):
            raise ValueError("the fit was made for other ways of asking")
        self._fit = fit

    def fit(self, labels: Sequence[str]) -> Fit:
        """Fit to the article id of each way, NONE where no article answers; seconds.

        Memory: about twice ways² x 4 bytes for a moment.
        """
        if len(set(labels) - {NONE}) < 2:
            raise ValueError("needs ways of asking for two articles or more")
        classes = np.array(sorted(set(labels) | {NONE}))
        targets = (np.array(labels)[:, None] == classes[None, :]).astype(np.float32)
        inverse = self._inverted_kernel()
        weights = inverse @ targets
        left_out = targets - weights / np.diag(inverse)[:, None]
        first_right, among_three = _calibrated(left_out, labels, classes)
        self._fit = Fit(classes, weights, first_right, among_three)
        return self._fit

    def rank(self, question: str, vector: Vectors, among: Collection[str]) -> Ranking:
        """Those articles by score for one question with its vector (shape: dimension)."""
        if self._fit is None:
            raise ValueError("fit the head first")
        fit = self._fit
        grams = self._ngrams.transform([_plain(question)])
        scores = (self._kernel(grams, vector[None, :]) @ fit.weights)[0]
        order = [i for i in np.argsort(-scores) if str(fit.classes[i]) in among]
        features = _features(scores[None, :], fit.classes)[0]
        behind = float(scores[order[0]] - features[0]) if order else 0.0
        if behind < 0:  # the best of all is not among them: so much less is the first to trust
            features[:2] = scores[order[0]], behind
        return Ranking(
            articles=tuple(Scored(str(fit.classes[i]), float(scores[i])) for i in order[:10]),
            none_score=float(scores[_none(fit.classes)]),
            confidence=_probability(fit.first_right, features),
            confidence_top=_probability(fit.among_three, features),
        )

    def _kernel(self, grams: Any, vectors: Vectors) -> Floats:
        """Likeness to each way of asking: shape (questions, ways)."""
        by_grams = (grams @ self._grams.T).toarray()
        by_meaning = np.clip(vectors @ self._vectors.T, 0.0, None) ** 2
        return np.asarray(0.5 * by_grams + 0.5 * by_meaning, dtype=np.float32)

    def _inverted_kernel(self) -> Floats:
        """The inverse of the ways' likeness to each other, with the ridge."""
        ways = len(self._vectors)
        kernel = np.empty((ways, ways), dtype=np.float32)
        for start in range(0, ways, _BLOCK):
            rows = slice(start, start + _BLOCK)
            kernel[rows] = self._kernel(self._grams[rows], self._vectors[rows])
        kernel[np.diag_indices(ways)] += RIDGE
        # The transpose has LAPACK's order of memory, so that it works in place.
        factor, _ = lapack.spotrf(kernel.T, lower=1, overwrite_a=1)
        inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
        lower = np.tril(inverse, -1)
        inverse = np.tril(inverse)
        inverse += lower.T
        return np.asarray(inverse, dtype=np.float32)


def _none(classes: npt.NDArray[np.str_]) -> int:
    return int(np.flatnonzero(classes == NONE)[0])


def _features(scores: Floats, classes: npt.NDArray[np.str_]) -> Floats:
    """What confidence depends on: best score, lead over the next, score of none."""
    none = _none(classes)
    articles = np.sort(np.delete(scores, none, axis=1), axis=1)[:, ::-1]
    lead = articles[:, 0] - articles[:, 1]
    return np.column_stack([articles[:, 0], lead, scores[:, none]])


def _calibrated(
    left_out: Floats, labels: Sequence[str], classes: npt.NDArray[np.str_]
) -> tuple[Floats, Floats]:
    """Both confidences, fitted to how each way scores with that way left out."""
    articles = left_out.copy()
    articles[:, _none(classes)] = -np.inf
    best = np.argsort(-articles, axis=1)[:, :3]
    wanted = np.searchsorted(classes, np.array(labels))
    asked = np.array(labels) != NONE
    features = _features(left_out, classes)
    first_right = asked & (best[:, 0] == wanted)
    among_three = asked & (best == wanted[:, None]).any(axis=1)
    return _logistic(features, first_right), _logistic(features, among_three)


def _logistic(features: Floats, true: npt.NDArray[np.bool_]) -> Floats:
    model = LogisticRegression(C=100).fit(features, true)
    return np.append(model.coef_[0], model.intercept_).astype(np.float32)


def _probability(factors: Floats, features: Floats) -> float:
    return float(1.0 / (1.0 + np.exp(-(features @ factors[:-1] + factors[-1]))))


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
