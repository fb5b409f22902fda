"""Words in plain English: spellings of one word are one word, and unknown ones stay."""

from __future__ import annotations

import pytest

from knowledge_base.gloss import FILE, gloss


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("brp batas paket", "berapa batas paket"),
        ("gmn cara daftar imei", "bagaimana cara daftar imei"),
        ("kirimanku tertahan", "paketku ditahan"),
        ("pakett saya", "paket saya"),
        ("paketku kok blm keluar ya kak", "paketku belum keluar"),
    ],
)
def test_spellings_of_one_word_have_one_gloss(written: str, meant: str) -> None:
    assert gloss(written) == gloss(meant)


def test_a_question_becomes_telegraphic_english() -> None:
    assert gloss("Berapa batas bebas bea masuk?").split()[-1] == "?"
    assert {"duty", "import"} <= set(gloss("bea masuk").split())


@pytest.mark.parametrize("text", ["zxqwv", "GFDJKL 778", "kak", "", "   ", "🙏", "日本"])
def test_what_has_no_meaning_stays_as_it_is(text: str) -> None:
    assert gloss(text).lower() == text.lower()


def test_every_line_is_a_word_and_its_meaning_and_none_stands_twice() -> None:
    lines = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert all(
        len(line) == 2 and all(part.strip() == part != "" for part in line) for line in lines
    )
    words = [word for word, _ in lines]
    assert len(set(words)) == len(words)
    assert words == [word.lower() for word in words]
