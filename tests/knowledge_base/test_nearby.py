"""Of very many ways of asking the nearest are found without looking at all of them closely."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng

from knowledge_base import nearby
from knowledge_base.features import counted, rarity, weighted
from knowledge_base.kernel import kernel
from knowledge_base.nearby import Nearby
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS

pytestmark = pytest.mark.slow

MANY, DIMENSION = 5_000, 256
CHANCE = default_rng(3)
LETTERS = list("aiueokgntsrmlpbd")
WORDS = ["".join(CHANCE.choice(LETTERS, size=6)) for _ in range(2_000)]


def texts(count: int) -> list[str]:
    return [" ".join(CHANCE.choice(WORDS, size=6)) for _ in range(count)]


def vectors(count: int) -> np.ndarray:
    """Unit vectors that lie along some axes more than along others, as an encoder's do."""
    made = CHANCE.standard_normal((count, DIMENSION)) * 0.95 ** np.arange(DIMENSION)
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def many():
    counts = counted(texts(MANY))
    pieces = weighted(counts, rarity(counts))
    return pieces, vectors(MANY), np.arange(MANY) % 10 == 0


@pytest.fixture(scope="module")
def among_many(many) -> Nearby:
    pieces, meanings, is_none = many
    return Nearby(pieces.T.tocsr(), meanings, is_none)


@pytest.mark.parametrize("place", [1, 10, 777, 4_990])
def test_what_is_found_is_what_comparing_with_all_finds(many, among_many, place) -> None:
    pieces, meanings, is_none = many
    exact = kernel(pieces[[place]], meanings[[place]], pieces.T.tocsr(), meanings.T)[0]
    near = among_many.of(pieces[[place]], meanings[place])
    for of_none, count in ((False, nearby.OF_ARTICLES), (True, nearby.OF_NONE)):
        group = np.flatnonzero(is_none == of_none)
        best = group[np.argsort(-exact[group])[:count]]
        found = set(near.places[is_none[near.places] == of_none])
        assert len(found) == count
        assert set(best[:10]) <= found
        assert len(found & set(best)) >= 0.9 * count
    assert near.likeness == pytest.approx(exact[near.places], abs=1e-5)


def test_the_likeness_among_them_is_exact(many, among_many) -> None:
    pieces, meanings, _ = many
    near = among_many.of(pieces[[5]], meanings[5])
    rows, known = pieces[near.places], meanings[near.places]
    exact = kernel(rows, known, rows.T.tocsr(), known.T)
    assert near.among == pytest.approx(exact, abs=1e-5)


def test_of_few_ways_all_are_near() -> None:
    said = [*(way for ways in WAYS.values() for way in ways), *NONE_MESSAGES]
    counts = counted(said)
    pieces = weighted(counts, rarity(counts))
    meanings = vectors(len(said))
    found = Nearby(pieces.T.tocsr(), meanings, np.zeros(len(said), bool))
    assert set(found.of(pieces[[0]], meanings[0]).places) == set(range(len(said)))


def test_a_question_without_a_known_piece_has_neighbours(many, among_many) -> None:
    pieces, meanings, _ = many
    nothing = pieces[[0]] * 0
    nothing.eliminate_zeros()
    near = among_many.of(nothing, meanings[3])
    assert near.places[np.argmax(near.likeness)] == 3
