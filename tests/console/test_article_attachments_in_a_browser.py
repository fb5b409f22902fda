"""Attaching a PDF to an article in a real browser: nothing that was typed gets lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.faq.fields import fields_of
from knowledge_base.attachments import sum_of
from tests.console.axe import violations
from tests.console.browsing import PHONE, assert_readable
from tests.console.test_articles import draft, text_now

__all__ = ["draft"]

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
EDIT = "/console/articles/lelang_ikut/edit"
PDF, NEWER = b"%PDF-1.7 formulir", b"%PDF-1.7 formulir baru"


def choose(page: Page, name: str, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Lampirkan PDF").click()
    file = {"name": name, "mimeType": "application/pdf", "buffer": content}
    chooser.value.set_files([file])


def test_a_pdf_is_attached_shown_replaced_saved_and_left_out(open_as: Open, draft: object) -> None:
    page = open_as("dewi")
    page.goto(EDIT)
    page.get_by_label("Jawaban", exact=True).fill("Isi formulir ini.")
    choose(page, "virus.pdf", b"MZ")
    refusal = page.locator("[data-attaching] [data-refusal]")
    expect(refusal).to_contain_text("virus.pdf tidak dilampirkan")
    choose(page, "Formulir Lelang.pdf", PDF)
    expect(refusal).to_be_hidden()
    listed = page.locator("[data-attached] li")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Formulir-Lelang.pdf")
    bubbles = page.locator('[data-preview="id"] .bubble')
    expect(bubbles).to_have_count(2)
    expect(bubbles.nth(1)).to_contain_text("Formulir-Lelang.pdf")
    choose(page, "Formulir Lelang.pdf", NEWER)
    expect(bubbles.nth(1).locator("a")).to_have_attribute(
        "href", f"/console/attachments/{sum_of(NEWER)}/Formulir-Lelang.pdf"
    )
    expect(listed).to_have_count(1)
    expect(page.get_by_label("Jawaban", exact=True)).to_have_value("Isi formulir ini.")
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.get_by_text("Tersimpan sebagai draf")).to_be_visible()
    saved = fields_of(text_now("lelang_ikut"))
    assert saved.attached == {"Formulir-Lelang.pdf": sum_of(NEWER)}
    assert saved.answer == "Isi formulir ini."

    page.get_by_role("button", name="Buang Formulir-Lelang.pdf").press("Enter")
    expect(listed).to_have_count(0)
    expect(page.get_by_role("button", name="Lampirkan PDF")).to_be_focused()
    expect(bubbles).to_have_count(1)
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.get_by_text("Tersimpan sebagai draf")).to_be_visible()
    assert fields_of(text_now("lelang_ikut")).attached == {}


def test_an_unsaved_pdf_comes_back_with_what_was_typed_and_a_fourth_has_no_room(
    open_as: Open, draft: object
) -> None:
    page = open_as("dewi", PHONE)
    page.goto(EDIT)
    listed = page.locator("[data-attached] li")
    for n in range(1, 4):
        choose(page, f"formulir-{n}.pdf", PDF + bytes([48 + n]))
        expect(listed).to_have_count(n)
    expect(page.get_by_role("button", name="Lampirkan PDF")).to_be_hidden()
    page.goto("/console/articles")
    page.goto(EDIT)
    expect(page.get_by_text("dikembalikan ke kolom")).to_be_visible()
    expect(listed).to_have_count(3)
    expect(listed.nth(0)).to_contain_text("18 Bytes")
    page.get_by_role("button", name="Buang formulir-2.pdf").click()
    expect(page.get_by_role("button", name="Lampirkan PDF")).to_be_visible()
    expect(listed).to_have_count(2)
    assert_readable(page)
    assert violations(page, EDIT) == []
