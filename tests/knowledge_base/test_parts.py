"""Taking a message apart, and what it says about the one before it."""

from __future__ import annotations

import pytest

from knowledge_base.followup import corrects, leans
from knowledge_base.parts import MOST_PARTS, asks, splits
from knowledge_base.way_in import says_way


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("jam buka kantor? alamatnya di mana", ["jam buka kantor", "alamatnya di mana"]),
        ("batas bebas paket\ncara daftar imei", ["batas bebas paket", "cara daftar imei"]),
        ("batas paket berapa terus bayarnya di mana", ["batas paket berapa", "bayarnya di mana"]),
        ("1. berapa tarif tas 2. berapa tarif buku", ["berapa tarif tas", "berapa tarif buku"]),
        ("tarif tas impor dan cara bayar pajak", ["tarif tas impor", "cara bayar pajak"]),
        (
            "batas paket berapa pak? cara bayar pajak",
            ["batas paket berapa pak", "cara bayar pajak"],
        ),
    ],
)
def test_parts_stand_between_what_separates_questions(text: str, parts: list[str]) -> None:
    assert splits(text)[0] == parts


@pytest.mark.parametrize("text", ["", "halo min", "makasih ya kak", "berapa tarif tas", "? ? ?"])
def test_what_asks_one_thing_or_none_stays_whole(text: str) -> None:
    assert splits(text) == []


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("eh, kantor bea cukai makassar buka jam berapa?", True),
        ("cara lacak paket gimana", True),
        ("where is your office", True),
        ("NPD dari kantor pos", False),
        ("kuitansi pembayaran", False),
        ("apa min?", False),
    ],
)
def test_a_question_is_told_from_the_name_of_a_thing(text: str, question: bool) -> None:
    assert asks(text) is question


def test_nothing_is_taken_into_more_parts_than_can_be_answered() -> None:
    assert all(len(parts) <= MOST_PARTS for parts in splits("a b? " * 40))


@pytest.mark.parametrize(
    "text", ["bukan itu, yang paket", "maksud saya barang bawaan", "no, i mean my luggage"]
)
def test_a_correction_is_seen(text: str) -> None:
    assert corrects(text)


@pytest.mark.parametrize("text", ["berapa bukan", "apa maksud jalur merah", "batas paket?"])
def test_a_question_is_no_correction(text: str) -> None:
    assert not corrects(text)


@pytest.mark.parametrize(
    "text", ["kalau dua unit?", "syaratnya?", "terus bayar di mana", "and if?"]
)
def test_a_message_that_needs_the_one_before_leans(text: str) -> None:
    assert leans(text)


def test_a_long_message_stands_alone() -> None:
    assert not leans("kalau saya membeli dua unit telepon di singapura lalu pulang lewat batam")


@pytest.mark.parametrize(
    ("text", "told"),
    [("obat lewat paket", True), ("bawa obat", True), ("obat berapa banyak boleh", False)],
)
def test_the_way_in_is_told_or_not(text: str, told: bool) -> None:
    assert says_way(text) is told
