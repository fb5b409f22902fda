"""The printed table: every word on the paper, within its column, headings on every page."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.console.language import words_in
from bot.console.reports.blocks import Block, Column
from bot.console.reports.pdf_file import as_pdf, wrapped

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@given(st.text(), st.integers(1, 40))
def test_no_line_is_too_long_and_nothing_is_lost(text, width):
    lines = wrapped(text, width, len)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_long_table_goes_on_over_pages():
    block = Block("x", "Register", (Column("Nomor"), Column("Isi")), [("1", "kata " * 40)] * 200)
    printed = as_pdf(block, "", NOW, words_in("id"))
    assert printed.count(b"/Type /Page\n") > 3


def test_what_the_letters_of_a_pdf_lack_becomes_a_question_mark():
    block = Block("x", "Register", (Column("Isi"),), [("kapal 🚢 “baru” – 船",)])
    assert as_pdf(block, "", NOW, words_in("id")).startswith(b"%PDF")
