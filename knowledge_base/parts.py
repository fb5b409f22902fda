"""A message that asks several things, taken apart at what people write between two questions."""

from __future__ import annotations

import re

MOST_PARTS = 4
# A message is taken apart when no single article is surer than this, and each of its parts has one
# that is as sure as that. Chosen so that hardly a message with one question is taken apart.
WHOLE_BELOW, PART_FROM = 0.985, 0.97
_FEWEST_WORDS = 3

# The first that yields parts counts: an end of a question says more than an "and".
_SEPARATORS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\n+|[?]+\s*|;\s*",
        r"(?:^|\s)(?:\d{1,2}[.)]|[-•*])\s+",
        r"[?.!,;]*\s+(?:(?:dan|sama|and)\s+)?\b(?:terus|trus|trs|truz|lalu|kemudian|satu lagi|"
        r"sekalian|oh iya|oiya|btw|selain itu|plus|also|then|one more)\b[,:]?\s+",
        r"[.!]\s+",
        r",?\s+\b(?:dan|dn|sama|serta|and|juga)\b\s+|,\s+",
    )
)
_COURTESY = re.compile(
    r"^(?:halo|hai|hi|hello|pagi|siang|sore|malam|selamat|permisi|assalamualaikum|tabe|min|admin|kak|"
    r"pak|bu|mau|tanya|nanya|bertanya|makasih|terima|kasih|thanks|thank|you|please|dong|ya|yah)+$",
    re.IGNORECASE,
)


def splits(text: str) -> list[list[str]]:
    """Ways to take the text apart, each into 2 to 4 parts, the likeliest first."""
    found = []
    for separator in _SEPARATORS:
        parts = [part.strip(" ,.;:") for part in separator.split(text)]
        parts = [part for part in parts if asks(part)]
        if 2 <= len(parts) <= MOST_PARTS and parts not in found:
            found.append(parts)
    return found


_CUE = re.compile(
    r"\b(?:apa\w*|ap|berapa\w*|brp\w*|brapa|bagaimana|gimana|gmn|bgmn|kenapa|knp|mengapa|kapan|"
    r"(?:di|ke) ?mana|dmn|kmn|mana|siapa|boleh\w*|bisa\w*|bs|cara\w*|syarat\w*|perlu\w*|harus\w*|"
    r"kena\w*|jam|alamat\w*|batas\w*|tarif\w*|biaya\w*|kah|berlaku|ada|"
    r"how|what|when|where|who|can|do|does|is|are)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Whether the text has the words of a question, and something that it asks about."""
    if not _CUE.search(text):
        return False
    words = [word for word in re.findall(r"[\w'-]+", text) if not _COURTESY.match(word)]
    return len(words) >= _FEWEST_WORDS
