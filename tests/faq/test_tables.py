"""An office's table is read as its people see it, and what can't be read is refused."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from bot.faq import tables
from bot.faq.tables import NoTable, Row, TableRefusal, read_sheets
from tests.faq.office_tables import csv_file, workbook


def cells(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    [sheet] = read_sheets(content)
    return [(row.number, row.cells) for row in sheet.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_is_read_however_it_was_saved(delimiter: str, encoding: str, end: str) -> None:
    question, answer = "Berapa, tepatnya; batasnya?", "USD 3 – “tiga” per kiriman"
    lines = [f"Pertanyaan{delimiter}Jawaban", f'"{question}"{delimiter}"{answer}"']
    assert cells(csv_file(*lines, encoding=encoding, end=end)) == [
        (1, ("Pertanyaan", "Jawaban")),
        (2, (question, answer)),
    ]


def test_commas_in_sentences_do_not_part_a_table_with_semicolons() -> None:
    lines = ["Tanya;Jawab"] + [f"Satu, dua, tiga, empat?;Ya, {n}, tentu, saja" for n in range(5)]
    assert {len(row) for _, row in cells(csv_file(*lines))} == {2}


def test_excels_own_first_line_says_the_delimiter_and_is_a_row() -> None:
    assert cells(csv_file("sep=;", "a,b;c")) == [(2, ("a,b", "c"))]


def test_a_cell_of_several_lines_is_one_cell_and_empty_rows_are_counted() -> None:
    content = csv_file("Tanya,Jawab", '"satu\r\ndua",tiga', ",,", " , ", "empat,lima")
    assert cells(content) == [
        (1, ("Tanya", "Jawab")),
        (2, ("satu\ndua", "tiga")),
        (5, ("empat", "lima")),
    ]


def test_a_workbooks_cells_are_texts_as_people_see_them() -> None:
    content = workbook(
        ("Tanya", "Jawab"),
        (date(2026, 11, 23), 12.0),
        ("00123", 3.5),
        (7, " b\xa0_x000D_\nc "),
        (True, None),
    )
    assert cells(content) == [
        (1, ("Tanya", "Jawab")),
        (2, ("2026-11-23", "12")),
        (3, ("00123", "3.5")),
        (4, ("7", "b \nc")),
        (5, ("True",)),
    ]


def test_what_is_merged_over_rows_is_in_each_of_them() -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("A1:C1")

    rows = [("Daftar",), ("IMEI", "a", "x"), (None, "b"), (None, "c"), (None, "d")]
    assert [row for _, row in cells(workbook(*rows, change=merge))] == [
        ("Daftar",),
        ("IMEI", "a", "x"),
        ("IMEI", "b"),
        ("IMEI", "c"),
        ("", "d"),
    ]


def test_a_formula_is_not_worked_out_but_named() -> None:
    content = workbook(("Tanya", "Jawab"), ("a", '=HYPERLINK("http://x.example")'), ("b", "#N/A"))
    [sheet] = read_sheets(content)
    assert sheet.rows[1] == Row(2, ("a", '=HYPERLINK("http://x.example")'), frozenset({1}))
    assert sheet.rows[2].worked_out == {1}


def test_in_a_csv_file_an_equals_sign_is_text() -> None:
    [sheet] = read_sheets(csv_file("a,b", "=1+1,c"))
    assert sheet.rows[1] == Row(2, ("=1+1", "c"), frozenset())


def test_sheets_that_are_hidden_or_empty_are_left_out() -> None:
    book = Workbook()
    book.active.title = "Kosong"
    for name, state in (("FAQ", "visible"), ("Rahasia", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(["a", "b"])
        sheet.sheet_state = state
    written = BytesIO()
    book.save(written)
    assert [sheet.name for sheet in read_sheets(written.getvalue())] == ["FAQ"]


def packed(**parts: bytes) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def long_table(rows: int) -> bytes:
    return csv_file("Tanya,Jawab", *(f"{n},b" for n in range(rows)))


@pytest.mark.parametrize(
    ("content", "reason", "row"),
    [
        (b"", TableRefusal.EMPTY, 0),
        (b" \n,,\n", TableRefusal.EMPTY, 0),
        (workbook(), TableRefusal.EMPTY, 0),
        (b"x" * (tables.LARGEST_FILE + 1), TableRefusal.TOO_LARGE, 0),
        (packed(a=b"\0" * (tables.LARGEST_UNPACKED + 1)), TableRefusal.TOO_LARGE, 0),
        (long_table(tables.MOST_ROWS), TableRefusal.TOO_MANY_ROWS, tables.MOST_ROWS + 1),
        (csv_file("a,b", "c," * 41 + "d"), TableRefusal.TOO_MANY_COLUMNS, 2),
        (csv_file("a,b", f"c,{'d' * 20_001}"), TableRefusal.CELL_TOO_LONG, 2),
        (csv_file("a,b", f'c,"{"d" * 140_000}'), TableRefusal.BROKEN, 0),
        (b"\xd0\xcf\x11\xe0 an old workbook", TableRefusal.OLD_OFFICE, 0),
        (b"\x89PNG\r\n\x1a\n\0\0", TableRefusal.BROKEN, 0),
        (packed(a=b"no workbook"), TableRefusal.BROKEN, 0),
        (workbook(("a", "b"))[:900], TableRefusal.BROKEN, 0),
    ],
    ids=lambda value: value.value if isinstance(value, TableRefusal) else "",
)
def test_what_is_no_table_is_refused_with_a_reason(
    content: bytes, reason: TableRefusal, row: int
) -> None:
    with pytest.raises(NoTable) as refused:
        read_sheets(content)
    assert (refused.value.reason, refused.value.row) == (reason, row)


def test_as_many_rows_as_are_allowed_are_read() -> None:
    assert len(cells(long_table(tables.MOST_ROWS - 1))) == tables.MOST_ROWS
