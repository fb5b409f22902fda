"""What editors and reviewers do in their windows, and what the public gets of it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.system.service import Service

# Milliseconds. Hundreds of questions are asked, on a machine that may have other work.
TRIED_WITHIN = 60_000
DONE_WITHIN = 30_000


def to(page: Page, path: str) -> None:
    """Go to a page of the console."""
    page.goto(f"{page.url.partition('/console')[0]}/console{path}")


def open_draft(page: Page, title: str) -> None:
    """Find a draft in the list of articles and look at it."""
    to(page, "/articles")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def expect_tried(page: Page, verdict: str) -> None:
    """The line about the gate beside the draft comes to say this, by itself."""
    expect(page.locator(".gate-line")).to_contain_text(verdict, timeout=TRIED_WITHIN)


def see_gate(page: Page) -> None:
    """Go from the draft to what its questions came to, once they were asked."""
    page.locator(".gate-line").get_by_role("link").click()
    expect(page.locator(".gate-verdict")).to_be_visible(timeout=TRIED_WITHIN)


def newly_wrong(page: Page, question: str) -> Locator:
    """A question that stops the publishing, as the gate shows it."""
    stops = page.locator(".moves > li", has=page.locator(".accept"))
    return stops.filter(has_text=question)


def open_gate(page: Page, because: str) -> None:
    """Accept what still stops the publishing, one by one, and go back to the draft.

    A question at the edge of what the bot is sure of may fall over it by any publication.
    """
    reasons = page.locator(".accept input[name=because]")
    for left in range(reasons.count(), 0, -1):
        expect(reasons).to_have_count(left)
        reasons.first.fill(because)
        reasons.first.press("Enter")
    expect(page.get_by_text("Boleh terbit")).to_be_visible()
    page.get_by_role("link", name="Draf ini").click()
    expect_tried(page, "lulus")


def publish(page: Page) -> None:
    """Ask for the draft that is looked at to be published."""
    page.get_by_role("button", name="Terbitkan").click()
    page.locator("#publish").get_by_role("button", name="Terbitkan").click()


def expect_published(page: Page, text: str) -> None:
    """The article's own page comes, as the public gets it: a draft's shows the text as well."""
    page.wait_for_url(re.compile(r"/console/articles/\w+$"), timeout=DONE_WITHIN)
    expect(page.locator(".phone-side .bubble").filter(has_text=text)).to_be_visible()


def write_ways(page: Page, ways: list[str]) -> None:
    """Replace the ways of asking in the form."""
    page.get_by_label("Cara bertanya", exact=True).fill("\n".join(ways))


def submit(page: Page) -> None:
    """Save the form and send the draft to review."""
    page.get_by_role("button", name="Simpan dan minta tinjauan").click()


def given(service: Service, person: str) -> list[str]:
    """The articles that a person was given, in order."""
    rows = service.rows(
        "SELECT r.article_id FROM bot_decision d JOIN article_revision r ON r.id = d.revision_id "
        "JOIN conversation c ON c.id = d.conversation_id JOIN address a ON a.id = c.address_id "
        "WHERE a.value = :person ORDER BY d.turn_id",
        person=person,
    )
    return [row["article_id"] for row in rows]
