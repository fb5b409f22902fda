"""The geometry of the charts: inside the picture, in proportion, and never divided by nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.reports.charts import BOTTOM, HEIGHT, LEFT, WIDTH, columns, heatmap, level_of
from bot.console.reports.charts import nice_ceiling as ceiling

STACKS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=366)


@given(STACKS)
def test_every_bar_lies_within_the_picture(stacks):
    chart = columns([str(n) for n in range(len(stacks))], stacks, ("a", "b"), "")
    for bar in chart.bars:
        assert bar.x >= LEFT and bar.x + bar.width <= WIDTH + 0.1
        assert bar.y >= -0.1 and bar.y + bar.height <= HEIGHT - BOTTOM + 0.1


def test_stacked_bars_stand_on_each_other_and_in_proportion():
    lower, upper = columns(["a"], [(30, 10)], ("x", "y"), "").bars
    assert lower.height == pytest.approx(3 * upper.height, rel=0.01)
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.02)


def test_nothing_to_draw_is_an_empty_chart():
    assert columns(["a", "b"], [(0,), (0,)], ("x",), "").bars == []
    assert {cell.level for cell in heatmap([[0, 0]], ["r"], ["a", "b"], "").cells} == {0}


@given(st.integers(0, 10**9))
def test_a_scale_ends_at_a_quarterable_number_that_is_not_below(value):
    assert ceiling(value) >= value
    assert ceiling(value) % 4 == 0
    assert ceiling(value) <= max(4, 2 * value)


def test_a_heatmap_is_darkest_where_most_is_and_empty_only_at_none():
    assert [level_of(value, 100) for value in (0, 1, 20, 21, 99, 100)] == [0, 1, 1, 2, 5, 5]


def test_labels_below_columns_never_run_into_each_other():
    days = [f"{day} Nov" for day in range(1, 31)]
    labels = columns(days, [(1,)] * 30, ("a",), "").labels
    gaps = [b.at - a.at for a, b in pairwise(labels)]
    assert len(labels) > 5
    assert min(gaps) > len("30 Nov") * 6.5
