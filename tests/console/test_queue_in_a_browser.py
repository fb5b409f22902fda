"""The queue's tools in a real browser: filters, search, who is there, calls, the own duty."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import duty, tags, tickets
from bot.models import Staff, Ticket, TicketReason
from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser

# Counts on the body what the page calls for, as a headless browser shows no notifications.
HEAR_CALLS = """() => {
  document.body.dataset.called = "0";
  document.addEventListener("maraga:alert", (event) => {
    document.body.dataset.called = Number(document.body.dataset.called) + event.detail.length;
  });
}"""


def put_on_duty(username: str) -> None:
    with transaction() as session:
        member = session.scalars(select(Staff).where(Staff.username == username)).one()
        duty.sign_on(session, member, clock.now(), clock.now() + timedelta(hours=8))


def taken_by(username: str, ticket_id: int) -> None:
    with transaction() as session:
        member = session.scalars(select(Staff).where(Staff.username == username)).one()
        tickets.take_over(session, ticket_id, member, clock.now())


def tagged(username: str, ticket_id: int, name: str) -> None:
    with transaction() as session:
        member = session.scalars(select(Staff).where(Staff.username == username)).one()
        tags.add(session, ticket_id, name, member, clock.now())


def names(page: Page) -> list[str]:
    return page.locator(".row-who strong").all_inner_texts()


def test_a_filter_counts_as_soon_as_it_is_chosen_and_leaves_again(open_as, ticket):
    number = ticket(name="Mendesak")
    ticket(name="Biasa")
    with transaction() as session:
        session.get_one(Ticket, number).reason = TicketReason.URGENT
    page = open_as("ani")
    page.click("#narrow summary")
    page.select_option("[name=reason]", "urgent")
    page.wait_for_url("**/console/queue?tab=waiting&reason=urgent")
    assert names(page) == ["Mendesak"]
    page.get_by_role("link", name="Hapus saringan").click()
    page.wait_for_url("**/console/queue?tab=waiting")
    assert sorted(names(page)) == ["Biasa", "Mendesak"]


def test_a_search_is_made_and_walked_by_keys_alone(open_as, ticket):
    ticket("paket dari Jepang belum sampai", name="Rina")
    page = open_as("ani")
    page.keyboard.press("/")
    page.keyboard.type("jepang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/search?q=jepang")
    expect(page.locator("mark")).to_have_text("Jepang")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/tickets/\d+#message-\d+"))


def test_who_looks_and_who_types_is_seen_and_gone_when_they_leave(open_as, ticket):
    number = ticket()
    taken_by("ani", number)
    ani, ali = open_as("ani"), open_as("ali")
    ali.goto("/console/queue?tab=all")
    ani.goto(f"/console/tickets/{number}")
    row = ali.locator(".row-presence")
    expect(row).to_have_text("Ani Rahmawati sedang melihat")
    ali.click(".row")
    line = ali.locator("[data-presence-here]")
    expect(line).to_have_text("Ani Rahmawati sedang melihat")
    expect(ani.locator("[data-presence-here]")).to_have_text("Ali Akbar sedang melihat")
    ani.locator("#reply").press_sequentially("Baik")
    expect(line).to_have_text("Ani Rahmawati sedang mengetik…")
    ani.goto("/console/roster")
    expect(line).to_be_hidden()


def test_who_is_on_duty_is_called_once_for_a_new_ticket(open_as, ticket):
    put_on_duty("ani")
    ani, ali = open_as("ani"), open_as("ali")
    for page in (ani, ali):
        page.evaluate(HEAR_CALLS)
    number = ticket()
    expect(ani.locator("body")).to_have_attribute("data-called", "1")
    ani.reload()
    ani.evaluate(HEAR_CALLS)
    ani.wait_for_timeout(2500)  # it looks again after a reload, and has nothing new to tell
    for page in (ani, ali):
        expect(page.locator("body")).to_have_attribute("data-called", "0")
    told = ani.evaluate("fetch('/console/alerts').then((a) => a.json())")["alerts"]
    assert [alert["address"] for alert in told] == [f"/console/tickets/{number}"]


def test_a_hidden_page_marks_its_title_until_it_is_seen(open_as, ticket):
    put_on_duty("ani")
    page = open_as("ani")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")  # it listens
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    ticket()
    expect(page).to_have_title(re.compile("^● 1 · "))
    page.evaluate("refresh()")  # as whenever anything changes, and by and by
    assert page.title().startswith("● 1 · (1) ")
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { value: false });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    assert not page.title().startswith("●")


def test_a_ticket_is_transferred_and_tagged_with_a_thumb(
    open_as,
    ticket,
    the_ticket,
):
    number = ticket()
    taken_by("ani", number)
    put_on_duty("ali")
    page = open_as("ani", PHONE)
    page.goto(f"/console/tickets/{number}")
    page.tap(".facts-button")
    page.fill("#tag", "Jepang")
    page.tap(".tag-add button")
    expect(page.locator(".tags .tag")).to_contain_text("jepang")
    page.tap(".facts-close")
    page.tap("[data-opens=transfer]")
    page.tap("#transfer label")
    page.tap("#transfer .primary")
    expect(page.locator("#composer")).to_contain_text("Ditangani Ali Akbar.")
    with transaction() as session:
        ali = session.scalars(select(Staff.id).where(Staff.username == "ali")).one()
    assert the_ticket(number).holder_id == ali


def test_one_goes_on_and_off_duty_above_the_queue(open_as, ticket):
    page = open_as("ani", PHONE)
    page.tap("text=Mulai bertugas")
    expect(page.locator(".duty-word")).to_contain_text("Anda bertugas sampai")
    page.tap("text=Selesai bertugas")
    page.tap("#off-duty .primary")
    page.wait_for_url("**/console/roster")
    expect(page.locator(".duty-word")).to_contain_text("Tidak ada petugas")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_nothing_is_wider_than_the_screen(
    open_as,
    ticket,
    size,
):
    number = ticket("x" * 400, name="H. Muhammad Yusuf Daeng Mattola", ago=timedelta(hours=2))
    with transaction() as session:
        session.get_one(Ticket, number).reason = TicketReason.URGENT
    taken_by("ani", number)
    put_on_duty("ali")
    tagged("ani", number, "tanda yang panjangnya tiga puluh")
    ani = open_as("ani", size)
    eko = open_as("eko", size)
    for page, address in (
        (ani, "/console/queue?tab=all&reason=urgent"),
        (ani, "/console/queue?tab=waiting&tag=tidakada"),
        (ani, "/console/search?q=xxx"),
        (ani, "/console/search?q=yusuf"),
        (ani, f"/console/tickets/{number}"),
        (ani, "/console/roster"),
        (eko, "/console/roster"),
    ):
        page.goto(address)
        assert_readable(page)
