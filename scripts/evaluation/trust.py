"""How far a confidence is to be trusted: by bins, and at every threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rankings of about the same confidence."""

    start: float
    confidence: float  # their mean
    right: int
    count: int


@dataclass(frozen=True)
class Sweep:
    """What comes of each threshold, highest first: how many are answered, how many falsely."""

    thresholds: npt.NDArray[np.float64]
    answered: npt.NDArray[np.int64]
    false: npt.NDArray[np.int64]

    def at(self, threshold: float) -> tuple[int, int]:
        """Answered and falsely answered from this confidence on."""
        reached = int((self.thresholds >= threshold).sum())
        if not reached:
            return 0, 0
        return int(self.answered[reached - 1]), int(self.false[reached - 1])


def bins(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Ten bins of equal width from 0 to 1, without the empty ones."""
    confidence, is_right = np.array(confidences), np.array(right)
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    groups = [(number / BINS, numbers == number) for number in range(BINS)]
    return [
        Bin(start, float(confidence[group].mean()), int(is_right[group].sum()), int(group.sum()))
        for start, group in groups
        if group.any()
    ]


def calibration_error(among: Sequence[Bin]) -> float:
    """The mean distance of confidence and share of right ones (expected calibration error)."""
    total = sum(one.count for one in among)
    gaps = sum(abs(one.confidence * one.count - one.right) for one in among)
    return gaps / total if total else math.nan


def sweep(confidences: Sequence[float], right: Sequence[bool]) -> Sweep:
    """Every threshold that makes a difference."""
    confidence, is_right = np.array(confidences, dtype=float), np.array(right, dtype=bool)
    order = np.argsort(-confidence, kind="stable")
    # Rankings of one confidence are answered together.
    last = np.flatnonzero(np.diff(confidence[order], append=-np.inf))
    return Sweep(
        thresholds=confidence[order][last],
        answered=last + 1,
        false=np.cumsum(~is_right[order])[last],
    )
