"""The evaluation counts what it says it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.report import write
from evaluation.figures import (
    by_kind,
    mean_reciprocal_rank,
    neighbours,
    promised,
    shares,
    wilson,
    worse,
)

from tests.evaluation.made import tried

SIX = [
    tried(["a"], ["a", "b"]),
    tried(["a"], ["b", "a"]),
    tried(["a", "b"], ["c", "d", "b", "a"], "choices"),
    tried(["a"], ["b", "c", "d", "a"], "choices"),
    tried(["a"], ["b"], "person", style="chatty"),
    tried([], ["b", "a"]),
]


def test_each_figure_counts_its_own() -> None:
    counted = {line[2:30].strip(): line.split(")")[1].strip() for line in promised(SIX)}
    assert counted["covered: right answer"] == "1 of 5"
    assert counted["covered: answered outright"] == "2 of 5"
    assert counted["covered: right or offered"] == "2 of 5"
    assert counted["covered: first is right"] == "1 of 5"
    assert counted["covered: among three"] == "3 of 5"
    assert counted["answered falsely"] == "2 of 6"
    assert counted["person wanted: silent"] == "0 of 1"


def test_an_article_that_is_not_ranked_counts_nothing_to_the_mean_reciprocal_rank() -> None:
    assert mean_reciprocal_rank([1, 2, None, 4]) == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)


def test_a_figure_is_worse_beyond_its_interval_on_its_bad_side() -> None:
    recorded = [
        "  covered: right answer        80.0%  (76.0% to 84.0%)  80 of 100",
        "  answered falsely              2.0%  (1.0% to 4.0%)  2 of 100",
    ]
    bad = [recorded[0].replace("80.0%", "75.9%"), recorded[1].replace(" 2.0%", " 4.1%")]
    good = [recorded[0].replace("80.0%", "84.1%"), recorded[1].replace(" 2.0%", " 0.9%")]
    assert worse(bad, recorded) == ["covered: right answer", "answered falsely"]
    assert worse(recorded, recorded) == worse(good, recorded) == []


def test_the_lines_can_be_read_back() -> None:
    assert shares(promised(SIX))["answered falsely"] == (33.3, 9.7, 70.0)


def test_neighbours_are_counted_in_both_directions_most_often_first() -> None:
    lines = neighbours([*SIX, tried(["b"], ["a"])]).splitlines()
    assert [line.split() for line in lines[2:]] == [["a", "b", "3", "1"], ["a", "c", "1", "0"]]


def test_covered_questions_are_told_apart_by_kind() -> None:
    lines = by_kind(SIX, {"style": lambda t: t.question.style}).splitlines()
    rows = {line.split()[0]: line.split()[1:6] for line in lines[2:] if line.strip()}
    assert rows["all"] == ["5", "20.0%", "60.0%", "0.417", "40.0%"]
    assert rows["chatty"][:2] == ["1", "0.0%"]
    assert rows["terse"][:2] == ["4", "25.0%"]


def test_the_interval_is_wilsons() -> None:
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert wilson(0, 10)[0] == pytest.approx(0)
    assert wilson(0, 0) == (0, 1)


def test_figures_go_between_their_own_marks(tmp_path: Path) -> None:
    document = tmp_path / "page.md"
    block = "<!-- {0}: begin -->\n```text\n{1}\n```\n<!-- {0}: end -->\n"
    document.write_text("a\n" + block.format("measured", 1) + "b\n" + block.format("compared", 2))
    write("new \\1", document, mark="compared")
    expected = "a\n" + block.format("measured", 1) + "b\n" + block.format("compared", "new \\1")
    assert document.read_text() == expected
