"""The loop: what nobody's article answered is answered by an officer, and then by the bot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.system import editors
from tests.system.service import Service, somebody, wait_for
from tests.system.test_desk import bubble, open_row
from tests.system.test_phone import ANSWERED_WITHIN, open_phone, theirs, write
from tests.system.windows import POCKET, Windows

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(700)]

QUESTION = "boleh undang anjing pelacak bea cukai tampil di acara sekolah kami?"
OTHER_WORDS = "min, bisa minta atraksi K9 buat pentas di SMP kami gak?"
FOR_THE_SECTION = "Bisakah unit K-9 tampil di acara sekolah?"
EXPLAINED = (
    "Unit K-9 bisa tampil di sekolah bila jadwalnya kosong. Ajukan surat permohonan paling "
    "lambat 14 hari sebelumnya, dengan tanggal, tempat dan jumlah peserta."
)
TITLE = "Undang unit K-9 ke acara sekolah"
WAYS = [
    "cara undang unit K9 bea cukai ke sekolah",
    "bisa minta atraksi anjing pelacak untuk acara sekolah?",
    "mau undang K-9 bea cukai untuk pentas di SMA kami",
    "apakah anjing pelacak bisa didatangkan ke sekolah kami",
    "permohonan atraksi K9 di sekolah ke mana",
    "sekolah kami ingin melihat demo anjing pelacak bea cukai",
    "berapa lama sebelumnya ajukan surat undang K9",
    "syarat minta pertunjukan anjing pelacak di TK",
]


def test_an_unanswered_question_becomes_an_article_that_answers_it_in_other_words(
    twice: Service, windows: Windows, sign_in: Callable[..., Page], no_article_stays: None
) -> None:
    fajar = somebody()
    phone = open_phone(windows, fajar)
    write(phone, QUESTION)
    ticket = wait_for("a ticket", lambda: twice.tickets(fajar))[0]
    assert ticket["reason"] == "no_answer"

    ani = sign_in("ani")
    open_row(ani, ticket["number"])
    take_and_consult(ani)
    explain(sign_in("budi", size=POCKET), ticket["number"])
    pass_on(ani)
    expect(theirs(phone, "paling lambat 14 hari")).to_be_visible(timeout=ANSWERED_WITHIN)
    mark(ani)

    dewi = sign_in("dewi")
    editors.to(dewi, "/inbox")
    dewi.get_by_role("link", name=QUESTION).click()
    expect(dewi.locator(".answer-text")).to_contain_text(EXPLAINED)
    dewi.get_by_role("button", name="Mulai draf artikel").click()
    complete(dewi)

    eko = sign_in("eko")
    editors.open_draft(eko, TITLE)
    editors.see_gate(eko)
    editors.open_gate(eko, "Bukan tentang unit K-9.")
    editors.publish(eko)
    editors.expect_published(eko, "14 hari")

    another = open_phone(windows, somebody())
    write(another, OTHER_WORDS)
    answer = theirs(another, "paling lambat 14 hari")
    expect(answer).to_be_visible(timeout=ANSWERED_WITHIN)
    expect(answer).to_contain_text("Apakah ini membantu?")


def take_and_consult(page: Page) -> None:
    """The officer takes the ticket and asks the section, with a holding reply."""
    page.keyboard.press("t")
    expect(page.locator("textarea#reply")).to_be_visible()
    page.keyboard.press("s")
    sheet = page.locator("dialog#consult")
    sheet.locator("select").select_option("P2")
    sheet.locator("[name=question]").fill(FOR_THE_SECTION)
    sheet.get_by_role("button", name="Tanyakan dan balas").click()
    expect(sheet).to_be_hidden()


def explain(page: Page, number: str) -> None:
    """The section's person answers on a phone."""
    page.locator(".card").filter(has_text=number).click()
    expect(page.locator(".question-text")).to_have_text(FOR_THE_SECTION)
    page.locator("textarea#reply").fill(EXPLAINED)
    page.get_by_role("button", name="Kirim ke PLI").click()
    expect(page.locator(".card.over").filter(has_text=number)).to_be_visible()


def pass_on(page: Page) -> None:
    """The officer sends what the section explained."""
    page.get_by_role("button", name="Pakai sebagai draf").first.click()
    expect(page.locator("textarea#reply")).to_have_value(EXPLAINED)
    page.keyboard.press("Control+Enter")


def mark(page: Page) -> None:
    """The officer wants that reply to be an article."""
    sent = bubble(page, "officer", "paling lambat 14 hari")
    sent.get_by_role("link", name="Jadikan FAQ").click()
    page.get_by_role("button", name="Kirim ke editor").click()
    expect(sent.get_by_role("link", name="Ditandai untuk FAQ")).to_be_visible()


def complete(page: Page) -> None:
    """The editor gives the draft what the conversation could not, and sends it to review."""
    expect(page.get_by_label("Jawaban", exact=True)).to_have_value(EXPLAINED)
    expect(page.get_by_label("Cara bertanya", exact=True)).to_have_value(QUESTION)
    page.get_by_label("Judul").fill(TITLE)
    editors.write_ways(page, [QUESTION, *WAYS])
    editors.submit(page)
    expect(page.get_by_role("alert").first).to_contain_text("Masih ada yang perlu diperbaiki")
    page.get_by_label("Dasar hukum").fill("UU 17/2006")
    editors.submit(page)
    expect(page.get_by_text("Menunggu tinjauan")).to_be_visible()
