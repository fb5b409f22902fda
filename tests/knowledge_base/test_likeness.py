"""Likeness of ways of asking: of one article's own, and of several articles'."""

from __future__ import annotations

import pytest

from knowledge_base.likeness import Likenesses, Pair
from tests.knowledge_base.toy import WAYS, article

REGISTERING, FEE = 2, 3  # their places among the toy articles
TWICE = ("daftar imei di bandara", "berapa biaya imei hp", "daftar imei di bandaraa")


@pytest.fixture
def toy() -> Likenesses:
    return Likenesses([article(name) for name in WAYS])


def of(*ways: tuple[str, ...]) -> Likenesses:
    """Of the toy articles and others with these ways."""
    others = [article(f"lain_{n}", ways=some) for n, some in enumerate(ways)]
    return Likenesses([*(article(name) for name in WAYS), *others])


def test_a_text_is_as_like_itself_as_can_be_and_not_at_all_like_one_with_other_pieces() -> None:
    likenesses = of(("cara daftar imei", "xyz"), ("cara daftar imei",), ("xyz",), ("qqq",))
    assert likenesses.closest(4, 5) == Pair(pytest.approx(1.0), 0, 0)
    assert likenesses.closest(4, 6) == Pair(pytest.approx(1.0), 1, 0)
    assert likenesses.closest(6, 7).likeness == 0


def test_pairs_of_one_article_are_found_once_the_most_alike_first() -> None:
    likenesses = of(TWICE)
    (closest, *others) = likenesses.within(4, at_least=0.05)
    assert (closest.first, closest.second) == (0, 2)
    assert closest.likeness > 0.5
    assert [pair.likeness for pair in others] == sorted((p.likeness for p in others), reverse=True)
    assert all(pair.first < pair.second for pair in others)
    assert likenesses.within(4, at_least=closest.likeness + 0.01) == ()


def test_a_review_names_the_closest_articles_with_the_likeness_of_the_closest_pair(
    toy: Likenesses,
) -> None:
    neighbours = toy.review(FEE).neighbours
    assert len(neighbours) == 3
    assert neighbours[0].article == REGISTERING
    for neighbour in neighbours:
        assert neighbour.likeness == pytest.approx(toy.closest(FEE, neighbour.article).likeness)
    likenesses = [neighbour.likeness for neighbour in neighbours]
    assert likenesses == sorted(likenesses, reverse=True)


def test_all_are_reviewed_as_each_is_and_the_most_alike_pair_comes_first() -> None:
    likenesses = of(TWICE, ("lacak paket dengan resi",))
    reviews = likenesses.review_all()
    assert sorted(review.article for review in reviews) == list(range(6))
    for review in reviews:
        alone = likenesses.review(review.article)
        assert review.near_duplicates == alone.near_duplicates
        assert [n.article for n in review.neighbours] == [n.article for n in alone.neighbours]
        assert review.most_alike == pytest.approx(alone.most_alike)
    most = [review.most_alike for review in reviews]
    assert most == sorted(most, reverse=True)
    assert reviews[0].article == 4


def test_an_article_without_others_has_no_neighbours() -> None:
    (review,) = Likenesses([article("imei_biaya")]).review_all()
    assert review.neighbours == ()
