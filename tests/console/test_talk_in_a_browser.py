"""A conversation's page in a real browser: what is written, what is missed, what a key does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from bot import clock
from bot.console.ticket import transcript
from bot.db import DESK, notify, transaction
from bot.desk import canned, templates, tickets
from bot.models import CannedReply, Message, Note, Staff, Template
from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser

# What is shown at a place from now on, each in turn.
REMEMBER = """(selector) => {
  const place = document.querySelector(selector);
  window.shown = [];
  new MutationObserver(() => shown.push(place.textContent)).observe(place, { childList: true });
}"""
SUGGESTION = '<div id="suggestions-piece"><button type="button">{}</button></div>'


@pytest.fixture
def kept(database: None) -> None:
    """Eko keeps a canned reply and a template."""
    with transaction() as session:
        eko = session.scalars(select(Staff).where(Staff.username == "eko")).one()
        for title, body in (("Salam", "Halo {nama}."), ("Minta resi", "Mohon nomor resinya.")):
            canned.save(
                session,
                CannedReply(),
                title=title,
                body_id=body,
                body_en="",
                member=eko,
                now=clock.now(),
            )
        templates.save(
            session,
            Template(),
            title="Jawaban sudah ada",
            language="id",
            content_sid="HX" + "0" * 32,
            body="Yth. {{1}}, jawaban Anda sudah ada.",
            labels=["Nama"],
            member=eko,
            now=clock.now(),
        )


def tell(conversation: int = 1) -> None:
    with transaction() as session:
        notify(session, DESK, conversation=conversation)


def test_what_came_while_the_network_was_away_is_all_there(anis, writes):
    page: Page = anis("yang pertama")
    page.context.set_offline(True)
    for count in range(130):  # more than a page shows at first
        writes(f"pesan {count:03}", name="Fajar")
    page.context.set_offline(False)
    expect(page.get_by_text("pesan 129").first).to_be_visible()
    texts = page.locator(".bubble[data-speaker=applicant] .bubble-text").all_inner_texts()
    assert texts == ["yang pertama", *(f"pesan {count:03}" for count in range(130))]


def test_older_messages_come_above_what_is_being_read_and_stay(anis, writes):
    for count in range(200):
        writes(f"pesan {count:03}", name="Fajar", ago=timedelta(hours=2))
    page: Page = anis("yang terakhir")
    expect(page.get_by_text("yang terakhir").first).to_be_visible()
    assert page.get_by_text("pesan 000").count() == 0
    for shown in (160, 201):
        page.get_by_text("Tampilkan pesan sebelumnya").locator("visible=true").click()
        expect(page.locator(".bubble-text")).to_have_count(shown)
    expect(page.get_by_text("pesan 000")).to_have_count(1)
    writes("halo lagi", name="Fajar")
    tell()
    expect(page.get_by_text("halo lagi").first).to_be_attached()
    texts = page.locator(".bubble-text").all_inner_texts()
    assert texts == [*(f"pesan {count:03}" for count in range(200)), "yang terakhir", "halo lagi"]
    days = page.locator(".day").locator("visible=true").all_inner_texts()
    assert len(days) == len(set(days))


def test_a_message_that_lies_deeper_than_a_page_shows_is_sought(anis, writes, monkeypatch):
    monkeypatch.setattr(transcript, "MOST_SHOWN", 100)
    for count in range(200):
        writes(f"pesan {count:03}", name="Fajar", ago=timedelta(hours=2))
    page: Page = anis("yang terakhir")
    seek(page, "pesan 000")
    expect(page.get_by_text("pesan 000")).to_be_in_viewport()
    expect(page.locator("[data-sought]")).to_contain_text("pesan 000")


def test_what_was_sought_stays_marked_when_something_comes_in(anis, writes):
    writes("yang dicari", name="Fajar", ago=timedelta(hours=2))
    page: Page = anis("yang terakhir")
    seek(page, "yang dicari")
    writes("yang terbaru", name="Fajar")
    tell()
    expect(page.locator(".bubble", has_text="yang terbaru")).to_be_attached()
    expect(page.locator("[data-sought]")).to_contain_text("yang dicari")


def seek(page: Page, words: str) -> None:
    """Open the page as a search leads to it."""
    with transaction() as session:
        sought = session.scalars(select(Message.id).where(Message.body == words)).one()
    page.goto(f"{page.url.split('?')[0]}?from={sought}#message-{sought}")
    page.reload()  # going to a place of the same page alone loads nothing


def test_a_note_is_written_by_key_and_enter_never_sends_it(anis, said):
    page: Page = anis()
    page.keyboard.press("n")
    page.keyboard.type("sudah ditelepon")
    page.keyboard.press("Enter")
    assert page.input_value("#note") == "sudah ditelepon\n"
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note")).to_contain_text("sudah ditelepon")
    expect(page.locator("#note")).to_have_value("")
    expect(page.locator("#note")).to_be_visible()  # and the next words are a note as well
    assert said() == []
    with transaction() as session:
        assert session.scalars(select(Note.body)).all() == ["sudah ditelepon"]


def test_the_mode_and_both_drafts_stay_when_something_comes_in(anis, writes):
    page: Page = anis()
    page.fill("#reply", "balasan")
    page.click(".mode[data-mode=note]")
    page.fill("#note", "catatan")
    writes("halo?", name="Fajar")
    tell()
    expect(page.get_by_text("halo?").first).to_be_visible()
    expect(page.locator("#note")).to_be_visible()
    expect(page.locator("#note")).to_have_value("catatan")
    page.reload()
    page.click(".mode[data-mode=note]")
    expect(page.locator("#note")).to_have_value("catatan")
    expect(page.locator("#reply")).to_have_value("balasan")


def test_a_canned_reply_is_found_and_inserted_by_keys_and_can_be_undone(kept, anis):
    page: Page = anis()
    page.keyboard.press("/")
    page.keyboard.type("resi")
    expect(page.locator(".canned-list li").locator("visible=true")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#reply")).to_have_value("Mohon nomor resinya.")
    page.keyboard.press("Control+z")
    expect(page.locator("#reply")).to_have_value("")


def test_the_preview_shows_the_formatting_while_it_is_written(anis):
    page: Page = anis()
    page.keyboard.press("p")
    page.fill("#reply", "*tebal* <img src=x onerror=alert(1)>")
    shown = page.locator("[data-preview]")
    expect(shown.locator("strong")).to_have_text("tebal")
    expect(shown.locator("img")).to_have_count(0)
    page.fill("#reply", "Kalimat yang sama. " * 100)
    expect(shown.locator(".bubble")).to_have_count(2)


def test_the_preview_is_of_the_last_words_and_stays_while_nobody_answers(anis):
    page: Page = anis()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "pertama" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/console/preview", hold_the_first)
    page.click("[data-previews]")
    shown = page.locator("[data-preview]")
    with page.expect_request(lambda asked: "pertama" in (asked.post_data or "")):
        page.fill("#reply", "pertama")
    page.fill("#reply", "kedua")
    expect(shown).to_have_text("kedua")
    page.evaluate(REMEMBER, "[data-preview]")
    with page.expect_response("**/console/preview"):
        held[0].continue_()
    page.fill("#reply", "ketiga")
    expect(shown).to_have_text("ketiga")
    assert page.evaluate("shown") == ["ketiga"]
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/console/preview")):
        page.fill("#reply", "keempat")
    page.context.set_offline(False)
    expect(shown).to_have_text("ketiga")


def test_suggestions_are_for_the_last_message_though_those_before_come_later(anis, writes):
    page: Page = anis("yang pertama")
    asked: list[Route] = []
    page.route("**/suggestions", lambda route: asked.append(route))

    def ask_by_writing(words: str) -> Route:
        with page.expect_request("**/suggestions") as request:
            writes(words, name="Fajar")
            tell()
        page.evaluate("0")  # the browser tells of the route after the request
        assert asked[-1].request == request.value
        return asked[-1]

    first, second = ask_by_writing("yang kedua"), ask_by_writing("yang ketiga")
    place = page.locator("#suggestions")
    page.evaluate(REMEMBER, "#suggestions")
    second.fulfill(content_type="text/html", body=SUGGESTION.format("baru"))
    expect(place).to_have_text("baru")
    first.fulfill(content_type="text/html", body=SUGGESTION.format("lama"))
    last = ask_by_writing("yang keempat")
    last.fulfill(content_type="text/html", body=SUGGESTION.format("terbaru"))
    expect(place).to_have_text("terbaru")
    assert page.evaluate("shown") == ["baru", "terbaru"]


def test_a_template_is_filled_in_and_sent_when_the_window_is_closed(
    kept,
    open_as,
    ticket,
    said,
):
    number = ticket(ago=timedelta(hours=25))
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, clock.now())
    page: Page = open_as("ani")
    page.goto(f"/console/tickets/{number}")
    page.click(".template summary")
    page.locator(".template").get_by_label("Nama", exact=True).fill("Fajar")
    expect(page.locator("[data-template-text]")).to_have_text("Yth. Fajar, jawaban Anda sudah ada.")
    page.dblclick("text=Kirim templat")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(1)
    assert said() == ["Yth. Fajar, jawaban Anda sudah ada."]


def test_one_key_hands_back_and_is_refused_when_something_unread_came(
    anis,
    writes,
    the_ticket,
):
    page: Page = anis()
    page.evaluate("hangUp(); watchOver = () => {}; refresh = async () => {}")
    writes("satu lagi", name="Fajar")
    page.keyboard.press("Shift+B")
    expect(page.locator("#hand-back")).to_contain_text("Pemohon baru saja menulis lagi")
    assert the_ticket(1).closed_at is None
    page.reload()
    page.keyboard.press("Shift+B")
    page.wait_for_url("**/console/queue**")
    assert the_ticket(1).outcome == "handed_back"


def test_the_help_sheet_tells_this_pages_keys(anis):
    page: Page = anis()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("catatan internal")
    expect(page.locator("#help")).to_contain_text("Shift+B langsung tanpa bertanya")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_fits(kept, anis, open_as, size):
    page: Page = anis("*tebal* dan `kode`\n> kutipan\n- satu " + "x" * 300, size=size)
    page.click(".mode[data-mode=note]")
    page.fill("#note", "catatan")
    page.click(".save")
    expect(page.locator(".note")).to_be_visible()
    eko: Page = open_as("eko", size)
    screens: list[tuple[Page, str, Callable[[], object] | None]] = [
        (page, "", None),
        (page, "", lambda: page.keyboard.press("/")),
        (eko, "/console/canned", None),
        (eko, "/console/canned/new", None),
        (eko, "/console/templates", None),
        (eko, "/console/templates/new", None),
    ]
    for shown, address, act in screens:
        if address:
            shown.goto(address)
        if act:
            shown.locator("body").focus()
            act()
        assert_readable(shown)
    assert re.search("tebal", page.locator(".bubble strong").first.inner_text())


def test_a_long_reply_with_its_preview_leaves_the_steps_in_sight(anis):
    page: Page = anis()
    page.fill("#reply", "Dasarnya *harga barang*.\n\n" * 20)
    page.click("[data-previews]")
    expect(page.locator("[data-preview] .bubble")).to_be_visible()
    expect(page.locator("[data-opens=close]")).to_be_in_viewport(ratio=1)
    note = page.locator("#reply-note").bounding_box()
    assert note["height"] < 40  # the tools and the letters left share a line
