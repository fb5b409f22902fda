"""The head: which article a question asks for, or none of them.

Kernel ridge regression, one target an article and one for "none of these", over ways of
asking. Two sentences are alike by their character n-grams (TF-IDF cosine) and by the encoder
(squared cosine), half each. It is fitted in closed form, so the fit is deterministic, takes
well under a second for a thousand ways, and yields the leave-one-out scores by which its
confidence is calibrated.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge_base.encoder import Vectors

NONE = ""  # the target of messages that no article answers
RIDGE = 0.5

Floats = npt.NDArray[np.float64]


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


class Head:
    """A fitted head. `labels` are the article ids, one for each way of asking, NONE for none."""

    def __init__(self, texts: Sequence[str], labels: Sequence[str], vectors: Vectors) -> None:
        if len(set(labels) - {NONE}) < 2:
            raise ValueError("needs ways of asking for two articles or more")
        self._classes = sorted(set(labels) | {NONE})
        self._ngrams = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float64
        )
        self._grams = self._ngrams.fit_transform([_plain(text) for text in texts])
        self._vectors = vectors
        targets = np.array([[label == c for c in self._classes] for label in labels], float)
        kernel = self._kernel(self._grams, vectors)
        factor = cho_factor(kernel + RIDGE * np.eye(len(kernel)))
        inverse = cho_solve(factor, np.eye(len(kernel)))
        self._weights: Floats = inverse @ targets
        left_out: Floats = targets - self._weights / np.diag(inverse)[:, None]
        self._calibrate(left_out, labels)

    def rank(self, question: str, vector: Vectors, among: Collection[str]) -> Ranking:
        """Those articles by score for one question with its vector (shape: dimension)."""
        grams = self._ngrams.transform([_plain(question)])
        scores: Floats = (self._kernel(grams, vector[None, :]) @ self._weights)[0]
        return self._ranking(scores, among)

    def _kernel(self, grams: Any, vectors: Vectors) -> Floats:
        """Likeness to each way of asking: shape (questions, ways)."""
        by_grams = (grams @ self._grams.T).toarray()
        by_meaning = np.clip(vectors.astype(np.float64) @ self._vectors.T, 0.0, None) ** 2
        return np.asarray(0.5 * by_grams + 0.5 * by_meaning)

    def _ranking(self, scores: Floats, among: Collection[str]) -> Ranking:
        order = [i for i in np.argsort(-scores) if self._classes[i] in among]
        features = self._features(scores[None, :])
        return Ranking(
            articles=tuple(Scored(self._classes[i], float(scores[i])) for i in order[:10]),
            none_score=float(scores[self._classes.index(NONE)]),
            confidence=float(self._first_right.predict_proba(features)[0, 1]),
            confidence_top=float(self._among_three.predict_proba(features)[0, 1]),
        )

    def _features(self, scores: Floats) -> Floats:
        """What confidence depends on: best score, lead over the next, score of none."""
        none = self._classes.index(NONE)
        articles = np.sort(np.delete(scores, none, axis=1), axis=1)[:, ::-1]
        return np.column_stack(
            [articles[:, 0], articles[:, 0] - articles[:, 1], scores[:, none]]
        )

    def _calibrate(self, left_out: Floats, labels: Sequence[str]) -> None:
        """Fit the confidences to how the head does on each way with that way left out."""
        articles = left_out.copy()
        articles[:, self._classes.index(NONE)] = -np.inf
        best = np.argsort(-articles, axis=1)[:, :3]
        wanted = np.array([self._classes.index(label) for label in labels])
        asked = np.array([label != NONE for label in labels])
        first_right = asked & (best[:, 0] == wanted)
        among_three = asked & (best == wanted[:, None]).any(axis=1)
        features = self._features(left_out)
        self._first_right = LogisticRegression(C=100).fit(features, first_right)
        self._among_three = LogisticRegression(C=100).fit(features, among_three)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
