"""Blocks as a workbook, one sheet each. Texts are texts, whatever they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from textwrap import shorten
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.console.language import Words
from bot.console.reports.blocks import Block, Kind
from bot.console.reports.cells import begins_formula, heading, plain

_FORMATS = {Kind.DECIMAL: "0.0", Kind.SHARE: "0.0%", Kind.LENGTH: "0.0"}
_WIDTHS = {Kind.MOMENT: 20, Kind.DAY: 12}
_NARROWEST, _WIDEST = 12, 60  # characters of a column, which is as wide as its longest text
_LONGEST_TITLE = 31  # characters of a sheet's name


def as_xlsx(blocks: Sequence[Block], words: Words, now: datetime) -> bytes:
    """A workbook that holds each block's table on a sheet of its own."""
    workbook = Workbook(write_only=True)
    for block in blocks:
        title = shorten(block.title, _LONGEST_TITLE, placeholder="…")
        _fill(workbook.create_sheet(title), block, words, now)
    written = BytesIO()
    workbook.save(written)
    return written.getvalue()


def _fill(sheet: Any, block: Block, words: Words, now: datetime) -> None:
    sheet.freeze_panes = "A2"
    for place, column in enumerate(block.columns, start=1):
        width = _WIDTHS.get(column.kind, 14)
        if column.kind is Kind.TEXT:
            longest = max((len(str(row[place - 1])) for row in block.rows), default=0)
            width = min(_WIDEST, max(_NARROWEST, longest + 2))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_heading(sheet, heading(column, words, now)) for column in block.columns])
    for row in block.rows:
        cells = zip(row, block.columns, strict=True)
        sheet.append([_cell(sheet, value, column.kind) for value, column in cells])


def _heading(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, title)
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: object, kind: Kind) -> Any:
    """The plain value, or a cell where the value alone would be written wrongly.

    Styles are slow, so that only what needs one has it.
    """
    found = plain(value, kind)
    if isinstance(found, str) and begins_formula(found):
        cell = WriteOnlyCell(sheet, found)
        cell.data_type = "s"  # what somebody wrote, no formula
        cell.quotePrefix = True  # ... and it stays a text when the cell is edited
        return cell
    if kind in _FORMATS and found is not None:
        cell = WriteOnlyCell(sheet, found)
        cell.number_format = _FORMATS[kind]
        return cell
    return found
