"""The console in a real browser: what stays true by itself, what is kept, what a thumb reaches."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bot import clock
from bot.db import transaction
from bot.desk import telling
from bot.models import Regulation
from tests.cited import register_id
from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser

SOON = 2000  # ms


@pytest.mark.timed
def test_a_new_ticket_appears_in_an_open_queue_within_two_seconds(open_as, ticket):
    page = open_as("ani")
    expect(page.get_by_text("Tidak ada yang menunggu")).to_be_visible()
    page.wait_for_timeout(300)  # the stream is open
    ticket("paket saya belum keluar", name="Fajar")
    expect(page.get_by_text("paket saya belum keluar")).to_be_visible(timeout=SOON)
    assert page.title().startswith("(1) ")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_what_is_told_in_passing_covers_neither_who_holds_nor_what_can_be_done(anis, open_as, size):
    for page in (anis(size=size), open_as("ali", size)):
        page.goto("/console/tickets/1")
        page.evaluate("toast('Belum termuat. Coba lagi sebentar lagi.')")
        toast, composer = (page.locator(one).bounding_box() for one in ("#toast", "#composer"))
        assert toast["y"] + toast["height"] <= composer["y"]


def test_a_request_to_agree_to_is_counted_on_an_open_page(open_as, writes, staff):
    page = open_as("eko")
    badge = page.locator("#to-agree .count")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    assert badge.count() == 0
    number = register_id("PMK 96/2023")
    people = [writes("halo")]
    with transaction() as session:
        regulation = session.get_one(Regulation, number)
        said = telling.Wording("Aturannya berubah.")
        asked = telling.ask(session, regulation, people, said, staff("dewi"), clock.now()).id
    expect(badge).to_have_text("1")
    assert_readable(page)
    with transaction() as session:
        telling.agree(session, asked, staff("admin"), clock.now())
    expect(badge).to_have_count(0)


@pytest.mark.timed
def test_a_new_message_appears_and_what_is_being_written_stays(anis, writes):
    page = anis()
    page.fill("#reply", "Baik Pak, seb")
    page.focus("#reply")
    page.wait_for_timeout(300)
    writes("halo? masih di sana?", name="Fajar")
    with transaction() as session:
        from bot.db import DESK, notify

        notify(session, DESK, conversation=1)
    expect(page.get_by_text("halo? masih di sana?").first).to_be_visible(timeout=SOON)
    assert page.input_value("#reply") == "Baik Pak, seb"
    page.keyboard.type("entar.")
    assert page.input_value("#reply") == "Baik Pak, sebentar."


def test_enter_sends_once_and_empties_the_field(anis, said):
    page = anis()
    page.fill("#reply", "Sudah kami cek.")
    page.press("#reply", "Enter")
    expect(page.locator(".bubble[data-speaker=officer]")).to_contain_text("Sudah kami cek.")
    expect(page.locator("#reply")).to_have_value("")
    assert said() == ["Sudah kami cek."]
    page.press("#reply", "Shift+Enter")
    assert said() == ["Sudah kami cek."]


def test_a_double_click_sends_once(anis, said):
    page = anis()
    page.fill("#reply", "Sudah kami cek.")
    page.dblclick(".send")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(1)
    page.wait_for_timeout(300)
    assert said() == ["Sudah kami cek."]


def test_a_reply_whose_answer_was_lost_is_kept_and_sent_once(anis, said):
    page = anis()

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/reply", lose, times=1)
    page.fill("#reply", "Sudah kami cek.")
    page.click(".send")
    expect(page.get_by_text("Belum terkirim karena sambungan terputus")).to_be_visible()
    expect(page.locator("#reply")).to_have_value("Sudah kami cek.")
    page.reload()
    expect(page.locator("#reply")).to_have_value("Sudah kami cek.")
    page.click(".send")
    expect(page.locator("#reply")).to_have_value("")
    assert said() == ["Sudah kami cek."]


def test_a_draft_survives_a_reload_and_is_gone_after_signing_out(anis):
    page = anis()
    page.fill("#reply", "belum selesai")
    page.reload()
    expect(page.locator("#reply")).to_have_value("belum selesai")
    page.click(".menu summary")
    page.click("text=Keluar")
    page.wait_for_url("**/console/signin**")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_the_second_officer_is_told_on_the_page_who_was_first(open_as, ticket):
    number = ticket()
    ali = open_as("ali")
    ali.goto(f"/console/tickets/{number}")
    ali.route("**/console/events?*", lambda route: route.abort())
    ali.evaluate("hangUp(); lastAsked = Infinity")  # nor does the page poll, however long it takes
    ani = open_as("ani")
    ani.goto(f"/console/tickets/{number}")
    ani.keyboard.press("t")
    expect(ani.locator("#reply")).to_be_visible()
    ali.locator("[data-take] button").click()
    told = "Ani Rahmawati sudah lebih dulu mengambil tiket ini."
    # The form that was refused goes; the reason stays long enough to be read.
    expect(ali.locator("#composer")).to_contain_text("Ditangani Ani Rahmawati.")
    expect(ali.get_by_text(told).first).to_be_visible()


def test_a_section_is_asked_its_answer_comes_and_becomes_a_draft(anis, open_as, said):
    ani = anis("Boleh bawa 3 HP?")
    ani.keyboard.press("s")
    sheet = ani.locator("#consult")
    expect(sheet.locator("[name=question]")).to_have_value("Boleh bawa 3 HP?")
    sheet.locator("select").select_option("P2")
    sheet.locator(".primary").click()
    expect(ani.locator("#facts")).to_contain_text("Seksi Penindakan dan Penyidikan")
    budi = open_as("budi")
    budi.click(".card")
    budi.fill("#reply", "Paling banyak dua.")
    budi.click("text=Kirim ke PLI")
    expect(budi.get_by_text("Dijawab tepat waktu")).to_be_visible()
    ani.click("text=Pakai sebagai draf")
    expect(ani.locator("#reply")).to_have_value("Paling banyak dua.")
    assert len(said()) == 1  # the holding reply alone


def test_a_long_reply_shows_its_parts_before_it_is_sent(anis):
    page = anis()
    page.fill("#reply", "Kalimat yang sama. " * 100)
    expect(page.locator("[data-parts] li")).to_have_count(2)
    page.fill("#reply", "pendek")
    expect(page.locator("[data-left]")).to_have_text("1594 huruf lagi")
    expect(page.locator("[data-parts]")).to_be_hidden()


def test_a_clock_turns_urgent_and_late_while_the_page_is_open(open_as, ticket):
    ticket()
    page = open_as("ani")
    pill = page.locator(".deadline")
    expect(pill).to_have_attribute("data-mood", "calm")
    run_down(page, due=60_000, urgent=-1_000)
    expect(pill).to_have_attribute("data-mood", "urgent")
    expect(pill.locator(".mood")).to_have_text("Segera")
    run_down(page, due=-120_000, urgent=-200_000)
    expect(pill).to_have_attribute("data-mood", "breached")
    expect(pill.locator(".left")).to_have_text(re.compile("^terlambat "))


def run_down(page: Page, **milliseconds: int) -> None:
    """Let the page's clock be due, and urgent, in so many milliseconds."""
    for name, left in milliseconds.items():
        page.evaluate(
            """([name, left]) => {
              const pill = document.querySelector(".deadline");
              pill.dataset[name] = new Date(Date.now() + left).toISOString();
            }""",
            [name, left],
        )


