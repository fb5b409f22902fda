"""An office's table on its way to the phone: imported, mended, stopped by the gate, published."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.faq.office_tables import workbook
from tests.system import editors
from tests.system.service import Chat, Service, somebody
from tests.system.test_phone import ANSWERED_WITHIN, open_phone, theirs, write
from tests.system.windows import Windows

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(700)]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOURS = "kantor_jam_layanan"
# Answered by the office's hours; each applicant says that it helped, so it is remembered.
CONFIRMED = [
    "kantor bea cukai makassar buka jam berapa ya?",
    "jam buka kantor bea cukai makassar",
    "sabtu kantor bea cukai buka tidak?",
    "hari sabtu kantor buka ji?",
    "loket bea cukai tutup jam berapa?",
    "hari minggu kantornya buka?",
    "jam pelayanan loket kantor sampai pukul berapa?",
    "jam istirahat loket hari jumat",
    "jam kerja kantor bea cukai makassar",
    "kantor buka hari apa saja?",
]
TITLE = "Layanan Bea Cukai di Mal Panakkukang"
ANSWER = "Kami melayani di *Mal Panakkukang* lantai 2, Sabtu pukul 10.00-14.00 WITA."
LINK, OFFICIAL = "https://bit.ly/bc-mal", "https://bcmakassar.beacukai.go.id"
ELSEWHERE = "jam buka Bea Cukai"  # a way of asking for the office's hours
OWN = [
    "bea cukai ada di mal panakkukang?",
    "layanan bea cukai di mal hari sabtu jam berapa",
    "di mal mana bea cukai buka layanan",
    "gerai bea cukai di mal lantai berapa",
    "bisa urus bea cukai di mal panakkukang?",
    "mal panakkukang bea cukai buka jam berapa",
    "pojok layanan bea cukai di mal",
    "kalau di mal bisa urus apa saja",
]
NEXT = "gerai bea cukai di mal panakkukang buka jam berapa?"


@pytest.fixture
def remembered(twice: Service, trial_chat: Callable[[], Chat]) -> list[str]:
    """Ten questions that people asked and were helped with."""
    for question in CONFIRMED:
        chat = trial_chat()
        chat.ask(question)
        chat.ask("ya")
    rows = twice.rows(
        "SELECT text FROM remembered_question WHERE origin = 'confirmed' AND article_id = :id",
        id=HOURS,
    )
    assert {row["text"] for row in rows} >= set(CONFIRMED)
    return CONFIRMED


def table() -> bytes:
    asked = "\n".join([*OWN, ELSEWHERE, *CONFIRMED])
    return workbook(
        ("Judul", "Pertanyaan", "Jawaban", "Topik", "Dasar Hukum"),
        (TITLE, asked, f"{ANSWER}\n\n{LINK}", "kantor", "Perpres 21/2023"),
        (None, "Siapa nama kepala kantor?", None, "kantor", None),
    )


def test_a_table_is_mended_tried_and_published_and_the_next_message_gets_its_answer(
    twice: Service,
    windows: Windows,
    sign_in: Callable[..., Page],
    remembered: list[str],
    no_article_stays: None,
) -> None:
    windows.expect_status(409)  # what the gate refuses to publish
    fajar = somebody()
    phone = open_phone(windows, fajar)
    write(phone, remembered[2])
    expect(theirs(phone, "Apakah ini membantu?")).to_be_visible(timeout=ANSWERED_WITHIN)
    dewi, eko = sign_in("dewi"), sign_in("eko")

    import_table(dewi)
    mend_what_lint_says(dewi)
    editors.submit(dewi)
    expect(dewi.get_by_text("Menunggu tinjauan")).to_be_visible()

    editors.open_draft(eko, TITLE)
    editors.expect_tried(eko, "pertanyaan menjadi salah")
    editors.publish(eko)
    expect(eko.locator("#publish [data-refusal]")).to_contain_text(
        "Uji pertanyaan belum lulus", timeout=editors.DONE_WITHIN
    )
    see_who_steals(eko, remembered)
    eko.get_by_role("link", name="Draf ini").click()
    eko.get_by_role("button", name="Kembalikan").click()
    eko.get_by_label("Yang perlu diubah").fill("Jam kantor bukan urusan artikel ini.")
    eko.locator("#send-back").get_by_role("button", name="Kembalikan").click()
    expect(eko.get_by_text("Jam kantor bukan urusan artikel ini.")).to_be_visible()

    editors.open_draft(dewi, TITLE)
    expect(dewi.get_by_text("Jam kantor bukan urusan artikel ini.")).to_be_visible()
    dewi.get_by_role("link", name="Ubah draf").click()
    editors.write_ways(dewi, OWN)
    editors.submit(dewi)
    expect(dewi.get_by_text("Menunggu tinjauan")).to_be_visible()

    editors.open_draft(eko, TITLE)
    editors.see_gate(eko)
    for question in remembered:
        expect(editors.newly_wrong(eko, question)).to_have_count(0)
    editors.open_gate(eko, "Bukan tentang tabel ini.")
    editors.publish(eko)
    editors.expect_published(eko, "lantai 2")

    write(phone, NEXT)
    expect(theirs(phone, "lantai 2")).to_be_visible(timeout=ANSWERED_WITHIN)
    assert editors.given(twice, fajar)[-1] != HOURS


def import_table(page: Page) -> None:
    """Upload the table, look through it, and begin the draft that it can make."""
    editors.to(page, "/import")
    page.get_by_label("Berkas Excel").set_input_files(
        {"name": "tanya-jawab.xlsx", "mimeType": XLSX, "buffer": table()}
    )
    page.get_by_role("button", name="Lihat isinya").click()
    expect(page.get_by_text("Belum ada jawaban.")).to_be_visible()
    expect(page.locator("[data-take-count]")).to_have_text("1")
    page.get_by_role("button", name="Buat draf").click()
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.get_by_label("Judul")).to_have_value(TITLE)


def mend_what_lint_says(page: Page) -> None:
    """Meet the faults when sending to review, and mend them in the form."""
    editors.submit(page)
    expect(page.get_by_role("alert").first).to_contain_text("Masih ada yang perlu diperbaiki")
    expect(page.get_by_text(f"{LINK} bukan alamat resmi")).to_be_visible()
    expect(page.get_by_text(f"“{ELSEWHERE}” sudah menjadi cara bertanya")).to_be_visible()
    page.get_by_label("Jawaban", exact=True).fill(f"{ANSWER}\n\n{OFFICIAL}")
    editors.write_ways(page, [*OWN, *CONFIRMED])
    near = page.locator("[data-near-list]")
    expect(near).to_contain_text("mirip pertanyaan uji", timeout=ANSWERED_WITHIN)


def see_who_steals(page: Page, questions: list[str]) -> None:
    """The gate names each stolen question and the thief."""
    page.keyboard.press("Escape")
    editors.see_gate(page)
    for question in questions:
        expect(editors.newly_wrong(page, question)).to_contain_text(f"Direbut oleh {TITLE}")
