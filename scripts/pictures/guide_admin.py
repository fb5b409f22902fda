"""The pictures of docs/panduan-penyelia.md: board and reports, then the office's own screens."""

from __future__ import annotations

from bot.settings import ROOT
from scripts.large_data import filled_database
from scripts.own_database import own_database
from scripts.pictures.camera import BY_DAY, IN_THE_POCKET, Camera, chromium, shut
from scripts.pictures.console import AFTERNOON, MORNING, served_console, set_clock
from scripts.pictures.morning import fill_the_queue
from scripts.pictures.office import open_office, plan_shifts

PICTURES = ROOT / "docs" / "pictures"
TICKETS, DAYS = 4_000, 60
REPORTS = ("promise", "volume", "breaches")
OFFICE = (
    ("akun", "/accounts"),
    ("templat", "/templates/1"),
    ("siap-pakai", "/canned"),
    ("penyimpanan", "/retention"),
    ("catatan", "/audit"),
)
RAMADAN_DAYS = ("08.00–15.00",) * 4 + ("08.00–15.30",)


def main() -> None:
    """Take the pictures of the figures, then of the office."""
    set_clock(AFTERNOON)
    with filled_database(TICKETS, DAYS), served_console() as address, chromium() as browser:
        plan_shifts()
        _figures(Camera(browser, address, PICTURES))
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        open_office()
        fill_the_queue()
        _office(Camera(browser, address, PICTURES))


def _figures(camera: Camera) -> None:
    camera.look("/console/board", "board", "eko", (BY_DAY, IN_THE_POCKET))
    for name in REPORTS:
        address = f"/console/reports/{name}?period=last_month"
        camera.look(address, f"report-{name}", "eko", (BY_DAY,))
    page = camera.open("/console/what-if", "eko")
    camera.take(page, "panduan-penyelia-seandainya", full_page=True)
    shut(page)


def _office(camera: Camera) -> None:
    _calendar(camera)
    for name, path in OFFICE:
        camera.look(f"/console{path}", f"panduan-penyelia-{name}", "admin", (BY_DAY,))
    camera.look("/console/roster", "panduan-penyelia-piket", "eko", (BY_DAY,), full_page=True)


def _calendar(camera: Camera) -> None:
    """The calendar, a Ramadan that is typed in, and the preview before it holds."""
    page = camera.open("/console/calendar", "admin")
    camera.take(page, "panduan-penyelia-kalender")
    page.goto(f"{camera.address}/console/calendar/hours")
    period = page.locator("details.panel", has_text="Tambah masa baru")
    place = period.get_attribute("id")
    page.fill(f"#{place}-name", "Ramadan 1448 H")
    page.fill(f"#{place}-first", "2027-02-08")
    page.fill(f"#{place}-last", "2027-03-09")
    for weekday, hours in enumerate(RAMADAN_DAYS):
        page.fill(f"#{place}-{weekday}", hours)
    period.scroll_into_view_if_needed()
    camera.take(page, "panduan-penyelia-ramadan")
    page.click("form.hours-form .primary")
    page.locator(".changes").wait_for()
    page.fill("input[name=note]", "SE-2/BC/2027 tentang jam kerja Ramadan")
    camera.take(page, "panduan-penyelia-tinjau")
    page.click("form.apply .primary")
    page.get_by_text("Versi 2 berlaku").wait_for()
    page.goto(f"{camera.address}/console/calendar/holidays?year=2027")
    camera.take(page, "panduan-penyelia-libur")
    shut(page)
