"""The console in a real browser: pages of the cast, and whether they can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from bot import clock
from bot.console.handling import COOKIE
from bot.db import transaction
from bot.desk import tickets
from bot.models import Staff
from tests.browsers import real_browser
from tests.console.sign_ins import sign_in_of

PHONE = (390, 844)

# The lowest contrast of a text on the page with what is behind it, and that text.
_LOWEST_CONTRAST = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const channel = (v) => linear(v / 255);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const over = (top, below) => {
    const a = top[3] ?? 1;
    return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a));
  };
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if ((colour[3] ?? 1) > 0) layers.push(colour);
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("script, .quiet, option")) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2) continue;
    const under = behind(element);
    const [a, b] = [light(over(parse(getComputedStyle(element).color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, text];
  }
  return worst;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium. Ends with the module: others drive one in the same process too."""
    with real_browser() as browser:
        yield browser


@pytest.fixture
def open_as(browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    """A page of one of the cast; fails the test if it erred or asked another host."""
    contexts = []
    faults: list[str] = []

    def open_page(username: str, size: tuple[int, int] = (1280, 900), **kind: object) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=served,
            has_touch=width < 500,
            is_mobile=width < 500,
            **kind,
        )
        contexts.append(context)
        token, _ = sign_in_of(username)
        cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/console"}
        context.add_cookies([cookie])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: told.type == "error" and faults.append(told.text))
        page.on("request", lambda asked: asked.url.startswith(served) or faults.append(asked.url))
        page.goto("/console/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    # The browser logs every refusal of ours, and every connection a test cuts, by itself.
    expected = ("status of 4", "net::ERR_")
    unexpected = [fault for fault in faults if not any(known in fault for known in expected)]
    assert not unexpected, unexpected


@pytest.fixture
def anis(open_as, ticket) -> Callable[..., Page]:
    """Ani's page of a ticket that she holds."""

    def open_held(body: str = "mau bicara dengan petugas", **size: object) -> Page:
        number = ticket(body)
        with transaction() as session:
            ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            tickets.take_over(session, number, ani, clock.now())
        page = open_as("ani", **size)
        page.goto(f"/console/tickets/{number}")
        return page

    return open_held


def assert_readable(page: Page) -> None:
    """By day and by night every text stands out from what is behind it, and nothing is too wide."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ratio, text = page.evaluate(_LOWEST_CONTRAST)
        assert ratio >= 4.5, (page.url, scheme, text, ratio)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
