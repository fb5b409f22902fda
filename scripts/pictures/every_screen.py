"""Every screen in every look, to be looked at with a designer's eye: full, empty and crowded."""

from __future__ import annotations

from pathlib import Path

from bot.settings import ROOT
from scripts.large_data import filled_database
from scripts.own_database import own_database
from scripts.pictures.camera import LOOKS, Camera, chromium, shut
from scripts.pictures.console import AFTERNOON, MORNING, served_console, set_clock
from scripts.pictures.morning import Morning, fill_the_queue
from scripts.pictures.office import open_office

FOLDER = ROOT / "var" / "pictures"
TICKETS, DAYS = 4_000, 60
REPORTS = ("promise", "tiers", "volume", "sections", "bot", "ratings", "breaches", "register")

# The picture's name, who looks, and the page; `{rina}` and the like are tickets of the morning.
FULL = (
    ("queue", "ani", "/queue"),
    ("queue-mine", "ani", "/queue?tab=mine"),
    ("queue-section", "ani", "/queue?tab=section"),
    ("queue-answered", "ani", "/queue?tab=answered"),
    ("queue-closed", "ani", "/queue?tab=closed"),
    ("queue-all", "ani", "/queue?tab=all&topic=imei"),
    ("queue-bot", "ani", "/queue?tab=bot"),
    ("search", "ani", "/search?q=tertahan"),
    ("ticket-waiting", "ani", "/tickets/{rina}"),
    ("ticket-long", "ani", "/tickets/{yusuf}"),
    ("ticket-at-section", "ani", "/tickets/{marten}"),
    ("ticket-template", "ani", "/tickets/{sinar}"),
    ("ticket-failed", "ani", "/tickets/{nurul}"),
    ("ticket-other", "ali", "/tickets/{nurul}"),
    ("clock", "ani", "/clocks/1"),
    ("roster", "ani", "/roster"),
    ("roster-head", "eko", "/roster"),
    ("canned", "eko", "/canned"),
    ("canned-new", "eko", "/canned/new"),
    ("canned-one", "eko", "/canned/1"),
    ("templates", "eko", "/templates"),
    ("templates-one", "eko", "/templates/1"),
    ("articles", "dewi", "/articles"),
    ("article", "dewi", "/articles/kiriman_batas_bebas"),
    ("questions", "dewi", "/questions"),
    ("try", "dewi", "/try"),
    ("section", "citra", "/section"),
    ("section-one", "citra", "/section/1"),
    ("section-none", "budi", "/section"),
    ("decisions-none", "eko", "/decisions"),
    ("board", "eko", "/board"),
    ("password", "ani", "/password"),
    ("calendar", "admin", "/calendar"),
    ("calendar-hours", "admin", "/calendar/hours"),
    ("calendar-holidays", "admin", "/calendar/holidays?year=2027"),
    ("calendar-version", "admin", "/calendar/versions/1"),
    ("accounts", "admin", "/accounts"),
    ("accounts-new", "admin", "/accounts/new"),
    ("accounts-one", "admin", "/accounts/1"),
    ("sections", "admin", "/sections"),
    ("retention", "admin", "/retention"),
    ("audit", "admin", "/audit"),
    ("audit-none", "admin", "/audit?q=zzz"),
    ("what-if", "eko", "/what-if"),
    ("missing", "ani", "/nowhere"),
)
EMPTY = (
    ("empty-queue", "ani", "/queue"),
    ("empty-mine", "ani", "/queue?tab=mine"),
    ("empty-search", "ani", "/search?q=apa"),
    ("empty-roster", "ani", "/roster"),
    ("empty-board", "eko", "/board"),
    ("empty-report", "eko", "/reports/promise"),
    ("empty-breaches", "eko", "/reports/breaches"),
    ("empty-canned", "eko", "/canned"),
    ("empty-templates", "ani", "/templates"),
    ("empty-what-if", "eko", "/what-if"),
)
CROWDED = (
    ("many-queue", "ani", "/queue"),
    ("many-closed", "ani", "/queue?tab=closed"),
    ("many-search", "ani", "/search?q=resi"),
    ("many-board", "eko", "/board"),
    ("many-what-if", "eko", "/what-if"),
    *((f"report-{one}", "eko", f"/reports/{one}?period=last_month") for one in REPORTS),
)
# Sheets over a ticket that Ani holds.
SHEETS = ("consult", "close", "transfer", "hand-back", "canned", "rename", "block", "merge", "help")

Screens = tuple[tuple[str, str, str], ...]


def main(folder: Path = FOLDER) -> None:
    """Take them all."""
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        open_office(with_writing=False)
        _take(Camera(browser, address, folder), EMPTY)
    with own_database(), served_console() as address, chromium() as browser:
        open_office()
        morning = fill_the_queue()
        camera = Camera(browser, address, folder)
        for look in LOOKS:
            page = camera.open("/console/signin", look=look)
            camera.take(page, "signin" + look.suffix)
            shut(page)
        _take(camera, FULL, morning)
        _take_sheets(camera, morning.nurul)
    set_clock(AFTERNOON)
    with filled_database(TICKETS, DAYS), served_console() as address, chromium() as browser:
        _take(Camera(browser, address, folder), CROWDED)


def _take(camera: Camera, screens: Screens, morning: Morning | None = None) -> None:
    tickets = vars(morning) if morning else {}
    for name, username, path in screens:
        camera.look(f"/console{path.format(**tickets)}", name, username, full_page=True)


def _take_sheets(camera: Camera, ticket: int) -> None:
    for look in LOOKS:
        page = camera.open(f"/console/tickets/{ticket}", "ani", look)
        for sheet in SHEETS:
            page.evaluate("(id) => document.getElementById(id).showModal()", sheet)
            camera.take(page, f"sheet-{sheet}{look.suffix}")
            page.evaluate("(id) => document.getElementById(id).close()", sheet)
        shut(page)
