"""The console in a real browser: what stays true by itself, what is kept, what a thumb reaches."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.demo.accounts import DEMO_PASSWORD
from bot.desk import telling, tickets
from bot.models import Regulation, Staff
from tests.cited import register_id

pytestmark = [pytest.mark.browser, pytest.mark.timed]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE = (390, 844)
SOON = 2000  # ms

# The lowest contrast of a text on the page with what is behind it, and that text.
LOWEST_CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const channel = (v) => linear(v / 255);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const over = (top, below) => {
    const a = top[3] ?? 1;
    return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a));
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if ((colour[3] ?? 1) > 0) layers.push(colour);
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("script, .quiet, option")) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2) continue;
    const under = behind(element);
    const [a, b] = [light(over(parse(getComputedStyle(element).color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, text];
  }
  return worst;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_as(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """A page of one of the cast; fails the test if it erred or asked another host."""
    contexts = []
    faults: list[str] = []

    def open_page(username: str, size: tuple[int, int] = (1280, 900), **kind: object) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=served,
            has_touch=width < 500,
            is_mobile=width < 500,
            **kind,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: told.type == "error" and faults.append(told.text))
        page.on("request", lambda asked: asked.url.startswith(served) or faults.append(asked.url))
        page.goto("/console/signin")
        page.fill("[name=username]", username)
        page.fill("[name=password]", DEMO_PASSWORD)
        page.click(".door-form .primary")
        page.wait_for_url(re.compile("/console/(queue|section|articles)"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The browser logs every refusal of ours, and every connection a test cuts, by itself.
    expected = ("status of 4", "net::ERR_")
    assert [fault for fault in faults if not any(known in fault for known in expected)] == []


@pytest.fixture
def anis(open_as, ticket) -> Callable[..., Page]:
    """Ani's page of a ticket that she holds."""

    def open_held(body: str = "mau bicara dengan petugas", **size: object) -> Page:
        number = ticket(body)
        with transaction() as session:
            ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            tickets.take_over(session, number, ani, clock.now())
        page = open_as("ani", **size)
        page.goto(f"/console/tickets/{number}")
        return page

    return open_held


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
    expect(badge).to_have_text("1", timeout=2 * SOON)
    contrast, text = page.evaluate(LOWEST_CONTRAST)
    assert contrast >= 4.5, text
    with transaction() as session:
        telling.agree(session, asked, staff("admin"), clock.now())
    expect(badge).to_have_count(0, timeout=2 * SOON)


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
    page.context.set_offline(True)
    expect(page.locator("#live")).to_have_attribute("data-state", "offline")
    ticket("sewaktu terputus")
    page.context.set_offline(False)
    expect(page.get_by_text("sewaktu terputus")).to_be_visible(timeout=12_000)
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=12_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_nothing_is_wider_than_the_screen(
    open_as, consultation, ticket, scheme, size
):
    consultation("P2", "boleh? " * 30, name="H. Muhammad Yusuf Daeng Mattola bin Abdul Rahman")
    ticket("x" * 400, name="Terlambat", ago=timedelta(hours=2))
    ani = open_as("ani", size, color_scheme=scheme)
    budi = open_as("budi", size, color_scheme=scheme)
    screens = [(ani, f"/console/queue?tab={tab}") for tab in ("waiting", "all", "closed")]
    screens += [(ani, f"/console/tickets/{n}") for n in (1, 2)]
    screens += [
        (ani, "/console/articles"),
        (budi, "/console/section"),
        (budi, "/console/section/1"),
    ]
    for page, address in screens:
        page.goto(address)
        ratio, text = page.evaluate(LOWEST_CONTRAST)
        assert ratio >= 4.5, (address, text, ratio)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size[0], (address, wide)


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
