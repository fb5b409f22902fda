#!/usr/bin/env python3
"""Takes the pictures of docs/panduan-penyelia.md: board and reports over two months made up.

Neither Rasa nor the whole service is needed: the console alone runs over a database of its own.
With a folder as argument the pictures go there, in every look, to be looked at.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from large_data import filled_database
from screenshots import ARGUMENTS, BY_DAY, BY_NIGHT, IN_THE_POCKET, LOOKS, PICTURES, SOON, Look

from bot import clock, console
from bot.demo.accounts import DEMO_PASSWORD
from scripts.chromium import configured, installed, through_apt, through_playwright

TICKETS, DAYS = 4_000, 60
MORNING = datetime(2026, 11, 24, 2, 35, tzinfo=UTC)  # a Tuesday, 10.35 WITA: the same each time
# The picture's name, the page, and the looks that the guide shows.
SHOWN = (
    ("board", "/console/board", (BY_DAY, BY_NIGHT)),
    ("board", "/console/board", (IN_THE_POCKET,)),
    ("report-promise", "/console/reports/promise?period=last_month", (BY_DAY,)),
    ("report-volume", "/console/reports/volume?period=last_month", (BY_DAY,)),
    ("report-breaches", "/console/reports/breaches?period=last_month", (BY_DAY,)),
)
ALL = ("promise", "tiers", "volume", "sections", "bot", "ratings", "breaches", "register")


def main() -> int:
    """Fill, serve, and take the pictures."""
    clock.now = lambda: MORNING
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    shown = SHOWN if folder == PICTURES else _everything()
    folder.mkdir(parents=True, exist_ok=True)
    executable = configured() or installed() or through_apt() or through_playwright()
    with filled_database(TICKETS, DAYS), _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        for name, page, looks in shown:
            for look in looks:
                _take(browser, look, address, page, folder / f"{name}{look.suffix}.png")
        browser.close()
    return 0


def _everything() -> tuple[tuple[str, str, tuple[Look, ...]], ...]:
    reports = ((f"report-{name}", f"/console/reports/{name}?period=last_month") for name in ALL)
    return tuple((*one, LOOKS) for one in (("board", "/console/board"), *reports))


@contextmanager
def _served() -> Iterator[str]:
    """The console alone on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    @asynccontextmanager
    async def lifespan(_: Starlette):  # type: ignore[no-untyped-def]
        async with console.running():
            yield

    app = Starlette(routes=console.routes(), lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def _take(browser: Browser, look: Look, address: str, page_address: str, path: Path) -> None:
    context = browser.new_context(viewport=look.size, color_scheme=look.scheme, locale="id-ID")
    page = context.new_page()
    page.set_default_timeout(SOON)
    page.goto(f"{address}/console/signin")
    page.fill("input[name=username]", "eko")
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/queue")
    page.goto(f"{address}{page_address}")
    page.screenshot(path=path, animations="disabled", full_page=path.parent != PICTURES)
    print(f"{path.name}  {path.stat().st_size // 1000} kB", flush=True)
    context.close()


if __name__ == "__main__":
    sys.exit(main())
