"""Long texts become messages of at most 1,600 characters, cut where a reader would breathe."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.splitting import LIMIT, length, split_text

SENTENCE = "Barang kiriman di atas batas dikenai bea masuk. "


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("text", ["", " ", "\n\t\n"])
def test_a_blank_text_gives_no_message(text: str) -> None:
    assert split_text(text) == []


@pytest.mark.parametrize("text", ["halo", "x" * LIMIT, "a\n\nb", "*tebal*\n- satu\n- dua"])
def test_a_text_that_fits_stays_as_it_is(text: str) -> None:
    assert split_text(text) == [text]


def test_one_character_more_makes_two_messages() -> None:
    assert [len(part) for part in split_text("x" * (LIMIT + 1))] == [LIMIT, 1]


def test_a_cut_falls_between_paragraphs_before_lines_before_sentences() -> None:
    paragraph = (SENTENCE * 22).strip()
    assert split_text(f"{paragraph}\n\n{paragraph}") == [paragraph, paragraph]
    line = (SENTENCE * 20).strip()
    assert split_text(f"{line}\n{line}") == [line, line]


def test_sentences_are_kept_whole() -> None:
    parts = split_text(SENTENCE * 100)
    assert len(parts) == 4
    assert all(part.endswith(".") and part.startswith("Barang") for part in parts)


def test_an_abbreviation_without_a_space_is_no_sentence_end() -> None:
    text = "PMK 96/2023.pdf " * 200
    assert all(not part.endswith("2023.") for part in split_text(text))


def test_a_sentence_in_quotes_or_bold_ends_after_the_mark() -> None:
    part = split_text(('Kata petugas "silakan datang." ' * 80).strip())[0]
    assert part.endswith('datang."')


def test_a_word_longer_than_a_message_is_cut_and_nothing_of_it_lost() -> None:
    parts = split_text("https://x.example/" + "a" * 5000)
    assert "".join(parts) == "https://x.example/" + "a" * 5000


def test_an_emoji_counts_two_as_twilio_counts_it_and_is_never_cut_in_half() -> None:
    assert length("😭") == 2
    parts = split_text("😭" * 1000)
    assert [len(part) for part in parts] == [800, 200]
    assert "".join(parts) == "😭" * 1000


texts = st.text(alphabet=st.sampled_from("ab.!? \n\"'*_)…é😭"), max_size=400) | st.text(
    max_size=300
)


@given(texts, st.integers(2, 60))
def test_every_part_fits_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(0 < length(part) <= limit for part in parts)
    assert all(part == part.strip() for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


@given(texts, st.integers(20, 60))
def test_words_that_fit_are_not_cut(text: str, limit: int) -> None:
    if all(length(word) <= limit // 2 for word in words(text)):
        assert words(" ".join(split_text(text, limit))) == words(text)
