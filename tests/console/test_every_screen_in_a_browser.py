"""Whatever screens there are, for every role: axe finds nothing, by day and by night."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.console.screens import CAST, addresses, fill_the_office
from tests.console.test_pages_in_a_browser import PHONE, browser, open_as

__all__ = ["browser", "open_as"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

DESKTOP = (1280, 900)
SIGHTS = [(DESKTOP, "light"), (PHONE, "dark")]

OPEN_ALL = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
SHEETS = "[...document.querySelectorAll('dialog[id]')].map((one) => one.id)"


@pytest.fixture
def office(ticket, consultation) -> None:
    fill_the_office(ticket, consultation)


def violations(page: Page, where: str) -> list[str]:
    """What axe finds, each with its place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{where}: {fault['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for fault in found
        for node in fault["nodes"]
    ]


def looked_at(page: Page, where: str) -> list[str]:
    """The page with everything unfolded, and each of its sheets."""
    page.evaluate(OPEN_ALL)
    found = violations(page, where)
    for sheet in page.evaluate(SHEETS):
        page.evaluate("(id) => document.getElementById(id).showModal()", sheet)
        found += violations(page, f"{where} #{sheet}")
        page.evaluate("(id) => document.getElementById(id).close()", sheet)
    return found


@pytest.mark.parametrize(("size", "scheme"), SIGHTS, ids=["desktop-light", "phone-dark"])
@pytest.mark.parametrize("username", CAST)
def test_axe_finds_nothing(
    open_as: Callable[..., Page], office: None, username: str, size: tuple[int, int], scheme: str
) -> None:
    page = open_as(username, size, color_scheme=scheme)
    found, seen = [], 0
    for address in addresses():
        answer = page.context.request.get(address, max_redirects=0)
        if answer.status != 200 or "html" not in answer.headers["content-type"]:
            continue
        page.goto(address)
        seen += 1
        found += looked_at(page, address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size[0]:
            found.append(f"{address}: {width} pixels wide")
    assert seen >= 2
    assert found == []


@pytest.mark.parametrize(("size", "scheme"), SIGHTS, ids=["desktop-light", "phone-dark"])
def test_axe_finds_nothing_at_the_door(
    browser, served: str, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=served, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/console/signin")
    assert violations(page, "/console/signin") == []
    context.close()


def test_axe_would_find_something(browser, served: str) -> None:
    page = browser.new_page(base_url=served)
    page.goto("/console/signin")
    page.evaluate("document.querySelectorAll('label').forEach((one) => one.remove())")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert violations(page, "/console/signin")
    page.close()
