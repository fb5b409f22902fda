"""Whatever screens there are: an example for each, seen by somebody, complete in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.console.screens import CAST, EXAMPLES, addresses, fill_the_office, paths
from tests.console.test_language import translated

SPOKEN_ATTRIBUTES = {"title", "alt", "placeholder", "aria-label"}


class Said(HTMLParser):
    """What a page says to its reader, piece by piece, but for words that are data."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        self.pieces += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def said_by(page: str) -> Iterator[str]:
    reader = Said()
    reader.feed(page)
    for piece in reader.pieces:
        text = re.sub(r"\s+", " ", unescape(piece)).strip(" ,.:·")
        if text:
            yield text


def indonesian() -> tuple[set[str], re.Pattern[str]]:
    """What must not be said in English: words as they are, and those with places to fill."""
    differing = [text for text, english in translated().items() if text != english]
    english = set(translated().values())
    plain = {t.strip(" ,.:·") for t in differing if "{" not in t} - {
        e.strip(" ,.:·") for e in english
    }
    filled = [
        re.sub(r"\\{\w+\\}", ".+", re.escape(text.strip(" ,.:·")))
        for text in differing
        if re.search(r"[a-z]{4}", re.sub(r"{\w+}", "", text)) and "{" in text
    ]
    return plain, re.compile("|".join(filled))


@pytest.fixture
def office(ticket, consultation) -> None:
    fill_the_office(ticket, consultation)


def test_every_screen_that_names_a_record_has_an_example():
    assert [path for path in paths() if "{" in path and path not in EXAMPLES] == []


def test_every_screen_is_somebodys(as_, office):
    cast = [as_(username) for username in CAST]
    unseen = [
        address
        for address in addresses()
        if not any(member.get(address).status_code in (200, 303) for member in cast)
    ]
    assert unseen == []


@pytest.mark.parametrize("username", CAST)
def test_in_english_no_screen_says_anything_in_indonesian(as_, office, username):
    member = as_(username)
    member.post("/console/language", {"language": "en", "back": "/console/"})
    plain, filled = indonesian()
    found, pages = [], 0
    for address in addresses():
        answer = member.get(address)
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        pages += 1
        assert '<html lang="en"' in answer.text
        found += [(address, text) for text in said_by(answer.text) if text in plain]
        found += [(address, text) for text in said_by(answer.text) if filled.fullmatch(text)]
    assert pages >= 2
    assert found == []


def test_an_indonesian_piece_would_be_noticed():
    plain, filled = indonesian()
    assert "Antrean" in plain
    assert filled.fullmatch("Ditangani Ani Rahmawati")
    assert not filled.fullmatch("Handled by Ani Rahmawati")
    page = '<p title="Antrean">x</p><script>"Antrean"</script>'
    assert list(said_by(page)) == ["Antrean", "x"]
