"""How far a ranking is to be trusted: probabilities, learnt from questions with known answers.

The questions are those of the tuning part of `evaluation`, written by people who did not know
the ways of asking; what ways say about each other is too rosy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from knowledge_base.features import Floats

# What the evidence of a ranking holds, and whether more of it speaks for (1) or against (-1).
EVIDENCE = {
    "score of the first": 1,
    "its lead over the second": 1,
    "score of none": -1,
    "score of the third": 0,
    "its nearest way": 1,
    "its three nearest ways": 1,
    "nearest way of another article": -1,
    "nearest way of the second": 0,
    "nearest message that none answers": -1,
    "its five nearest": -1,
    "share of the first": 1,
}
# With fewer questions than this there is nothing to learn from.
FEWEST = 100

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Experience:
    """Questions with known answers, as they were ranked: a row each."""

    evidence: Floats  # shape (questions, len(EVIDENCE))
    first_right: Flags
    among_three: Flags


class Confidence:
    """Probabilities that a ranking's first article is right, and that one of its three is."""

    def __init__(self, experience: Experience) -> None:
        self._first = _learnt(experience.evidence, experience.first_right)
        self._three = _learnt(experience.evidence, experience.among_three)

    def of(self, evidence: Floats) -> tuple[Floats, Floats]:
        """Both probabilities for each row of evidence; the second is never the smaller."""
        first = _probabilities(self._first, evidence)
        return first, np.maximum(first, _probabilities(self._three, evidence))


def _learnt(evidence: Floats, right: Flags) -> Any:
    if len(evidence) < FEWEST or right.all() or not right.any():
        return None
    model = HistGradientBoostingClassifier(
        learning_rate=0.06,
        max_iter=80,
        max_depth=3,
        monotonic_cst=list(EVIDENCE.values()),
        random_state=0,
    )
    return model.fit(evidence, right)


def _probabilities(model: Any, evidence: Floats) -> Floats:
    if model is None:
        return _untaught(evidence)
    return np.asarray(model.predict_proba(evidence)[:, 1], dtype=np.float32)


def _untaught(evidence: Floats) -> Floats:
    """By score, lead and none alone, with the factors that fitted our own articles roughly."""
    score, lead, none = evidence[:, :3].T
    return np.asarray(1 / (1 + np.exp(-(11 * score + 8 * lead - 7 * none - 2))), dtype=np.float32)
