"""Bins, thresholds and pictures of the confidence."""

from __future__ import annotations

from pathlib import Path

import pytest
from evaluation.pictures import draw
from evaluation.trust import bins, calibration_error, sweep

from tests.evaluation.made import tried


def test_bins_gather_what_is_about_equally_confident() -> None:
    made = bins([0.91, 0.95, 1.0, 0.12], [True, True, False, False])
    assert [(one.right, one.count) for one in made] == [(0, 1), (2, 3)]
    assert made[1].confidence == pytest.approx(0.953, abs=0.001)
    assert calibration_error(made) == pytest.approx((0.12 + 2.86 - 2) / 4)


def test_a_sweep_answers_equal_confidences_together() -> None:
    swept = sweep([0.5, 0.9, 0.9, 0.2, 0], [False, True, False, True, False])
    assert swept.thresholds.tolist() == [0.9, 0.5, 0.2, 0]
    assert swept.answered.tolist() == [2, 3, 4, 5]
    assert swept.false.tolist() == [1, 2, 2, 3]
    assert [swept.at(0.95), swept.at(0.9), swept.at(0.3)] == [(0, 0), (2, 1), (3, 2)]


def test_the_same_figures_make_the_same_pictures(tmp_path: Path) -> None:
    some = [tried(["a"], ["a"], confidence=n / 20) for n in range(21)]
    some += [tried(["a"], ["b"], confidence=n / 30) for n in range(21)]
    drawn = []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        draw({"tuning": some, "sealed": some[::2]}, tmp_path / name)
        drawn.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert set(drawn[0]) == {"evaluation-reliability.svg", "evaluation-risk-coverage.svg"}
    assert drawn[0] == drawn[1]