def test_the_queue_is_walked_by_keys(open_as, ticket):
    for name in ("Satu", "Dua"):
        ticket(name=name)
    page = open_as("ani")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/tickets/*")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_url("**/console/queue**")


def test_a_thumb_takes_answers_and_closes(open_as, ticket, said, the_ticket):
    number = ticket()
    page = open_as("ani", PHONE)
    page.tap(".row")
    page.tap("text=Ambil alih dan balas")
    page.fill("#reply", "Baik.")
    page.tap(".send")
    expect(page.locator(".bubble[data-speaker=officer]")).to_be_visible()
    page.tap("[data-opens=close]")
    page.tap("#close .primary")
    page.wait_for_url("**/console/queue**")
    assert said() == ["Baik."]
    assert the_ticket(number).outcome == "answered"


def test_a_server_that_is_away_is_told_and_polled_until_it_is_back(open_as, ticket):
    page = open_as("ani")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # it has all its scripts
    page.context.set_offline(True)
    expect(page.locator("#live")).to_have_attribute("data-state", "offline")
    ticket("sewaktu terputus")
    page.context.set_offline(False)
    expect(page.get_by_text("sewaktu terputus")).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_nothing_is_wider_than_the_screen(
    open_as, consultation, ticket, size
):
    consultation("P2", "boleh? " * 30, name="H. Muhammad Yusuf Daeng Mattola bin Abdul Rahman")
    ticket("x" * 400, name="Terlambat", ago=timedelta(hours=2))
    ani = open_as("ani", size)
    budi = open_as("budi", size)
    screens = [(ani, f"/console/queue?tab={tab}") for tab in ("waiting", "all", "closed")]
    screens += [(ani, f"/console/tickets/{n}") for n in (1, 2)]
    screens += [
        (ani, "/console/articles"),
        (budi, "/console/section"),
        (budi, "/console/section/1"),
    ]
    for page, address in screens:
        page.goto(address)
        assert_readable(page)


def test_every_field_and_button_has_a_name(anis):
    page = anis()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll(
            "button, a, input, textarea, select, summary, dialog")]
          .filter((one) => one.type !== "hidden" && !(
            one.textContent.trim() || one.ariaLabel || one.labels?.length ||
            one.getAttribute("aria-labelledby")))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
