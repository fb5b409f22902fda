"""Cutting a long text into messages that WhatsApp takes."""

from __future__ import annotations

import re

LIMIT = 1600  # characters a message, Twilio's limit for WhatsApp text

# Where to cut, best first: between paragraphs, lines, sentences, words.
_BOUNDARIES = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])[\"')\]*_]*\s+"),
    re.compile(r"\s+"),
)


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """`text` as parts of at most `limit` characters, cut at the end of a sentence if one is.

    Nothing but white space at the cuts is lost. A blank text gives no part.
    """
    rest = text.strip()
    parts = []
    while length(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        parts.append(rest)
    return parts


def length(text: str) -> int:
    """Length as Twilio counts it: UTF-16 units, so that an emoji counts two."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, limit: int) -> int:
    """Where to end the first part."""
    reach = _within(text, limit)
    # A cut in the first half would leave a stub; then a lesser boundary further on is better.
    for boundary in _BOUNDARIES:
        ends = [m.end() for m in boundary.finditer(text, 0, reach + 1) if m.start() <= reach]
        if ends and ends[-1] > reach // 2:
            return ends[-1]
    return reach


def _within(text: str, limit: int) -> int:
    """How many characters of `text` fit in `limit` UTF-16 units."""
    units = 0
    for position, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > limit:
            return position
    return len(text)
