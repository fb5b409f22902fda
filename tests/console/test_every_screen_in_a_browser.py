"""Whatever screens there are, for every role: axe finds nothing, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.console.axe import violations
from tests.console.browsing import PHONE
from tests.console.screens import CAST, addresses, fill_the_office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DESKTOP = (1280, 900)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
# Those who are shown many pages alike, which are looked at once.
TOGETHER = [("ani",), ("budi", "dewi"), ("eko", "admin")]

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
TWO_TINY_BUTTONS = """
const button = document.querySelector("button");
button.after(button.cloneNode(true));
document.querySelectorAll("button").forEach((one, n) => {
  one.style = "position: fixed; top: 9px; width: 9px; height: 9px; min-height: 0; padding: 0";
  one.style.left = `${9 * (n + 1)}px`;
});
"""
MAIN = re.compile("<main.*</main>", re.DOTALL)
TOKEN = re.compile('data-csrf="([^"]+)"')  # of the session, another for everybody
SHEETS = "[...document.querySelectorAll('dialog[id]')].map((one) => [one.id, one.innerHTML])"


@pytest.fixture
def office(ticket, consultation) -> None:
    fill_the_office(ticket, consultation)


def content_at(page: Page, address: str) -> str | None:
    """What is at this address for who is signed in, without what is around it; None for no page."""
    answer = page.context.request.get(address, max_redirects=0)
    if answer.status != 200 or "html" not in answer.headers["content-type"]:
        return None
    text = answer.text()
    return MAIN.search(text)[0].replace(TOKEN.search(text)[1], "")


def become(page: Page, size: tuple[int, int]) -> None:
    """The window has this size, with a finger in front of a phone's."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    touch = {"enabled": size == PHONE}
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", touch)


def looked_at(page: Page, where: str, known: set[str]) -> list[str]:
    """The page with everything unfolded, and each of its sheets that isn't known yet."""
    page.evaluate(OPEN_ALL)
    contents = dict(page.evaluate(SHEETS))
    sheets = [sheet for sheet, content in contents.items() if content not in known]
    known.update(contents.values())
    found = []
    for name, size in SIZES.items():
        become(page, size)
        found += violations(page, f"{where} ({name})")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size[0]:
            found.append(f"{where} ({name}): {width} pixels wide")
        for sheet in sheets:
            page.evaluate("(id) => document.getElementById(id).showModal()", sheet)
            found += violations(page, f"{where} ({name}) #{sheet}", f"#{sheet}")
            page.evaluate("(id) => document.getElementById(id).close()", sheet)
    return found


@pytest.mark.parametrize("usernames", TOGETHER, ids=" and ".join)
def test_axe_finds_nothing(
    open_as: Callable[..., Page], office: None, usernames: tuple[str, ...]
) -> None:
    found: list[str] = []
    known: set[str] = set()
    for username in usernames:
        page = open_as(username)
        contents = {address: content_at(page, address) for address in addresses()}
        shown = [address for address, content in contents.items() if content is not None]
        assert len(shown) >= 2
        for address in shown:
            # The first one for what is around the content, which is another for each role.
            if contents[address] in known and address != shown[0]:
                continue
            known.add(contents[address])
            page.goto(address)
            found += looked_at(page, address, known)
    assert found == []


def test_everybody_of_the_cast_is_looked_at_with() -> None:
    assert sorted(sum(TOGETHER, ())) == sorted(CAST)


def test_axe_finds_nothing_at_the_door(browser, served: str) -> None:
    page = browser.new_page(base_url=served)
    page.goto("/console/signin")
    assert looked_at(page, "/console/signin", set()) == []
    page.close()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        ("document.querySelectorAll('label span').forEach((one) => one.remove())", "label"),
        ("document.querySelector('h1').style.color = 'black'", "(dark): color-contrast"),
        (TWO_TINY_BUTTONS, "target-size"),
    ],
    ids=["language", "label", "night", "target"],
)
def test_axe_would_find(browser, served: str, fault: str, told: str) -> None:
    page = browser.new_page(base_url=served)
    page.goto("/console/signin")
    page.evaluate(fault)
    assert any(told in found for found in violations(page, "/console/signin"))
    page.close()
