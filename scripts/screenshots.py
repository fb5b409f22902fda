"""Takes the pictures of docs/pictures: `make screenshots`.

A service of its own is started on a temporary data folder and free ports; a few applicants
write to it, Ani (PLI) and Budi (section P2) work in Chromium, and the pictures are taken on the
way. MARAGA_MODEL may name a folder with a trained Rasa model; one that fits is not trained again.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.demo.accounts import DEMO_PASSWORD  # noqa: E402
from bot.demo.phone import NoReply, Phone  # noqa: E402
from bot.launcher.places import LaunchError  # noqa: E402
from bot.settings import settings  # noqa: E402
from scripts.chromium import configured, installed, through_apt, through_playwright  # noqa: E402
from tests.system.service import Service  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 300_000  # bytes of a picture
DESKTOP = {"width": 1280, "height": 860}
POCKET = {"width": 390, "height": 844}
SOON = 20_000  # ms
START_SECONDS = 600
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

RINA = "6281100000001"  # the first of the simulator's applicants
QUESTION = "berapa batas bebas bea masuk barang kiriman?"
WANTED = "Paket saya tertahan dua minggu, mau bicara dengan petugas"
GREETING = "Selamat siang, saya Ani dari Bea Cukai Makassar. Boleh kirim nomor resinya?"
NUMBER = "RR123456789ID, kiriman dari Jepang"
FOR_THE_SECTION = "Paket RR123456789ID dari Jepang tertahan dua minggu. Sudah selesai diperiksa?"
EXPLANATION = "Sudah, hari ini. Isinya sesuai; penerima cukup mengirim bukti bayar barangnya."

# Who else waits: name, and what they write, until a ticket is opened.
WAITING = (
    (
        "Andi Baso",
        ("saya mau komplain", "Loket 2 kemarin sore tutup sebelum waktunya", "antrean A-017"),
    ),
    ("Marten Palayukan", ("min, mau bicara sama orang soal registrasi IMEI hp dari Jepang",)),
    ("CV Bahari Jaya", ("petugas",)),
)


@dataclass(frozen=True)
class Look:
    """How a page is looked at; `suffix` goes into the picture's name."""

    suffix: str
    size: dict[str, int]
    scheme: str


BY_DAY = Look("", DESKTOP, "light")
BY_NIGHT = Look("-dark", DESKTOP, "dark")
IN_THE_POCKET = Look("-small", POCKET, "light")
POCKET_BY_NIGHT = Look("-small-dark", POCKET, "dark")
LOOKS = (BY_DAY, BY_NIGHT, IN_THE_POCKET, POCKET_BY_NIGHT)


class Console:
    """A member of staff's sign-in, looked at on several screens."""

    def __init__(self, browser: Browser, username: str) -> None:
        self._browser = browser
        context = browser.new_context(viewport=DESKTOP)
        self.page = context.new_page()
        self.page.set_default_timeout(SOON)
        self.page.goto(f"{settings().public_address}/console/signin")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", DEMO_PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "signin" not in address)
        self._state: Any = context.storage_state()

    def look(self, name: str, address: str, shows: str, looks: tuple[Look, ...] = LOOKS) -> None:
        """Take `address` once it shows a text, in each look."""
        for look in looks:
            with _opened(self._browser, look, address, self._state) as page:
                page.get_by_text(shows).locator("visible=true").first.wait_for()
                _shoot(page, name + look.suffix)


