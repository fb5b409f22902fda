"""An editor imports a table as in a browser: refused, chosen, ticked, drafted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.console.browsing import PHONE
from tests.faq.office_tables import workbook

pytestmark = pytest.mark.browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = [
    ("Pertanyaan", "Jawaban"),
    *((f"Bagaimana mengurus barang nomor {n}?", f"Datang ke loket {n}.") for n in range(1, 6)),
    ("Tanpa jawaban?", None),
]


def choose(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("Berkas Excel").set_input_files(
        {"name": name, "mimeType": XLSX, "buffer": content}
    )
    page.get_by_role("button", name="Lihat isinya").click()


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_a_table_becomes_the_drafts_that_are_ticked(
    open_as: Callable[..., Page], database: None, size: tuple[int, int]
) -> None:
    page = open_as("dewi", size)
    page.goto("/console/import")
    choose(page, "foto.png", b"\x89PNG\0\0")
    expect(page.locator("[data-refusal]")).to_contain_text("tidak terbaca sebagai tabel")
    choose(page, "faq.xlsx", workbook(*ROWS))
    expect(page.get_by_role("heading", name="faq.xlsx")).to_be_visible()
    expect(page.get_by_text("Belum ada jawaban.")).to_be_visible()

    count, everything = page.locator("[data-take-count]"), page.get_by_label("Semua")
    expect(count).to_have_text("5")
    everything.uncheck()
    expect(count).to_have_text("0")
    expect(page.get_by_role("button", name="Buat draf")).to_be_disabled()
    for n in (2, 4):
        page.get_by_label(f"Buat draf: Bagaimana mengurus barang nomor {n}?").check()
    expect(count).to_have_text("2")
    assert everything.evaluate("box => box.indeterminate")
    page.get_by_role("button", name="Buat draf").click()

    expect(page.get_by_role("heading", name="2 draf dibuat")).to_be_visible()
    expect(count).to_have_text("3")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Bagaimana mengurus barang nomor 4?").first.click()
    expect(page.get_by_text("Datang ke loket 4.").first).to_be_visible()


def test_a_long_table_is_gone_through_page_by_page(
    open_as: Callable[..., Page], database: None
) -> None:
    page = open_as("dewi")
    page.goto("/console/import")
    many = [(f"Bagaimana mengurus barang {n}?", f"Datang ke loket {n}.") for n in range(1, 104)]
    choose(page, "faq.xlsx", workbook(ROWS[0], *many))
    count = page.locator("[data-take-count]")
    expect(count).to_have_text("100")
    page.get_by_label("Juga 3 di halaman lain").check()
    expect(count).to_have_text("103")
    page.get_by_label("Semua di halaman ini").uncheck()
    expect(count).to_have_text("3")
    page.get_by_role("button", name="Buat draf").click()
    expect(page.get_by_role("heading", name="3 draf dibuat")).to_be_visible()
    page.get_by_role("link", name="Berikutnya").click()
    expect(page.get_by_text("Halaman 2 dari 2")).to_be_visible()
    page.get_by_text("Tampilkan").click()
    last = page.locator(".entry").filter(has_text="Bagaimana mengurus barang 103?")
    expect(last).to_be_visible()
