"""Tables that people keep, out of CSV files and workbooks: texts by row, nothing worked out."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import range_boundaries

LARGEST_FILE = 4 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 40 * 1024 * 1024  # bytes of a workbook's parts together
MOST_ROWS = 2000  # with anything in them, on one sheet
MOST_COLUMNS = 40
LONGEST_CELL = 20_000  # characters
_LAST_ROW = 50_000  # empty rows count as well; what lies below is nobody's table
_WORKBOOK, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t"
_LOOKED_AT = 50  # rows, to tell the delimiter
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z]+\d+:[A-Z]+\d+)\"")


class TableRefusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"  # often a quotation mark that is never closed
    OLD_OFFICE = "old_office"  # .xls, or a workbook with a password
    BROKEN = "broken"


class NoTable(Exception):
    """The file can't be taken. `row` is the one that is too long or too much, 0 if none is."""

    def __init__(self, reason: TableRefusal, row: int = 0) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.row = row


@dataclass(frozen=True)
class Row:
    """A row with something in it. `number` is the one that the spreadsheet shows, from 1."""

    number: int
    cells: tuple[str, ...]
    worked_out: frozenset[int] = frozenset()  # columns that hold a formula or its error


@dataclass(frozen=True)
class Sheet:
    name: str  # empty in a CSV file
    rows: tuple[Row, ...]


def read_sheets(content: bytes) -> list[Sheet]:
    """The visible sheets that hold anything; a CSV file is one. Raises NoTable."""
    if len(content) > LARGEST_FILE:
        raise NoTable(TableRefusal.TOO_LARGE)
    if content.startswith(_OLD_OFFICE):
        raise NoTable(TableRefusal.OLD_OFFICE)
    if content.startswith(_WORKBOOK):
        sheets = _sheets_of_workbook(content)
    else:
        sheets = [Sheet("", _rows(_csv_rows(content)))]
    filled = [sheet for sheet in sheets if sheet.rows]
    if not filled:
        raise NoTable(TableRefusal.EMPTY)
    return filled


def _rows(rows: Iterable[tuple[list[str], frozenset[int]]]) -> tuple[Row, ...]:
    """The rows that hold anything, within the limits."""
    found: list[Row] = []
    for number, (cells, worked_out) in enumerate(rows, start=1):
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(found) == MOST_ROWS or number > _LAST_ROW:
            raise NoTable(TableRefusal.TOO_MANY_ROWS, number)
        if len(cells) > MOST_COLUMNS:
            raise NoTable(TableRefusal.TOO_MANY_COLUMNS, number)
        if max(map(len, cells)) > LONGEST_CELL:
            raise NoTable(TableRefusal.CELL_TOO_LONG, number)
        found.append(Row(number, tuple(cells), worked_out))
    return tuple(found)


def _tidy(text: str) -> str:
    """Without the marks that Excel leaves for line ends, and blanks around."""
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\xa0", " ").strip()


# --- CSV --------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[tuple[list[str], frozenset[int]]]:
    text = _decoded(content)
    if "\0" in text:
        raise NoTable(TableRefusal.BROKEN)
    first, _, rest = text.partition("\n")
    if told := re.fullmatch(r"sep=([,;\t])\r?", first):
        # Excel's own first line; it counts as a row.
        text, delimiter = f"\n{rest}", told[1]
    else:
        delimiter = _delimiter(text)
    try:
        for cells in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            yield [_tidy(cell) for cell in cells], frozenset()
    except csv.Error:
        raise NoTable(TableRefusal.BROKEN) from None


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 where its mark says so, else what Excel in Western settings writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one by which most of the first rows have equally many cells, and more than one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        try:
            first = [len(cells) for cells, _ in zip(reader, range(_LOOKED_AT), strict=False)]
        except csv.Error:
            return 0, 0
        [(cells, rows)] = Counter(n for n in first if n > 1).most_common(1) or [(0, 0)]
        return rows, cells

    return max(_DELIMITERS, key=agreement)


# --- workbooks --------------------------------------------------------------------------------


def _sheets_of_workbook(content: bytes) -> list[Sheet]:
    try:
        with ZipFile(BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                raise NoTable(TableRefusal.TOO_LARGE)
            # Read-only sheets don't tell what is merged, and others take all memory for it.
            reader = ExcelReader(BytesIO(content), read_only=True, keep_links=False)
            reader.read()
            parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
            return [
                Sheet(sheet.title, _rows(_sheet_rows(sheet, archive.read(parts[sheet.title]))))
                for sheet in reader.wb.worksheets
                if sheet.sheet_state == "visible"
            ]
    except NoTable:
        raise
    except BadZipFile:
        raise NoTable(TableRefusal.BROKEN) from None
    except Exception as error:  # openpyxl raises whatever the broken part led it to
        raise NoTable(TableRefusal.BROKEN) from error


def _sheet_rows(sheet: Any, part: bytes) -> Iterator[tuple[list[str], frozenset[int]]]:
    """Each row's texts; what is merged over several rows is in each of them."""
    merged = [range_boundaries(found.decode()) for found in _MERGED.findall(part)]
    falling = [(left, top, bottom) for left, top, _, bottom in merged if bottom > top]
    begun: dict[int, tuple[int, str, bool]] = {}  # column: last row, text, is it worked out
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        worked_out = {place for place, cell in enumerate(cells) if _is_worked_out(cell)}
        for left, top, bottom in falling:
            if top == number and left <= len(texts):
                begun[left - 1] = (bottom, texts[left - 1], left - 1 in worked_out)
        if any(texts):
            for place, (bottom, text, is_worked_out) in begun.items():
                if number <= bottom:
                    texts += [""] * (place + 1 - len(texts))
                    texts[place] = text
                    worked_out |= {place} if is_worked_out else set()
        yield texts, frozenset(worked_out)


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    return "" if value is None else _tidy(str(value))


def _is_worked_out(cell: Any) -> bool:
    return cell.value is not None and cell.data_type in ("f", "e")
