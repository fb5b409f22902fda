"""Pictures of the phone and the console, on the running service or one started for it.

`make screenshots` writes them to docs/pictures.
"""

from __future__ import annotations

import secrets
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.demo.phone import Phone  # noqa: E402
from bot.demo.service import running_service  # noqa: E402
from bot.seed import DEMO_PASSWORD  # noqa: E402
from bot.settings import settings  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
DESKTOP = {"width": 1280, "height": 860}
POCKET = {"width": 390, "height": 844}
QUESTION = "berapa batas bebas bea masuk barang kiriman?"
HANDED_OVER = (
    ("Sitti Aminah", "mau bicara dengan petugas, paket saya tertahan sudah dua minggu"),
    ("Andi Baso", "min, mau bicara sama orang soal registrasi IMEI hp saya dari Jepang"),
    ("Marten", "petugas"),
)


def main() -> None:
    """Play a little, then take every picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with running_service(), sync_playwright() as playwright:
        for name, text in HANDED_OVER:
            _hand_over(name, text)
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        _take_phone(browser)
        _take_console(browser)
        browser.close()


def _hand_over(name: str, text: str) -> None:
    phone = Phone(f"+62812{secrets.randbelow(10**8):08d}", name)
    phone.write(text)
    phone.read("MC-")


def _take_phone(browser: Browser) -> None:
    for name, size in (("phone", DESKTOP), ("phone-small", POCKET)):
        page = browser.new_page(viewport=size, locale="id-ID")
        page.goto(f"{settings().public_address}/simulator")
        page.locator("textarea, input[type=text]").last.fill(QUESTION)
        page.keyboard.press("Enter")
        page.get_by_text("USD 3").first.wait_for()
        _shoot(page, name)


def _take_console(browser: Browser) -> None:
    for name, size, scheme in (
        ("console", DESKTOP, "light"),
        ("console-dark", DESKTOP, "dark"),
        ("console-small", POCKET, "light"),
    ):
        context = browser.new_context(viewport=size, locale="id-ID", color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{settings().public_address}/console/signin")
        _shoot(page, name.replace("console", "signin"))
        page.fill("input[name=username]", "ani")
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/queue")
        _shoot(page, name)
        page.locator("a.row").first.click()
        page.wait_for_url("**/console/tickets/*")
        _shoot(page, name.replace("console", "ticket"))
        take = page.locator("form[action$='/take'] button").first
        if take.count():
            take.click()
            page.locator("textarea[name=text]").wait_for()
        _shoot(page, name.replace("console", "ticket-held"))
        context.close()


def _shoot(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


if __name__ == "__main__":
    main()
