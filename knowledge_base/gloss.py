"""Indonesian chat, word by word in plain English.

The encoder's sixteen languages have English but not Indonesian, and people here spell as they
like. `gloss.tsv` says what each word means, so that "brp", "berapa" and "brapa" are one word, and
one that the encoder knows. It was written by hand, for the words of the ways of asking.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "gloss.tsv"
_NO_MEANING = "-"  # of particles
_TOKEN = re.compile(r"[a-z']+|\d+|[?!.,]")
_ENDINGS = re.compile(r"(?:nya|ku|mu|kah|lah|mi|ji|ki'?|ta'?|an|i)$")
_DRAWN_OUT = re.compile(r"([a-z])\1+")
_VOWELS = re.compile(r"[aiueo]")


def gloss(text: str) -> str:
    """The text as telegraphic English; the text itself where nothing of it has a meaning."""
    words = [_meaning(token) for token in _TOKEN.findall(text.lower())]
    return " ".join(word for word in words if word != _NO_MEANING) or text


@cache
def fingerprint() -> str:
    """Changes whenever a gloss may: 8 hexadecimal digits."""
    sources = FILE.read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(sources).hexdigest()[:8]


def _meaning(word: str) -> str:
    """The word's gloss, or that of the word it is likely a spelling of, or the word."""
    known = _meanings()
    if word in known or not word[0].isalpha() or len(word) < 3:
        return known.get(word, word)
    once = _DRAWN_OUT.sub(r"\1", word)
    for likely in (once, _ENDINGS.sub("", once), _ENDINGS.sub("", word)):
        if likely in known:
            return known[likely]
    return _without_vowels().get(_bones(once), word)


@cache
def _meanings() -> dict[str, str]:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def _without_vowels() -> dict[str, str]:
    """Meanings by consonants, as chat shortens words; of several words the commonest's."""
    bones: dict[str, str] = {}
    for word, meaning in _meanings().items():
        bones.setdefault(_bones(word), meaning)
    return {key: meaning for key, meaning in bones.items() if len(key) > 2}


def _bones(word: str) -> str:
    return word[0] + _VOWELS.sub("", word[1:])
