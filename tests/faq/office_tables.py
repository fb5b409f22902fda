"""Tables as offices keep them: workbooks and CSV files, made for a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

HEADINGS = ("Pertanyaan", "Jawaban", "Judul", "Topik", "Dasar Hukum")


def workbook(
    *rows: Sequence[object], change: Callable[[Any], None] | None = None, title: str = "FAQ"
) -> bytes:
    """A workbook of one sheet with these rows; `change` gets the sheet before it is saved."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def csv_file(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return "".join(f"{line}{end}" for line in lines).encode(encoding)
