"""Confidence: learnt from questions with known answers, sane where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.confidence import EVIDENCE, FEWEST, Confidence, Experience


def experience(questions: int) -> Experience:
    """Questions whose first article is right the more often the higher its score."""
    dice = np.random.default_rng(7)
    evidence = dice.random((questions, len(EVIDENCE)), dtype=np.float32)
    right = dice.random(questions) < evidence[:, 0]
    return Experience(evidence, right, right | (dice.random(questions) < 0.5))


def evidence(*scores: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([[score] + [0.5] * (len(EVIDENCE) - 1) for score in scores], dtype=np.float32)


@pytest.fixture(scope="module")
def learnt() -> Confidence:
    return Confidence(experience(600))


def test_more_of_what_speaks_for_an_article_never_lowers_the_confidence(
    learnt: Confidence,
) -> None:
    first, _ = learnt.of(evidence(*np.linspace(0, 1, 21)))
    assert list(first) == sorted(first)
    assert first[-1] - first[0] > 0.5


def test_a_confidence_is_about_as_often_right_as_it_says(learnt: Confidence) -> None:
    fresh = experience(900)
    said, _ = learnt.of(fresh.evidence)
    for low, high in ((0.0, 0.35), (0.35, 0.65), (0.65, 1.0)):
        among = (said >= low) & (said < high)
        assert said[among].mean() == pytest.approx(fresh.first_right[among].mean(), abs=0.12)


def test_one_of_three_is_never_less_likely_than_the_first(learnt: Confidence) -> None:
    first, three = learnt.of(experience(100).evidence)
    assert (first >= 0).all() and (first <= three).all() and (three <= 1).all()


def test_too_few_questions_teach_nothing() -> None:
    untaught = Confidence(experience(FEWEST - 1))
    high, low = untaught.of(evidence(0.9, 0.2))[0]
    assert high > low
    assert high == Confidence(experience(0)).of(evidence(0.9))[0]
