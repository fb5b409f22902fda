"""Asking a section, asking back, passing on and using the answer, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser

P2 = "Seksi Penindakan dan Penyidikan"


def escalate(ani: Page, to: str = "P2") -> None:
    ani.keyboard.press("s")
    ani.locator("#consult select").select_option(to)
    ani.locator("#consult .primary").click()
    expect(ani.locator("#facts .asked")).to_be_visible()


def test_one_step_asks_the_section_shares_what_was_ticked_and_holds_the_applicant_off(
    anis, open_as, said
):
    ani = anis("Boleh bawa 3 HP?")
    ani.keyboard.press("s")
    sheet = ani.locator("#consult")
    expect(sheet.locator("[name=question]")).to_have_value("Boleh bawa 3 HP?")
    sheet.locator("[name=question]").fill("Batas HP penumpang berapa?")
    sheet.locator("[name=holding_reply]").fill("Sebentar, kami tanyakan ke seksi.")
    sheet.locator("select").select_option("P2")
    sheet.locator("summary").click()
    sheet.locator(".share input").first.check()
    sheet.locator(".primary").click()
    expect(ani.locator("#facts .asked")).to_contain_text("1 pesan dibagikan")
    expect(ani.locator("#talk-head .state")).to_have_text("Di seksi")
    expect(ani.locator("#talk-head .deadline")).to_have_count(0)  # the promise is kept
    assert said() == ["Sebentar, kami tanyakan ke seksi."]
    budi = open_as("budi")
    budi.click(".card")
    expect(budi.locator("#question")).to_contain_text("Batas HP penumpang berapa?")
    expect(budi.locator(".shared-messages")).to_contain_text("Boleh bawa 3 HP?")


def test_asked_back_and_told_without_reloading_either_page(anis, open_as):
    ani = anis("Boleh bawa 3 HP?")
    escalate(ani)
    budi = open_as("budi")
    budi.click(".card")
    budi.click("text=Tanya balik PLI")
    budi.fill("#ask-back textarea", "Dari negara mana?")
    budi.click("#ask-back .primary")
    expect(budi.locator("#question .state")).to_have_text("Menunggu keterangan PLI")
    tell = ani.locator("#facts .tell textarea")
    expect(tell).to_be_visible()
    expect(ani.locator("#facts .remarks")).to_contain_text("Dari negara mana?")
    expect(ani.locator("#asked-back")).to_contain_text(f"{P2} bertanya balik")
    tell.fill("Dari Jepang.")
    ani.click("#facts .tell .button")
    expect(budi.locator("#answering .remarks")).to_contain_text("Dari Jepang.")
    expect(budi.locator("#question .deadline")).to_be_visible()


def test_a_thumb_tells_a_section_what_it_asked_back(anis, open_as):
    ani = anis("Boleh bawa 3 HP?", size=PHONE)
    escalate_by_hand(ani)
    budi = open_as("budi")
    budi.click(".card")
    budi.click("text=Tanya balik PLI")
    budi.fill("#ask-back textarea", "Dari negara mana?")
    budi.click("#ask-back .primary")
    ani.tap("#asked-back .button")
    ani.fill("#facts .tell textarea", "Dari Jepang.")
    ani.tap("#facts .tell .button")
    expect(budi.locator("#answering .remarks")).to_contain_text("Dari Jepang.")


def test_what_is_being_written_stays_while_the_page_refreshes(anis, open_as):
    ani = anis("Boleh bawa 3 HP?")
    escalate(ani)
    budi = open_as("budi")
    budi.click(".card")
    budi.fill("#reply", "Menurut aturan, pal")
    budi.reload()
    expect(budi.locator("#reply")).to_have_value("Menurut aturan, pal")


def test_a_question_goes_on_to_another_section_with_a_reason(anis, open_as):
    ani = anis("Boleh bawa 3 HP?")
    escalate(ani)
    budi, citra = open_as("budi"), open_as("citra")
    expect(citra.get_by_text("Tidak ada pertanyaan yang menunggu")).to_be_visible()
    budi.click(".card")
    budi.click(".other-ways >> text=Teruskan")
    budi.locator("#pass-on select").select_option("PKC")
    budi.fill("#pass-on textarea", "Ini soal pabean, bukan penindakan.")
    budi.click("#pass-on .primary")
    budi.wait_for_url("**/console/section")
    expect(budi.locator(".card.over")).to_contain_text("Diteruskan")
    card = citra.locator(".card").first
    expect(card).to_be_visible()
    card.click()
    expect(citra.locator(".passed")).to_contain_text("Ini soal pabean, bukan penindakan.")
    expect(ani.locator("#facts")).to_contain_text("Diteruskan ke Seksi Pelayanan")


def test_an_answer_becomes_the_officers_draft_and_is_not_sent(anis, open_as, said):
    ani = anis("Boleh bawa 3 HP?")
    escalate(ani)
    budi = open_as("budi")
    budi.click(".card")
    budi.fill("#reply", "Paling banyak dua.")
    budi.click("text=Kirim ke PLI")
    expect(ani.locator("#explained")).to_contain_text(f"{P2} sudah menjelaskan")
    expect(ani.locator("#reply")).to_have_value("Paling banyak dua.")
    ani.wait_for_timeout(300)
    assert len(said()) == 1  # the holding reply alone
    ani.fill("#reply", "")
    ani.reload()
    expect(ani.locator("#explained")).to_be_visible()
    expect(ani.locator("#reply")).to_have_value("")  # offered once; taken away is taken away
    ani.click("#explained >> text=Pakai sebagai draf")
    ani.press("#reply", "Enter")
    expect(ani.locator("#explained")).to_have_count(0)
    assert said()[1:] == ["Paling banyak dua."]


def test_a_draft_that_is_being_written_is_left_alone(anis, open_as):
    ani = anis("Boleh bawa 3 HP?")
    escalate(ani)
    ani.fill("#reply", "Selamat siang, ")
    budi = open_as("budi")
    budi.click(".card")
    budi.fill("#reply", "Paling banyak dua.")
    budi.click("text=Kirim ke PLI")
    expect(ani.locator("#explained")).to_be_visible()
    expect(ani.locator("#reply")).to_have_value("Selamat siang, ")
    ani.click("#explained >> text=Pakai sebagai draf")
    expect(ani.locator("#reply")).to_have_value("Selamat siang,\n\nPaling banyak dua.")


def test_the_head_decides(anis, open_as):
    ani = anis("Boleh dikecualikan?")
    escalate(ani, "head")
    eko = open_as("eko")
    eko.click(".places >> text=Keputusan")
    eko.click(".card")
    eko.fill("#reply", "Tidak dikecualikan.")
    eko.click("text=Kirim ke PLI")
    expect(ani.locator("#explained")).to_contain_text("Kepala Seksi sudah memutuskan")


def test_a_thumb_answers_a_question(consultation, open_as, the_consultation):
    asked = consultation("P2", "Boleh bawa 3 HP?")
    budi = open_as("budi", PHONE)
    budi.tap(".card")
    budi.fill("#reply", "Paling banyak dua.")
    budi.tap("text=Kirim ke PLI")
    budi.wait_for_url("**/console/section")
    assert the_consultation(asked).answer == "Paling banyak dua."


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_nothing_is_wider_than_the_screen(anis, open_as, size):
    ani = anis("Boleh bawa 3 HP? " * 12, size=size)
    escalate_by_hand(ani)
    budi = open_as("budi", size)
    budi.click(".card")
    assert_readable(budi)
    budi.click("text=Tanya balik PLI")
    assert_readable(budi)
    budi.fill("#ask-back textarea", "Dari negara mana? " * 20)
    budi.click("#ask-back .primary")
    expect(budi.locator("#answering .remarks")).to_be_visible()
    assert_readable(budi)
    budi.fill("#reply", "Paling banyak dua. " * 20)
    budi.click("text=Kirim ke PLI")
    expect(budi.locator(".card.over")).to_be_visible()
    expect(ani.locator("#explained")).to_be_visible()
    assert_readable(ani)


def escalate_by_hand(ani: Page) -> None:
    """By clicks, on a screen of any size, with everything shared."""
    ani.click("[data-opens=consult]")
    sheet = ani.locator("#consult")
    sheet.locator("select").select_option("P2")
    sheet.locator("summary").click()
    sheet.locator(".share input").first.check()
    assert_readable(ani)
    sheet.locator(".primary").click()
    expect(ani.locator("#talk-head .state")).to_have_text("Di seksi")


def test_messages_to_share_never_lie_over_each_other(anis, writes):
    for n in range(8):
        writes(f"{n}. " + "Paket saya dari Jepang tertahan dua minggu. " * 3, name="Fajar")
    ani = anis("Boleh bawa 3 HP?")
    ani.keyboard.press("s")
    ani.locator("#consult summary").click()
    assert ani.locator(".share").count() >= 8
    spilling = ".map((one) => one.scrollHeight - one.clientHeight).filter((by) => by > 1)"
    assert ani.evaluate(f"() => [...document.querySelectorAll('.share')]{spilling}") == []
