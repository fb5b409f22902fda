"""The printed table: every word on the paper, within its column, headings on every page."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.language import words_in
from bot.console.reports.blocks import Block, Column
from bot.console.reports.pdf_file import as_pdf, shared, wrapped

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@given(st.text(), st.integers(1, 40))
def test_no_line_is_too_long_and_nothing_is_lost(text, width):
    lines = wrapped(text, width, len)
    assert all(len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_no_word_is_broken_while_the_paper_has_room_for_all():
    long = "Sudah kami cek ke seksi terkait. " * 10
    columns = [("Nomor", "MC-2026-000017"), ("Kanal", "WhatsApp"), ("Jawaban", long), ("Hasil", "")]
    widths = shared(120, columns, len)
    assert sum(widths) == pytest.approx(120)
    for texts, width in zip(columns, widths, strict=True):
        assert width > max(len(word) for text in texts for word in text.split())
    assert widths[2] == max(widths)


def test_a_word_without_end_leaves_room_for_its_neighbours():
    widths = shared(100, [("x" * 400,), ("y" * 400,), ("Terjawab",)], len)
    assert sum(widths) == pytest.approx(100)
    assert widths[2] > len("Terjawab")


def test_a_period_without_cases_says_so():
    printed = as_pdf(Block("x", "Register", (Column("Isi"),), []), "", NOW, words_in("id"))
    streams = re.findall(rb"stream\n(.*?)\nendstream", printed, re.DOTALL)
    assert b"Tidak ada data pada periode ini" in zlib.decompress(streams[0])


def test_a_long_table_goes_on_over_pages():
    block = Block("x", "Register", (Column("Nomor"), Column("Isi")), [("1", "kata " * 40)] * 200)
    printed = as_pdf(block, "", NOW, words_in("id"))
    assert printed.count(b"/Type /Page\n") > 3


def test_what_the_letters_of_a_pdf_lack_becomes_a_question_mark():
    block = Block("x", "Register", (Column("Isi"),), [("kapal 🚢 “baru” – 船",)])
    assert as_pdf(block, "", NOW, words_in("id")).startswith(b"%PDF")
