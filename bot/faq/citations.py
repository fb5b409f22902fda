"""The regulations that a legal basis names: "PMK 96/2023 jo. PMK 4/2025 Pasal 29" names two.

A regulation is known by its kind, number and year. What stands between number and year adds
nothing to most (there is one PMK 57 of 2017, written PMK 57/PMK.04/2017), but says whose series a
PER, KEP or SE is of, so there it is part of the kind: PER-16/BC/2024 is of the kind PER/BC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_RANGE = 50  # regulations in one "16 s.d. 24/2025"; more is a slip of the pen

_WRITTEN_OUT = {
    "undang-undang": "UU",
    "peraturan pemerintah": "PP",
    "peraturan presiden": "Perpres",
    "keputusan presiden": "Keppres",
    "peraturan menteri keuangan": "PMK",
    "keputusan menteri keuangan": "KMK",
    "peraturan menteri perdagangan": "Permendag",
    "peraturan direktur jenderal bea dan cukai": "PER",
    "keputusan direktur jenderal bea dan cukai": "KEP",
    "surat edaran direktur jenderal bea dan cukai": "SE",
}
# Laws that articles call by their subject, with what amended them.
_BY_SUBJECT = {
    "UU Kepabeanan": "UU 10/1995 jo. UU 17/2006",
    "UU Cukai": "UU 11/1995 jo. UU 39/2007 jo. UU 7/2021",
}
_LONG_NAME = re.compile("|".join(_WRITTEN_OUT), re.IGNORECASE)
_SUBJECT = re.compile("|".join(_BY_SUBJECT))
_NUMBER_WORD = re.compile(r"\s*\b(?:nomor|no\.)\s*", re.IGNORECASE)
_YEAR_WORD = re.compile(r"\s+tahun\s+(?=\d)", re.IGNORECASE)

_IN_SERIES = ("PER", "KEP", "SE", "INS")  # numbered by each office that makes them
_KINDS = (
    r"UU|Perppu|PP|Perpres|Keppres|Inpres|PMK|KMK|Permen[a-z]+|Permendag|Kepmen[a-z]+"
    rf"|{'|'.join(_IN_SERIES)}|Peraturan\ [A-Z]{{3,}}"
)
# Without a kind it is of the same kind as the one before: "Permendag 18/2021 jo. 40/2022".
_NAMED = re.compile(
    rf"""
    (?: \b(?P<kind>{_KINDS}) [\s-]+ | (?<![\w/.-]) )
    (?: (?P<first>\d{{1,4}}) \s* s\.d\. \s* )?
    (?P<number>\d{{1,4}}) (?P<between>(?:/[A-Z][A-Z0-9.]*)*) /(?P<year>(?:19|20)\d\d) (?![\w/])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, order=True)
class Citation:
    """A regulation as something names it; equal to every other name of the same regulation."""

    kind: str  # PMK, UU, PER/BC, Peraturan BPOM
    number: int
    year: int
    name: str = field(compare=False)  # PMK 57/PMK.04/2017


@lru_cache(maxsize=8192)
def citations(text: str) -> tuple[Citation, ...]:
    """The regulations that the text names, each once, in the order in which it names them."""
    found: dict[Citation, None] = {}
    kind = ""
    for match in _NAMED.finditer(_in_short(text)):
        kind = match["kind"] or kind
        found |= dict.fromkeys(_read(kind, match))
    return tuple(found)


def cited_in(legal_basis: Iterable[object]) -> frozenset[Citation]:
    """All regulations that an article's legal basis names."""
    return frozenset(citation for line in legal_basis for citation in citations(str(line)))


def _in_short(text: str) -> str:
    """The text with "Undang-Undang Nomor 17 Tahun 2006" as UU 17/2006."""
    text = _LONG_NAME.sub(lambda found: _WRITTEN_OUT[found.group().lower()], text)
    text = _SUBJECT.sub(lambda found: _BY_SUBJECT[found.group()], text)
    return _YEAR_WORD.sub("/", _NUMBER_WORD.sub(" ", text))


def _read(kind: str, match: re.Match[str]) -> Iterator[Citation]:
    between, year, last = match["between"], int(match["year"]), int(match["number"])
    first = int(match["first"] or last)
    if not kind or last - first >= LONGEST_RANGE or (kind in _IN_SERIES and not between):
        return
    of_series = kind in _IN_SERIES or between.startswith("/KM.")
    sign = "-" if kind in _IN_SERIES else " "
    for number in range(first, last + 1):
        yield Citation(
            kind=f"{kind}{between}" if of_series else kind,
            number=number,
            year=year,
            name=f"{kind}{sign}{number}{between}/{year}",
        )
