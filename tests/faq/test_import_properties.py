"""Whatever is uploaded is a table or is refused, and what is typed in its cells is kept."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.faq.import_articles import Defaults, changes, made
from bot.faq.import_rows import read_rows
from bot.faq.table_columns import Field
from bot.faq.tables import NoTable, Row, read_sheets
from knowledge_base.articles import ArticleFault, parse_text
from knowledge_base.writing import written
from tests.faq.office_tables import workbook

pytestmark = pytest.mark.slow

DEFAULTS = Defaults("umum", "PLI", "faq: 'kantor'.xlsx", date(2026, 11, 23))
SIGNS = ['"', "'", ";", ",", "\t", "\n", "=1+1", "- ", "---", "## ", ": ", "#", "🙂", "“", "  "]
CELL = st.lists(st.sampled_from(SIGNS) | st.text(max_size=6), max_size=5).map("".join)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5)


def tidied(cell: str) -> str:
    text = cell.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\xa0", " ").strip()


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda end: b"PK\x03\x04" + end))
@example(b"\xff\xfe\x00")
@example(b"PK\x03\x04")
@example(workbook(("a", "b"))[:-30])
def test_any_bytes_are_a_table_or_no_table(content: bytes) -> None:
    try:
        sheets = read_sheets(content)
    except NoTable:
        return
    assert all(any(row.cells) for sheet in sheets for row in sheet.rows)


@given(TABLE, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_spreadsheet_saves_as_csv_is_read_as_it_was(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    rows = [["a", "b", "c"], *([cell.replace("\0", "") for cell in row] for row in rows)]
    saved = StringIO()
    csv.writer(saved, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    [sheet] = read_sheets(f"sep={delimiter}\n{saved.getvalue()}".encode(encoding))
    expected = {
        number: [tidied(cell) for cell in row]
        for number, row in enumerate(rows, start=2)
        if any(tidied(cell) for cell in row)
    }
    found = {row.number: [*row.cells, *[""] * (3 - len(row.cells))] for row in sheet.rows}
    assert found == expected


@given(CELL, CELL, CELL)
def test_an_article_made_of_cells_says_what_they_say(
    question: str, answer: str, basis: str
) -> None:
    cells = tuple(tidied(cell) for cell in (question, answer, basis))
    fields = [Field.QUESTION, Field.ANSWER, Field.LEGAL_BASIS]
    for row in read_rows([Row(2, cells)], fields):
        if row.faults or not row.title or Field.ANSWER not in row.values:
            continue
        article = made("contoh", row.title, row.values, DEFAULTS)
        try:
            read = parse_text(written(article))
        except ArticleFault:
            assert "\0" in "".join(cells)
            continue
        assert read.answer == cells[1]
        assert read.title == row.title
        assert read.ways[0] == row.texts(Field.QUESTION)[0]
        assert read.legal_basis == row.texts(Field.LEGAL_BASIS)
        assert changes(article, read) == ()
