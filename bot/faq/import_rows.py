"""What the rows of an office's table say about articles, each fault with its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from bot.faq.table_columns import DATES, LISTS, Field
from bot.faq.tables import Row

Value = str | date | tuple[str, ...]

# By the first three letters, in both languages.
_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "mei": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "agu": 8,
    "ags": 8,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "nop": 11,
    "des": 12,
    "dec": 12,
}
_ID = re.compile(r"[a-z0-9_]+")


class RowFaultKind(StrEnum):
    NOTHING_ASKED = "nothing_asked"  # neither a title nor a question
    NO_ANSWER = "no_answer"  # and no article that has one
    DIFFERS = "differs"  # from an earlier row about the same article; `detail` is its number
    NO_DATE = "no_date"
    WORKED_OUT = "worked_out"  # a formula, which nobody works out here
    BAD_ID = "bad_id"
    HEADING = "heading"  # a line of an answer begins a section
    UNREADABLE = "unreadable"  # `detail` says why


@dataclass(frozen=True)
class RowFault:
    """What has to be mended in the table before this row can be used."""

    row: int
    kind: RowFaultKind
    field: Field | None = None
    detail: str = ""


@dataclass(frozen=True)
class ReadRow:
    """A row by what its columns hold; cells that are empty are left out."""

    number: int
    values: Mapping[Field, Value]
    faults: tuple[RowFault, ...]

    def text(self, field: Field) -> str:
        return str(self.values.get(field, ""))

    def texts(self, field: Field) -> tuple[str, ...]:
        value = self.values.get(field, ())
        return value if isinstance(value, tuple) else (str(value),)

    @cached_property
    def title(self) -> str:
        """The title, else the first question."""
        return self.text(Field.TITLE) or next(iter(self.texts(Field.QUESTION)), "")


def read_rows(rows: Sequence[Row], columns: Sequence[Field | None]) -> list[ReadRow]:
    """The rows in which any of the columns holds something."""
    found = (_read(row, columns) for row in rows)
    return [row for row in found if row.values or row.faults]


def _read(row: Row, columns: Sequence[Field | None]) -> ReadRow:
    values: dict[Field, Value] = {}
    faults = []
    for place, (cell, field) in enumerate(zip(row.cells, columns, strict=False)):
        if field is None or not cell:
            continue
        if place in row.worked_out:
            faults.append(RowFault(row.number, RowFaultKind.WORKED_OUT, field, cell))
            continue
        kind, value = _value(field, cell)
        if kind is not None:
            faults.append(RowFault(row.number, kind, field, cell))
        elif isinstance(value, tuple):
            values[field] = (*values.get(field, ()), *value)  # type: ignore[misc]
        else:
            values[field] = value
    read = ReadRow(row.number, values, tuple(faults))
    if values and not faults and not read.title and Field.ID not in values:
        nothing = RowFault(row.number, RowFaultKind.NOTHING_ASKED)
        return ReadRow(row.number, values, (nothing,))
    return read


def _value(field: Field, cell: str) -> tuple[RowFaultKind | None, Value]:
    """What the cell holds, or what is wrong with it."""
    if field in LISTS:
        return None, _listed(field, cell)
    if field in DATES:
        day = as_date(cell)
        return (None, day) if day else (RowFaultKind.NO_DATE, cell)
    if field in (Field.ANSWER, Field.ANSWER_EN):
        return (RowFaultKind.HEADING if "\n## " in f"\n{cell}" else None), cell
    line = " ".join(cell.split())
    if field is Field.ID:
        article_id = re.sub(r"[\s-]+", "_", line.casefold())
        return (None if _ID.fullmatch(article_id) else RowFaultKind.BAD_ID), article_id
    return None, line


def _listed(field: Field, cell: str) -> tuple[str, ...]:
    """A line each; where no sentences are expected, a semicolon parts as well."""
    parts = re.split(r"\n" if field is Field.QUESTION else r"[\n;]", cell)
    stripped = (" ".join(re.sub(r"^\s*(?:[-•*]|\d+[.)])\s+", "", part).split()) for part in parts)
    return tuple(dict.fromkeys(part for part in stripped if part))


def as_date(text: str) -> date | None:
    """A day as people write it: 2027-02-28, 28/2/2027, 28 Februari 2027. None if it is no day."""
    text = text.strip().casefold()
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00:00)?", text):
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        day, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\s+([a-z]{3,})\.?\s+(\d{4})", text):
        day, month, year = int(found[1]), _MONTHS.get(found[2][:3], 0), int(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
