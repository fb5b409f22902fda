"""A person at the phone and officers at the console, in a real browser over the real parts."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.system.service import Service, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(300)]

SEEN_WITHIN = 2_000  # milliseconds from the ticket to the officer's open queue
PATIENCE = 20_000  # milliseconds for a reply on a busy machine
DESKTOP, POCKET = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
PASSWORD = "maraga-demo"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def window(browser: Browser, trial: Service) -> Iterator[Callable[..., Page]]:
    """A new browser window; errors in its console, or requests elsewhere, fail the test."""
    faults: list[str] = []
    contexts = []

    def opened(size: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(viewport=size, locale="id-ID")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((trial.url, "blob:")) else faults.append(r.url),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def phone(window: Callable[..., Page], trial: Service) -> Callable[[str], Page]:
    """The phone page of a new applicant with this name."""

    def opened(name: str) -> Page:
        page = window()
        page.goto(f"{trial.url}/simulator")
        page.get_by_text("Tambah pemohon").click()
        page.fill("#new-name", name)
        page.fill("#new-number", f"0811{abs(hash(name)) % 10**7:07d}")
        page.keyboard.press("Enter")
        expect(page.locator("#text")).to_be_visible()
        page.wait_for_url(re.compile(r"/simulator/phone/\d+"))
        return page

    return opened


@pytest.fixture
def console(window: Callable[..., Page], trial: Service) -> Callable[..., Page]:
    """The console, signed in as one of the cast."""

    def opened(username: str, size: dict[str, int] = DESKTOP) -> Page:
        page = window(size)
        page.goto(f"{trial.url}/console/signin")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/console/(queue|section)"))
        return page

    return opened


def write(page: Page, text: str) -> None:
    """Type on the phone and send."""
    page.fill("#text", text)
    page.keyboard.press("Enter")


def reads(page: Page, text: str) -> None:
    """The phone shows a bubble of the service with this text."""
    bubble = page.locator(".bubble:not(.own)", has_text=text).last
    expect(bubble).to_be_visible(timeout=PATIENCE)


def test_a_question_is_answered_with_its_legal_basis(phone: Callable[[str], Page]) -> None:
    page = phone("Fajar Tanya")
    write(page, "berapa batas bebas bea masuk barang kiriman?")
    reads(page, "USD 3")
    answer = page.locator(".bubble:not(.own)").last
    expect(answer.locator("strong, b").first).to_have_text("USD 3")
    expect(answer).to_contain_text("PMK 96/2023")
    write(page, "ya")
    reads(page, "Terima kasih")


def test_a_person_is_asked_for_seen_taken_answered_and_closed(
    phone: Callable[[str], Page], console: Callable[..., Page], trial: Service
) -> None:
    ani, ali = console("ani"), console("ali")
    fajar = phone("Fajar Minta <b>Orang</b>")
    write(fajar, "mau bicara dengan petugas")
    row = ani.locator("a.row", has_text="Fajar Minta <b>Orang</b>")
    wait_for("the ticket", lambda: trial.rows("SELECT 1 FROM ticket WHERE state = 'waiting'"))
    expect(row).to_be_visible(timeout=SEEN_WITHIN)
    reads(fajar, "MC-")
    row.click()
    ani.wait_for_url("**/console/tickets/*")
    ali.goto(ani.url)
    ani.keyboard.press("t")
    expect(ani.locator("#reply")).to_be_visible(timeout=PATIENCE)
    expect(ali.get_by_text("Ani Rahmawati").first).to_be_visible(timeout=PATIENCE)
    reads(fajar, "Ani Rahmawati")

    ani.fill("#reply", "Selamat pagi, ada yang bisa kami bantu?")
    ani.keyboard.press("Control+Enter")
    reads(fajar, "ada yang bisa kami bantu?")
    expect(ani.locator("#reply")).to_have_value("")
    write(fajar, "paket saya RR123456789ID di mana? <script>alert(1)</script>")
    expect(ani.get_by_text("<script>alert(1)</script>").first).to_be_visible(timeout=PATIENCE)
    number = ani.url.split("/")[-1]
    ani.get_by_role("button", name="Tutup").first.click()
    ani.locator("form[action$='/close'] button[type=submit]").click()
    reads(fajar, "1* (sangat kurang)".replace("*", ""))
    write(fajar, "5")
    wait_for(
        "the rating",
        lambda: trial.rows("SELECT 1 FROM ticket WHERE id = :id AND rating = 5", id=int(number)),
    )


def test_a_section_answers_on_a_phone_and_sees_only_its_question(
    phone: Callable[[str], Page], console: Callable[..., Page]
) -> None:
    ani = console("ani")
    fajar = phone("Fajar Rokok")
    write(fajar, "petugas, ada toko jual barang tanpa pita")
    ani.locator("a.row", has_text="Fajar Rokok").click(timeout=PATIENCE)
    ani.keyboard.press("t")
    expect(ani.locator("#reply")).to_be_visible(timeout=PATIENCE)
    ani.get_by_role("button", name="Tanya seksi").first.click()
    ani.select_option("select[name=section]", "P2")
    ani.fill("textarea[name=question]", "Apakah laporan lewat WhatsApp cukup?")
    ani.fill("textarea[name=holding_reply]", "Sebentar, kami tanyakan ke seksi penindakan.")
    ani.locator("form[action$='/consult'] button[type=submit]").click()
    reads(fajar, "kami tanyakan ke seksi penindakan")

    budi = console("budi", POCKET)
    budi.get_by_text("Apakah laporan lewat WhatsApp cukup?").first.click()
    expect(budi.get_by_text("ada toko jual")).to_have_count(0)
    budi.fill("textarea", "Cukup, sertakan alamat tokonya.")
    budi.locator("form[action$='/answer'] button[type=submit]").click()
    expect(ani.get_by_text("Cukup, sertakan alamat tokonya.").first).to_be_visible(timeout=PATIENCE)
    citra = console("citra", POCKET)
    answer = citra.goto(budi.url)
    assert answer is not None
    assert answer.status == 404 or "Apakah laporan" not in citra.content()
