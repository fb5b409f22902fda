"""What somebody looks for: words, a telephone number, a ticket's number."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORTEST_PREFIX = 3  # letters; a shorter word is looked for as a whole
SHORTEST_NUMBER = 4  # digits of a telephone number
LONGEST = 200
EXCERPT = 180  # letters

_TICKET = re.compile(r"(?:MC)?[-\s]*(?:(\d{4})[-\s]+)?0*(\d{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """The words as they were typed."""

    text: str

    @property
    def words(self) -> list[str]:
        return [word for word in self.text.split() if re.search(r"\w", word)]

    @property
    def tsquery(self) -> str:
        """For PostgreSQL's to_tsquery: every word, by its beginning; empty if there is none."""
        return " & ".join(_quoted(word) for word in self.words)

    @property
    def phone(self) -> str:
        """Digits of a telephone number as WhatsApp has it: 0811... is 62811...; else empty."""
        if re.search(r"[^\d\s()+.\-]", self.text):
            return ""
        digits = re.sub(r"\D", "", self.text)
        if len(digits) < SHORTEST_NUMBER:
            return ""
        return f"62{digits[1:]}" if digits.startswith("08") else digits

    @property
    def ticket(self) -> tuple[int | None, int] | None:
        """Year, if one was given, and number of a ticket: MC-2026-000123, 2026-123 or 123."""
        match = _TICKET.fullmatch(self.text)
        if match is None:
            return None
        return (int(match[1]) if match[1] else None), int(match[2])

    def pieces(self, body: str) -> list[tuple[str, bool]]:
        """An excerpt of `body` around the first hit, cut up; True marks what was looked for."""
        hit = self._pattern().search(body)
        start = max(0, hit.start() - EXCERPT // 3) if hit else 0
        excerpt = " ".join(body[start : start + EXCERPT].split())
        before = "…" if start else ""
        after = "…" if start + EXCERPT < len(body) else ""
        cut = self._pattern().split(f"{before}{excerpt}{after}")
        return [(text, position % 2 == 1) for position, text in enumerate(cut) if text]

    def _pattern(self) -> re.Pattern[str]:
        words = sorted(map(re.escape, self.words), key=len, reverse=True)
        return re.compile(rf"(?<!\w)({'|'.join(words)})" if words else r"(?!)()", re.IGNORECASE)


def read_query(asked: str) -> Query:
    """The query of an address, cleaned."""
    return Query(" ".join(asked.replace("\x00", " ")[:LONGEST].split()))


def _quoted(word: str) -> str:
    """The word for to_tsquery, whatever signs it has; parsed as the texts themselves are."""
    quoted = "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
    return f"{quoted}:*" if len(word) >= SHORTEST_PREFIX else quoted
