"""Board and reports in a real browser: alive on a wall, legible everywhere, fit to be printed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from bot import clock
from bot.console.reports.parts import PARTS
from bot.db import transaction
from bot.desk import tickets
from bot.models import Clock, Staff
from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser

LIVE = 4000  # ms; the board asks again every two seconds at most


@pytest.fixture
def a_day(ticket, consultation) -> None:
    """Somebody waits, one is late, one was answered too late, a section was asked."""
    ticket(name="Terlambat", ago=timedelta(hours=2))
    consultation("P2", "boleh?", name="H. Muhammad Yusuf Daeng Mattola bin Abdul Rahman")
    number = ticket("x" * 300, name="Dijawab", ago=timedelta(minutes=90))
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, clock.now())
        tickets.reply(session, number, ani, "Sudah kami periksa. " * 30, clock.now())
        for one in session.scalars(select(Clock).where(Clock.stopped_at.is_(None))):
            one.breached_at = one.due_at


@pytest.mark.timed
def test_the_board_tells_of_a_new_ticket_by_itself(open_as, ticket):
    page = open_as("eko")
    page.goto("/console/board")
    waiting = page.locator(".tile", has_text="Menunggu petugas").locator(".figure")
    expect(waiting).to_have_text("0")
    page.wait_for_timeout(300)  # the stream is open
    ticket("paket saya belum keluar", name="Fajar")
    expect(waiting).to_have_text("1", timeout=LIVE)
    expect(page.locator(".due-ticket")).to_have_count(1)
    ticket("saya juga", name="Marten")
    expect(waiting).to_have_text("2", timeout=LIVE)
    expect(page.get_by_role("button", name="Layar penuh")).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_every_text_can_be_read_and_nothing_is_wider_than_the_screen(open_as, a_day, size):
    page = open_as("eko", size)
    reports = (f"/console/reports/{part}?period=this_year" for part in PARTS)
    for address in ("/console/board", *reports):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert_readable(page)


def test_on_a_phone_no_figure_of_officers_and_sections_is_cut(open_as, a_day):
    page = open_as("eko", PHONE)
    page.goto("/console/board")
    for panel in ("Petugas", "Seksi"):
        table = page.get_by_role("group", name=panel)
        median = table.locator("[data-heading=Median]").first
        right = "(cell) => cell.getBoundingClientRect().right"
        assert median.evaluate(right) <= PHONE[0], panel
        assert table.evaluate("(one) => one.scrollWidth <= one.clientWidth"), panel


def test_on_a_phone_no_column_of_a_report_is_cut(open_as, a_day):
    page = open_as("eko", PHONE)
    for part in PARTS:
        page.goto(f"/console/reports/{part}?period=this_year")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        for table in page.locator(".scroll").all():
            assert table.evaluate("(one) => one.scrollWidth <= one.clientWidth"), part


def test_a_printed_report_has_its_charts_but_no_buttons(open_as, a_day):
    page = open_as("eko")
    page.goto("/console/reports/volume?period=this_year")
    expect(page.get_by_role("button", name="Cetak")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Cetak")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Bagian laporan")).to_be_hidden()
    chart = page.get_by_role("img", name="Pertanyaan menurut jam")
    expect(chart).to_be_visible()
    assert chart.locator("rect.series-1").count() >= 1


def test_the_period_is_chosen_and_kept_between_reports(open_as, a_day):
    page = open_as("eko")
    page.goto("/console/reports/promise")
    page.get_by_label("Dari", exact=True).fill("2026-01-01")
    page.get_by_label("Hingga", exact=True).fill("2026-01-31")
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_role("link", name="Volume").click()
    page.wait_for_url("**/volume?from=2026-01-01&to=2026-01-31")
    expect(page.locator(".reports-days")).to_contain_text("31 Jan 2026")
