"""Which language a message is in, by its everyday words; the person's own when they don't say."""

from __future__ import annotations

import pytest

from bot.faq.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("berapa batas bebas bea masuk barang kiriman?", "id"),
        ("what is the duty free limit for parcels?", "en"),
        ("How do I register my phone", "en"),
        ("min, paket sy kok blm sampai", "id"),
        ("paket import dari China kena tax berapa", "id"),
        ("do I need to pay bea masuk for my paket", "en"),
    ],
)
@pytest.mark.parametrize("preferred", ["id", "en"])
def test_the_words_decide_whatever_the_person_prefers(
    text: str, language: str, preferred: str
) -> None:
    assert language_of(text, preferred) == language


@pytest.mark.parametrize("text", ["", "IMEI", "2", "😭", "iphone 15 pro max"])
@pytest.mark.parametrize("preferred", ["id", "en"])
def test_without_telling_words_the_persons_preference_decides(text: str, preferred: str) -> None:
    assert language_of(text, preferred) == preferred
