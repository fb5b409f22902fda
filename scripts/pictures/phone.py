"""The pictures of the README: an applicant's phone and what the officer sees of it.

They show what the bot itself answers, so a whole service is started for them, on a temporary
data folder and free ports. MARAGA_MODEL may name a folder with a trained Rasa model; one that
fits is not trained again.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from bot.demo.phone import NoReply, Phone
from bot.launcher.places import LaunchError
from bot.settings import ROOT, settings
from scripts.pictures.camera import BY_DAY, SOON, Camera, chromium
from tests.system.service import Service

PICTURES = ROOT / "docs" / "pictures"
START_SECONDS = 600
RINA = "6281100000001"  # the first of the simulator's applicants
QUESTION = "berapa batas bebas bea masuk barang kiriman?"
WANTED = "Paket saya tertahan dua minggu, mau bicara dengan petugas"
GREETING = "Selamat siang, saya Ani dari Bea Cukai Makassar. Boleh kirim nomor resinya?"
NUMBER = "RR123456789ID, kiriman dari Jepang"
# Who else waits: name, and what they write.
WAITING = (
    ("Marten Palayukan", "min, mau bicara sama orang soal registrasi IMEI hp dari Jepang"),
    ("CV Bahari Jaya", "petugas"),
)


def main() -> bool:
    """Play, and take both pictures; False, with the reason on stderr, when nothing starts."""
    try:
        with _service(), chromium() as browser:
            _play(Camera(browser, settings().public_address, PICTURES))
    except (LaunchError, NoReply) as fault:
        print(fault, file=sys.stderr)
        return False
    return True


@contextmanager
def _service() -> Iterator[None]:
    """The service with the simulator, and this process's settings pointed at it."""
    with tempfile.TemporaryDirectory(prefix="maraga-pictures-") as folder:
        data = Path(folder) / "data"
        _lend_model(data)
        service = Service(data, twilio_url=None)
        print("Starting a service for the pictures; this takes a few minutes.", flush=True)
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


def _play(camera: Camera) -> None:
    # Our own style goes over the page's for a moment, which its security policy forbids.
    phone = camera.open(f"/simulator/phone/{RINA}", device_scale_factor=2, bypass_csp=True)
    _ask(camera, phone)
    for position, (name, text) in enumerate(WAITING):
        other = Phone(f"+62812345000{position:02d}", name)
        other.write(text)
        other.read("MC-")
    _write(phone, WANTED)
    expect(phone.locator("#messages")).to_contain_text("MC-", timeout=SOON)
    ani = camera.open("/console/queue", "ani")
    ani.locator("a.row", has_text="Rina Wulandari").click()
    ani.locator("form[action$='/take'] button").click()
    ani.fill("#reply", GREETING)
    ani.locator(".send").click()
    expect(phone.locator("#messages")).to_contain_text("nomor resinya", timeout=SOON)
    _write(phone, NUMBER)
    expect(ani.locator("#transcript")).to_contain_text("RR123456789ID", timeout=SOON)
    expect(ani.locator("#talk-head .state")).to_have_text("Ditangani", timeout=SOON)
    camera.look(ani.url.removeprefix(camera.address), "ticket", "ani", (BY_DAY,))


def _ask(camera: Camera, phone: Page) -> None:
    _write(phone, QUESTION)
    expect(phone.locator("#messages")).to_contain_text("USD 3", timeout=SOON)
    phone.wait_for_timeout(1500)  # two ticks that turn blue: read
    bare = "body { background: none !important } .phone { box-shadow: none !important }"
    camera.take(phone.locator("main.phone"), "phone", style=bare, omit_background=True)


def _write(phone: Page, text: str) -> None:
    phone.fill("#text", text)
    phone.keyboard.press("Enter")