def main() -> int:
    """Play, and take every picture; 1 when one grew too large, 2 when the service won't start."""
    executable = configured() or installed() or through_apt() or through_playwright()
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with _service(), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
            _play(browser)
            browser.close()
    except (LaunchError, NoReply) as fault:
        print(fault, file=sys.stderr)
        return 2
    large = [p.name for p in PICTURES.glob("*.png") if p.stat().st_size > LARGEST]
    if large:
        print(f"Larger than {LARGEST // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


@contextmanager
def _service() -> Iterator[None]:
    """The service with the simulator, and this process's settings pointed at it."""
    with tempfile.TemporaryDirectory(prefix="maraga-pictures-") as folder:
        data = Path(folder) / "data"
        _lend_model(data)
        service = Service(data, twilio_url=None)
        print("Starting a service for the pictures; this takes a minute or two.", flush=True)
        service.start(START_SECONDS)
        try:
            os.environ.update(service.environment)
            settings.cache_clear()
            yield
        finally:
            service.stop()


def _lend_model(data: Path) -> None:
    """A model that was trained from the same files need not be trained again."""
    trained = Path(os.environ.get("MARAGA_MODEL", ROOT / "var" / "rasa"))
    if trained.is_dir():
        shutil.copytree(trained, data / "rasa")


def _play(browser: Browser) -> None:
    for look in LOOKS:
        with _opened(browser, look, "/console/signin") as page:
            _shoot(page, "signin" + look.suffix)
    # Our own style goes over the page's for a moment, which its security policy forbids.
    context = browser.new_context(viewport=DESKTOP, device_scale_factor=2, bypass_csp=True)
    phone = context.new_page()
    phone.set_default_timeout(SOON)
    _ask_at_the_phone(phone)
    for position, (name, texts) in enumerate(WAITING):
        _hand_over(Phone(f"+62812345000{position:02d}", name), texts)
    _write(phone, WANTED)
    expect(phone.locator("#messages")).to_contain_text("MC-", timeout=SOON)
    ani = Console(browser, "ani")
    ani.look("console", "/console/queue", "Rina Wulandari")
    ticket = _take(ani.page)
    ani.page.fill("#reply", GREETING)
    ani.page.locator(".send").click()
    expect(phone.locator("#messages")).to_contain_text("nomor resinya", timeout=SOON)
    _write(phone, NUMBER)
    expect(ani.page.locator("#transcript")).to_contain_text("RR123456789ID", timeout=SOON)
    expect(ani.page.locator("#talk-head .state")).to_have_text("Ditangani", timeout=SOON)
    ani.look("ticket", ticket, "RR123456789ID")
    _consult(ani.page)
    _shoot_phone_in_the_pocket(browser)
    _answer_as_section(browser)
    ani.look("ticket-answered", ticket, EXPLANATION, (BY_DAY,))


def _ask_at_the_phone(phone: Page) -> None:
    phone.goto(f"{settings().public_address}/simulator/phone/{RINA}")
    _write(phone, QUESTION)
    expect(phone.locator("#messages")).to_contain_text("USD 3", timeout=SOON)
    # Two ticks that turn blue: read.
    phone.wait_for_timeout(1500)
    bare = "body { background: none !important } .phone { box-shadow: none !important }"
    _shoot(phone.locator("main.phone"), "phone", style=bare, omit_background=True)
    # The gradient of the ground alone would take most of the file.
    plain = bare.replace("none", "#e9eef0", 1)
    _shoot(phone, "phone-page", style=plain, scale="css")


def _write(phone: Page, text: str) -> None:
    phone.fill("#text", text)
    phone.keyboard.press("Enter")


def _hand_over(phone: Phone, texts: tuple[str, ...]) -> None:
    """Have the conversation end at an officer."""
    for text in texts[:-1]:
        phone.write(text)
        phone.read()
    phone.write(texts[-1])
    phone.read("MC-")


def _take(page: Page) -> str:
    """Take over Rina's ticket; returns its address."""
    page.goto(f"{settings().public_address}/console/queue")
    page.locator("a.row", has_text="Rina Wulandari").click()
    page.wait_for_url("**/console/tickets/*")
    page.locator("form[action$='/take'] button").click()
    page.locator("#reply").wait_for()
    return page.url.removeprefix(settings().public_address)


def _consult(page: Page) -> None:
    page.locator("[data-opens=consult]").click()
    page.select_option("#consult select[name=section]", "P2")
    page.fill("#consult textarea[name=question]", FOR_THE_SECTION)
    _shoot(page, "consult")
    page.locator("#consult .primary").click()
    page.locator("#facts .asked").wait_for()


def _answer_as_section(browser: Browser) -> None:
    budi = Console(browser, "budi")
    budi.look("section", "/console/section", FOR_THE_SECTION)
    budi.page.locator("a.card").first.click()
    budi.page.fill("#reply", EXPLANATION)
    _shoot(budi.page, "section-answer")
    budi.page.locator("#answering .primary").click()
    budi.page.locator(".card.over").first.wait_for()


def _shoot_phone_in_the_pocket(browser: Browser) -> None:
    with _opened(browser, IN_THE_POCKET, f"/simulator/phone/{RINA}") as page:
        page.get_by_text("seksi").last.wait_for()
        _shoot(page, "phone-small")


@contextmanager
def _opened(browser: Browser, look: Look, address: str, state: Any | None = None) -> Iterator[Page]:
    """A page of the service in a fresh window."""
    context = browser.new_context(
        viewport=look.size, color_scheme=look.scheme, storage_state=state, locale="id-ID"
    )
    page = context.new_page()
    page.set_default_timeout(SOON)
    page.goto(f"{settings().public_address}{address}")
    try:
        yield page
    finally:
        context.close()


def _shoot(what: Page | Locator, name: str, **options: Any) -> None:
    path = PICTURES / f"{name}.png"
    what.screenshot(path=path, animations="disabled", **options)
    print(f"docs/pictures/{name}.png  {path.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
