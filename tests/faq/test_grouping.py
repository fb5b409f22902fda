"""Questions are grouped by likeness alone."""

from __future__ import annotations

import random
import time

import pytest

from bot.faq.grouping import Alike, grouped
from knowledge_base.articles import read_articles

IMEI = [
    "cara daftar imei hp dari luar negeri",
    "bagaimana cara daftar IMEI HP dari luar negeri?",
    "cara mendaftar imei hp yang dibawa dari luar negeri",
]
SEEDLINGS = [
    "boleh kirim bibit tanaman hias ke jepang?",
    "bolehkah mengirim bibit tanaman hias ke Jepang",
]


def of(groups: list[Alike], texts: list[str]) -> list[set[str]]:
    return [{texts[place] for place in group.members} for group in groups]


def test_what_is_alike_comes_together_and_the_largest_first() -> None:
    texts = [SEEDLINGS[0], *IMEI, "jam buka kantor", SEEDLINGS[1]]
    groups = grouped(texts)
    assert of(groups, texts) == [set(IMEI), set(SEEDLINGS), {"jam buka kantor"}]
    assert groups[0].seed in IMEI


def test_every_question_is_in_one_group() -> None:
    ways = [way for article in read_articles()[:12] for way in article.ways]
    places = [place for group in grouped(ways) for place in group.members]
    assert sorted(places) == list(range(len(ways)))


def test_case_signs_and_removed_data_make_no_difference() -> None:
    texts = ["Resi [nomor dihapus] di mana?", "resi di mana", "RESI DI MANA!!"]
    assert of(grouped(texts), texts) == [set(texts)]


def test_of_equals_one_that_nothing_was_taken_out_of_stands_for_the_group() -> None:
    texts = ["resi [nomor dihapus] masih ditahan", "resi masih ditahan pak"]
    assert [group.seed for group in grouped(texts)] == [texts[1]]


def test_a_given_seed_takes_what_is_like_it_first() -> None:
    texts = [*IMEI, *SEEDLINGS]
    seeds = ["jam buka kantor", "kirim bibit tanaman hias ke jepang"]
    first, second = grouped(texts, seeds)
    assert (first.seed, first.given) == (seeds[1], 1)
    assert of([first], texts) == [set(SEEDLINGS)]
    assert second.given is None


def test_a_seed_that_nothing_is_like_makes_no_group() -> None:
    assert [group.given for group in grouped(IMEI, ["jam buka kantor"])] == [None]
    assert grouped([], ["jam buka kantor"]) == []


def test_questions_without_letters_break_nothing() -> None:
    texts = ["???", "!", "[nomor dihapus]"]
    assert sorted(place for group in grouped(texts) for place in group.members) == [0, 1, 2]


@pytest.mark.slow
def test_five_thousand_questions_take_seconds() -> None:
    ways = [way for article in read_articles() for way in article.ways]
    random.Random(7).shuffle(ways)
    began = time.process_time()
    grouped(ways[:5000])
    assert time.process_time() - began < 5  # 1.4 s on a development machine
