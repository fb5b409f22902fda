"""A real Chromium for tests, and how long they wait for what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import chromium
from playwright.sync_api import Browser, expect, sync_playwright

# Milliseconds for what comes by itself while other tests have the machine as well. Where a page
# promises to be quicker, the test says so, and is `timed`.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def real_browser() -> Iterator[Browser]:
    """A real Chromium with a fresh profile, for the length of the block."""
    found = chromium.configured() or chromium.installed()
    assert found, "no Chromium: install it, or set CHROMIUM_PATH"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()
