"""An article as the editor's form has it: what is not changed stays byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.fields import (
    NAMES,
    BadFields,
    Fields,
    Problem,
    fields_of,
    fields_of_revision,
    named,
    read_fields,
    source_of,
)
from bot.faq.publishing import revision_of
from knowledge_base.articles import parse_text, read_articles
from tests.faq.editors_texts import text_of

WHOLE = fields_of(text_of())
# Signs that mean something to YAML or Markdown, or end lines, and some letters.
SIGNS = "ab \t\n\r#-:'\"[]{}*&!|>%@`~?,=_<\x00\x85\u2028é😀0."
LINES = st.text(st.sampled_from(SIGNS), max_size=30)


@pytest.mark.slow
def test_no_byte_of_our_articles_changes_in_the_form() -> None:
    for article in read_articles():
        assert source_of(fields_of(article.source), article.source) == article.source


def test_what_the_form_does_not_show_stays() -> None:
    before = text_of().replace(
        "related: []", "advice:\n  id: Tutup teleponnya.\ntwin: imei_daftar\nrelated: []"
    )
    before = before.replace("title:", "covers: [lelang_kendaraan]\ntitle:")
    changed = parse_text(source_of(replace(fields_of(before), title="Lelang"), before))
    assert changed.title == "Lelang"
    assert changed.covers == ("lelang_kendaraan",)
    assert changed.front_matter["advice"] == {"id": "Tutup teleponnya."}
    assert changed.front_matter["twin"] == "imei_daftar"


def test_attachments_are_named_changed_and_left_out_again() -> None:
    attached = f"formulir.pdf {'a' * 64}\ncontoh-surat.pdf {'1' * 64}"
    source = source_of(replace(WHOLE, attachments=attached), text_of())
    assert source == text_of().replace(
        "related: []\n",
        f"related: []\nattachments:\n  formulir.pdf: {'a' * 64}\n"
        f'  contoh-surat.pdf: "{"1" * 64}"\n',
    )
    assert fields_of(source).attachments == attached
    assert source_of(WHOLE, source) == text_of()


@pytest.mark.parametrize("wrong", ["formulir.pdf", f"formulir.exe {'a' * 64}", "a.pdf segera"])
def test_an_attachment_that_is_none_is_told(wrong: str) -> None:
    with pytest.raises(BadFields) as bad:
        source_of(replace(WHOLE, attachments=wrong))
    assert bad.value.problems == {"attachments": Problem.NO_FILE}


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, LINES)))
def test_whatever_is_typed_is_read_back_as_it_was_or_refused(form: dict[str, str]) -> None:
    dates = {"valid_from": "2025-01-01", "valid_until": "", "review_by": "2027-01-01"}
    kept = {"id": "contoh", "group": "umum", "section": "PLI", "confidence": "tinggi"}
    filled = read_fields(form | dates | kept)
    try:
        source = source_of(filled)
    except BadFields as bad:
        assert set(bad.problems) <= {"title", "answer", "english", "ways", "attachments", ""}
        return
    assert fields_of(source) == filled


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"title": ""}, Problem.EMPTY),
        ({"id": "Dengan Spasi"}, Problem.NO_NAME),
        ({"group": "../lain"}, Problem.NO_NAME),
        ({"valid_from": "5 Maret"}, Problem.NO_DATE),
        ({"review_by": "2026-02-30"}, Problem.NO_DATE),
        ({"confidence": "yakin"}, Problem.NO_CHOICE),
        ({"ways": "x" * 1001}, Problem.TOO_LONG),
        ({"english": "a\n## b"}, Problem.HEADING),
    ],
)
def test_a_field_that_can_not_be_kept_is_named(changed: dict[str, str], problem: Problem) -> None:
    with pytest.raises(BadFields) as bad:
        source_of(replace(WHOLE, **changed))
    assert bad.value.problems == dict.fromkeys(changed, problem)


def test_lists_are_read_line_by_line_with_or_without_dashes() -> None:
    filled = read_fields({"ways": " - satu?\r\n\r\n• dua\r\n* tiga  \r\n-empat"})
    assert filled.ways == "satu?\ndua\ntiga\n-empat"


def test_a_name_is_made_from_the_title_where_none_was_given() -> None:
    filled = named(Fields(title="Biaya & cara: daftar IMEI, lengkap", group="Barang Kiriman"))
    assert (filled.id, filled.group) == ("biaya_cara_daftar_imei", "barang_kiriman")
    assert named(replace(filled, id="Lelang Ikut")).id == "lelang_ikut"


def test_a_revision_from_before_files_were_kept_has_its_fields_too() -> None:
    revision = revision_of(parse_text(text_of()), 1)
    revision.ways = []
    whole = fields_of_revision(revision)
    revision.source = ""
    assert replace(fields_of_revision(revision), ways=whole.ways) == whole
