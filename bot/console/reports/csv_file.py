"""A block as CSV: UTF-8 with a mark that spreadsheets know, commas, moments in office time."""

from __future__ import annotations

import csv
from datetime import datetime
from io import StringIO

from bot.console.language import Words
from bot.console.reports.blocks import Block
from bot.console.reports.cells import Plain, harmless, heading, plain

MARK = "\ufeff"


def as_csv(block: Block, words: Words, now: datetime) -> bytes:
    """The block's table with its headings."""
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(heading(column, words, now) for column in block.columns)
    for row in block.rows:
        cells = zip(row, block.columns, strict=True)
        rows.writerow(_written(plain(value, column.kind)) for value, column in cells)
    return (MARK + written.getvalue()).encode()


def _written(value: Plain) -> str | int | float:
    if value is None:
        return ""
    return harmless(str(value)) if not isinstance(value, int | float) else value
