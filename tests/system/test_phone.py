"""The phone in a real browser, with everything behind it real too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from knowledge_base.attachments import sum_of
from tests.system.service import Service, somebody, wait_for
from tests.system.windows import Windows

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(700)]

ANSWERED_WITHIN = 15_000  # milliseconds; a machine with other work is given time
QUESTION = "berapa batas bebas bea masuk barang kiriman?"
UNCLEAR = "barang dari luar negeri bebas sampai berapa dolar?"
FORM = b"%PDF-1.7 formulir"


@pytest.fixture
def form_of_the_answer(trial: Service) -> Iterator[str]:
    """The article that answers `QUESTION` has a PDF for the length of the test; its name."""
    name, sha256 = "Formulir-Kiriman.pdf", sum_of(FORM)
    article = "WHERE article_id = 'kiriman_batas_bebas' AND status = 'published'"
    trial.change(
        "INSERT INTO attachment VALUES (:sha256, :size, :content, now())",
        sha256=sha256,
        size=len(FORM),
        content=FORM,
    )
    trial.change(
        f"UPDATE article_revision SET details = details || CAST(:named AS jsonb) {article}",
        named=json.dumps({"attachments": {name: sha256}}),
    )
    yield name
    trial.change(f"UPDATE article_revision SET details = details - 'attachments' {article}")


def open_phone(windows: Windows, person: str) -> Page:
    """The page of this person's phone."""
    return windows.open(f"/simulator/phone/{person.removeprefix('whatsapp:+')}")


def write(page: Page, text: str) -> None:
    """Type a message and send it."""
    page.get_by_label("Pesan", exact=True).fill(text)
    page.keyboard.press("Enter")


def theirs(page: Page, text: str | re.Pattern[str]) -> Locator:
    """The service's bubble with this text."""
    return page.locator(".bubble:not(.own)").filter(has_text=text)


def test_a_typed_question_is_answered_in_bold_words_with_its_legal_basis_last(
    trial: Service, windows: Windows
) -> None:
    fajar = somebody()
    page = open_phone(windows, fajar)
    write(page, QUESTION)
    answer = theirs(page, "USD 3")
    expect(answer).to_be_visible(timeout=ANSWERED_WITHIN)
    assert "*" not in answer.locator(".text").inner_text()
    expect(answer.locator("strong").first).to_be_visible()
    lines = [line for line in answer.locator(".text").inner_text().splitlines() if line.strip()]
    assert lines[-2].startswith("Dasar hukum: "), lines
    assert "PMK 96/2023" in lines[-2]
    assert lines[-1].startswith("Apakah ini membantu?")

    write(page, "ya")
    expect(theirs(page, "senang bisa membantu")).to_be_visible(timeout=ANSWERED_WITHIN)
    kept = trial.rows(
        "SELECT helpful FROM bot_decision d JOIN turn ON turn.id = d.turn_id "
        "WHERE turn.id = ANY(:turns)",
        turns=[turn["id"] for turn in trial.turns(fajar)],
    )
    assert kept == [{"helpful": True}]


def test_the_form_of_an_article_follows_its_answer_and_opens(
    trial: Service, windows: Windows, sign_in: Callable[..., Page], form_of_the_answer: str
) -> None:
    fajar = somebody()
    page = open_phone(windows, fajar)
    write(page, QUESTION)
    document = theirs(page, form_of_the_answer)
    expect(document).to_be_visible(timeout=ANSWERED_WITHIN)
    assert "Apakah ini membantu?" in page.locator(".bubble:not(.own)").nth(-2).inner_text()
    address = document.get_by_role("link").get_attribute("href")
    assert page.request.get(f"{trial.url}{address}").body() == FORM
    wait_for("nothing more comes", lambda: trial.is_settled(fajar))
    expect(document).to_have_count(1)
    officer = sign_in("ani")
    conversation = trial.turns(fajar)[0]["conversation_id"]
    officer.goto(f"{trial.url}/console/conversations/{conversation}")
    expect(officer.locator(".media").filter(has_text=form_of_the_answer)).to_be_visible()


def test_an_unclear_question_offers_choices_and_a_tapped_one_brings_its_article(
    trial: Service, windows: Windows
) -> None:
    page = open_phone(windows, somebody())
    write(page, UNCLEAR)
    taps = page.locator(".tap")
    expect(taps.first).to_be_visible(timeout=ANSWERED_WITHIN)
    assert 2 <= taps.count() <= 3
    article = str(taps.first.get_attribute("data-payload")).removeprefix("article:")
    taps.first.click()
    expect(theirs(page, "Apakah ini membantu?")).to_be_visible(timeout=ANSWERED_WITHIN)
    given = trial.rows(
        "SELECT answer_id FROM article_revision WHERE article_id = :id AND status = 'published'",
        id=article,
    )
    words = re.findall(r"\w{5,}", given[0]["answer_id"])[:5]
    shown = theirs(page, "Apakah ini membantu?").inner_text()
    assert all(word in shown for word in words)


def test_who_writes_petugas_is_shown_the_number_of_the_ticket(
    trial: Service, windows: Windows
) -> None:
    fajar = somebody()
    page = open_phone(windows, fajar)
    write(page, "petugas")
    ticket = wait_for("a ticket", lambda: trial.tickets(fajar))[0]
    expect(theirs(page, ticket["number"])).to_be_visible(timeout=ANSWERED_WITHIN)
    expect(theirs(page, "WITA")).to_be_visible()
    assert ticket["reason"] == "asked_for_person"
