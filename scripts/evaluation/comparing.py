"""One system after the other, asked the same questions in a process of its own, and its figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np
from sklearn.metrics import roc_auc_score

from evaluation.pace import Pace, pace
from evaluation.systems import Answer, Ask, Asked
from evaluation.trust import sweep
from knowledge_base.evaluation import Question

MOST_FALSE = 0.02  # of all messages
_PACED = 250  # questions, of all of them, that are asked one at a time


@dataclass(frozen=True)
class Tries:
    """What a system answered, and what that took."""

    answers: Sequence[Answer]
    built: float  # seconds
    pace: Pace


@dataclass(frozen=True)
class Figures:
    """How well a system did, each from 0 to 1.

    `first`, `three`: of the covered questions those whose first article is right, or one of the
    first three. `mrr`: their mean reciprocal rank. `auroc`: how well the confidence tells covered
    from not covered. `outright`: of the covered questions those that are answered outright, by
    the lowest threshold with which at most 2% of all are answered falsely.
    """

    first: float
    three: float
    mrr: float
    auroc: float
    outright: float


def try_alone(build: Callable[[Asked], Ask], asked: Asked, questions: Sequence[str]) -> Tries:
    """Build the system and ask it the questions, in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_try, build, asked, questions).result()


def _try(build: Callable[[Asked], Ask], asked: Asked, questions: Sequence[str]) -> Tries:
    started = time.perf_counter()
    ask = build(asked)
    built = time.perf_counter() - started
    some = questions[:: max(1, len(questions) // _PACED)]
    kept = pace(lambda question: ask([question]), some)
    return Tries(ask(questions), built, kept)


def figures(questions: Sequence[Question], answers: Sequence[Answer]) -> Figures:
    """The sums over these questions."""
    places = [_place(*pair) for pair in zip(questions, answers, strict=True)]
    covered = np.array([question.expect == "answer" for question in questions])
    reciprocal = np.array([1 / place if place else 0.0 for place in places])
    confidences = np.array([answer.confidence for answer in answers])
    swept = sweep(confidences.tolist(), (reciprocal == 1).tolist())
    allowed = swept.thresholds[swept.false <= MOST_FALSE * len(questions)]
    return Figures(
        first=float((reciprocal[covered] == 1).mean()),
        three=float((reciprocal[covered] >= 1 / 3).mean()),
        mrr=float(reciprocal[covered].mean()),
        auroc=float(roc_auc_score(covered, confidences)),
        outright=float((confidences[covered] >= min(allowed, default=np.inf)).mean()),
    )


def _place(question: Question, answer: Answer) -> int | None:
    places = [n for n, name in enumerate(answer.articles, 1) if name in question.articles]
    return min(places, default=None)
