"""Every screen in every look, to be looked at with a designer's eye: full, empty and crowded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from bot.settings import ROOT
from scripts.large_data import filled_database
from scripts.own_database import own_database
from scripts.pictures.asked_in_vain import fill_the_inbox
from scripts.pictures.camera import LOOKS, Camera, chromium, shut
from scripts.pictures.console import AFTERNOON, MORNING, served_console, set_clock
from scripts.pictures.editors_desk import fill_the_editors_desk
from scripts.pictures.morning import fill_the_queue
from scripts.pictures.office import open_office, seed_alone
from scripts.pictures.tried_drafts import remember_questions
from scripts.pictures.tried_questions import answer_what_is_tried

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
# Those of the editors; `{pick_up}` and the like are records of their desk and inbox.
EDITORS = (
    ("articles", "dewi", "/articles"),
    ("articles-officer", "ani", "/articles"),
    ("articles-none", "dewi", "/articles?q=zzz"),
    ("article", "dewi", "/articles/kiriman_batas_bebas"),
    ("article-withdrawn", "eko", "/articles/kiriman_haji"),
    ("article-new", "dewi", "/articles/new"),
    ("article-edit", "dewi", "/articles/kiriman_ambil_paket/edit"),
    ("article-edit-back", "dewi", "/articles/ekspor_bibit_tanaman/edit"),
    ("review", "eko", "/articles/kiriman_batas_bebas/review"),
    ("review-new", "dewi", "/articles/kiriman_ambil_paket/review"),
    ("history", "dewi", "/articles/kiriman_batas_bebas/history"),
    ("gate", "eko", "/drafts/{pick_up}/gate"),
    ("gate-open", "eko", "/drafts/{limit}/gate"),
    ("gate-not-run", "eko", "/drafts/{seedlings}/gate"),
    ("questions", "dewi", "/questions"),
    ("try", "dewi", "/try"),
    ("try-draft", "dewi", "/try?q=ambil%20paket&draft={pick_up}"),
    ("import", "dewi", "/import"),
    ("import-plan", "dewi", "/import/{table}"),
    ("regulations", "dewi", "/regulations"),
    ("regulation", "dewi", "/regulations/{regulation}"),
    ("regulation-given", "dewi", "/regulations/{regulation}/given"),
    ("regulation-asked", "eko", "/regulations/{told}/given"),
    ("inbox", "dewi", "/inbox"),
    ("inbox-group", "dewi", "/inbox/groups/{group}"),
    ("inbox-faq", "dewi", "/inbox/marks/{make_faq}"),
    ("inbox-wrong", "dewi", "/inbox/marks/{bot_wrong}"),
    ("inbox-decided", "dewi", "/inbox/decided"),
    ("insights", "dewi", "/insights"),
    ("mark-faq", "ani", "/messages/{officers}/mark"),
    ("mark-wrong", "ani", "/messages/{bots}/mark"),
)
NO_ARTICLES = (
    ("empty-articles", "dewi", "/articles"),
    ("empty-questions", "dewi", "/questions"),
    ("empty-import", "dewi", "/import"),
    ("empty-regulations", "dewi", "/regulations"),
    ("empty-inbox", "dewi", "/inbox"),
    ("empty-decided", "dewi", "/inbox/decided"),
    ("empty-insights", "dewi", "/insights"),
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
    ("many-articles", "dewi", "/articles"),
    ("many-insights", "dewi", "/insights"),
    ("many-inbox", "dewi", "/inbox"),
    *((f"report-{one}", "eko", f"/reports/{one}?period=last_month") for one in REPORTS),
)
# Sheets over a ticket that Ani holds.
SHEETS = ("consult", "close", "transfer", "hand-back", "canned", "rename", "block", "merge", "help")

Screens = tuple[tuple[str, str, str], ...]
NOTHING: Mapping[str, int] = MappingProxyType({})


def main(folder: Path = FOLDER) -> None:
    """Take them all."""
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        seed_alone()
        _take(Camera(browser, address, folder), NO_ARTICLES)
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
        _take(camera, FULL, vars(morning))
        _take_sheets(camera, morning.nurul)
        answer_what_is_tried()
        remember_questions()
        inbox = fill_the_inbox()
        _take(camera, EDITORS, vars(fill_the_editors_desk()) | vars(inbox))
    set_clock(AFTERNOON)
    with filled_database(TICKETS, DAYS), served_console() as address, chromium() as browser:
        _take(Camera(browser, address, folder), CROWDED)


def _take(camera: Camera, screens: Screens, records: Mapping[str, int] = NOTHING) -> None:
    for name, username, path in screens:
        camera.look(f"/console{path.format(**records)}", name, username, full_page=True)


def _take_sheets(camera: Camera, ticket: int) -> None:
    for look in LOOKS:
        page = camera.open(f"/console/tickets/{ticket}", "ani", look)
        for sheet in SHEETS:
            page.evaluate("(id) => document.getElementById(id).showModal()", sheet)
            camera.take(page, f"sheet-{sheet}{look.suffix}")
            page.evaluate("(id) => document.getElementById(id).close()", sheet)
        shut(page)
