#!/usr/bin/env python3
"""Measures the server time of the board and the reports over a large data set.

A PostgreSQL of its own is started, filled by large_data.py, and asked through the web app as a
supervisor's browser would ask. Prints the median and the slowest of ten visits in milliseconds; 1
when a page's median is above 100 ms. Files to download are listed, but may take longer.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from large_data import filled_database

from bot import console
from bot.demo.accounts import DEMO_PASSWORD

VISITS = 10
MOST = 100  # ms
PAGES = (
    "/console/board",
    *(
        f"/console/reports/{part}?period={period}"
        for period in ("this_month", "this_year")
        for part in (
            "promise",
            "tiers",
            "volume",
            "sections",
            "bot",
            "ratings",
            "breaches",
            "register",
        )
    ),
)
FILES = (
    "/console/reports/promise/days.csv?period=this_month",
    "/console/reports/register/workbook.xlsx?period=last_month",
    "/console/reports/register/register.pdf?period=today",
)


def main() -> int:
    """Fill and measure."""
    start = time.monotonic()
    with filled_database():
        print(f"filled in {time.monotonic() - start:.0f} s", flush=True)
        return _measure()


def _measure() -> int:
    client = TestClient(Starlette(routes=console.routes()))
    page = client.get("/console/signin").text
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    form = {"key": key, "username": "eko", "password": DEMO_PASSWORD}
    assert client.post("/console/signin", data=form).status_code == 200
    slow = [path for path in PAGES if _report(client, path) > MOST]
    for path in FILES:
        _report(client, path)
    if slow:
        print(f"Slower than {MOST} ms: {', '.join(slow)}", file=sys.stderr)
    return 1 if slow else 0


def _report(client: TestClient, path: str) -> float:
    times = []
    for _ in range(VISITS):
        start = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    middle = statistics.median(times)
    print(f"{middle:7.0f} {max(times):7.0f} ms  {path}", flush=True)
    return middle


if __name__ == "__main__":
    sys.exit(main())
