#!/usr/bin/env python3
"""`make page-times`: the server time of every page of the console over years of data.

A PostgreSQL of its own is started, filled by large_data.py, large_desk.py and large_editors.py, and
asked through the web app as the browser of each page's reader would ask. Prints the median and the
slowest of ten visits; 1 when a page's median is above 100 ms. Files to download are listed, but may
take longer. With --write the table also goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import circumstances, say, table, write
from large_data import analyse, filled_database
from large_desk import fill_desk
from large_editors import fill_editors
from page_addresses import Page, files, pages
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import clock, console
from bot.db import engine, transaction
from bot.demo.accounts import DEMO_PASSWORD

VISITS = 10
MOST = 100  # ms
_DESK_DAYS = 365


@dataclass(frozen=True)
class Timed:
    """A page and its times in milliseconds."""

    page: Page
    median: float
    slowest: float

    @property
    def row(self) -> list[str]:
        name = f"{self.page.address} (live parts)" if self.page.fragment else self.page.address
        return [f"{self.median:.0f}", f"{self.slowest:.0f}", self.page.reader, name]


def main() -> int:
    """Fill, measure, say."""
    options = _options()
    start = time.monotonic()
    with filled_database(kept=options.keep) as _:
        _fill_the_rest(clock.now())
        say(f"filled in {time.monotonic() - start:.0f} s")
        measured = _measure(pages(), options.only)
        downloads = _measure(files(), options.only)
    shown = _report(measured, downloads)
    print(shown)
    if options.write:
        write(shown, mark="pages")
    slow = [timed for timed in measured if timed.median > MOST]
    return 1 if slow else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/benchmarks.md")
    parser.add_argument("--only", default="", metavar="TEXT", help="pages whose address has it")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the filled database there for a next run"
    )
    return parser.parse_args()


def _fill_the_rest(now: datetime) -> None:
    with engine().begin() as connection:
        if connection.scalar(text("SELECT EXISTS (SELECT 1 FROM tag)")):
            return
        fill_desk(connection, now, _DESK_DAYS)
    with transaction() as session:
        fill_editors(session, now)
    analyse()


def _measure(chosen: Sequence[Page], only: str) -> list[Timed]:
    app = Starlette(routes=console.routes())
    clients = {reader: _signed_in(app, reader) for reader in {page.reader for page in chosen}}
    # As the web process does before it serves (bot/web.py).
    gc.collect()
    gc.freeze()
    found = []
    for page in chosen:
        if only in page.address:
            found.append(_timed(clients[page.reader], page))
            say("  ".join(found[-1].row))
    return found


def _signed_in(app: Starlette, username: str) -> TestClient:
    client = TestClient(app)
    page = client.get("/console/signin").text
    key = page.split('name="key" value="')[1].split('"')[0]
    form = {"key": key, "username": username, "password": DEMO_PASSWORD}
    assert client.post("/console/signin", data=form).status_code == 200
    return client


def _timed(client: TestClient, page: Page) -> Timed:
    headers = {"X-Fragment": "1"} if page.fragment else {}
    times = []
    for _ in range(VISITS):
        start = time.perf_counter()
        answer = client.get(page.address, headers=headers, follow_redirects=False)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, (page, answer.status_code)
    return Timed(page, statistics.median(times), max(times))


def _report(measured: Sequence[Timed], downloads: Sequence[Timed]) -> str:
    headings = ("median ms", "slowest ms", "reader", "page")
    slow = sum(timed.median > MOST for timed in measured)
    given = " ".join(sys.argv[1:])
    return "\n\n".join(
        [
            circumstances(f"make page-times ({given})" if given else "make page-times"),
            table(headings, [timed.row for timed in measured]),
            f"{slow} of {len(measured)} pages have a median above {MOST} ms. Files to download:",
            table(headings, [timed.row for timed in downloads]),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
