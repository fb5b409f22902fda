"""The scripted conversation."""

from __future__ import annotations

import re
import secrets
import textwrap

from bot.demo.accounts import DEMO_PASSWORD
from bot.demo.officer import Officer
from bot.demo.phone import Phone
from bot.launcher.places import LaunchError
from bot.launcher.running import running_service
from bot.settings import settings


def main() -> None:
    """Play the conversation on the running service, or on one started for it."""
    if not settings().simulator:
        raise LaunchError("The demo needs the simulator: run it without TWILIO_ACCOUNT_SID.")
    with running_service():
        _play()
    print("\nThe demo is over: every message arrived.")


def _play() -> None:
    phone = Phone(f"+62811{secrets.randbelow(10**8):08d}", "Fajar")
    _section("A question that an article answers")
    _ask(phone, "berapa batas bebas bea masuk barang kiriman?", "USD 3")
    _ask(phone, "ya")

    _section("A question that is not clear")
    offered = _ask(phone, "barang dari luar negeri kena berapa?")
    if "1. " in offered:
        _ask(phone, "1")

    _section("A person is wanted")
    handed_over = _ask(phone, "saya mau bicara dengan petugas", "MC-")
    number = re.findall(r"MC-\d{4}-\d{6}", handed_over)[0]

    _section("An officer takes the ticket, answers and closes it")
    officer = Officer(settings().public_address, "ani", DEMO_PASSWORD)
    ticket = officer.find(number)
    officer.take(ticket)
    _show("Ani", f"takes {number}")
    _show("Maraga", phone.read("Ani"))
    officer.reply(ticket, "Selamat siang, saya Ani. Boleh kirim nomor resinya?")
    _show("Ani", phone.read("nomor resinya"))
    _say(phone, "RR123456789ID, terima kasih")
    officer.reply(ticket, "Paketnya sudah selesai diperiksa dan diteruskan ke kurir.")
    _show("Ani", phone.read("diteruskan ke kurir"))
    officer.close(ticket, "answered")
    _show("Maraga", phone.read(number))
    _ask(phone, "5")


def _ask(phone: Phone, text: str, containing: str = "") -> str:
    _say(phone, text)
    reply = phone.read(containing)
    _show("Maraga", reply)
    return reply


def _say(phone: Phone, text: str) -> None:
    _show("Fajar", text)
    phone.write(text)


def _section(title: str) -> None:
    print(f"\n--- {title} ---")


def _show(who: str, text: str) -> None:
    indent = " " * 10
    lines = [textwrap.fill(line, 90) for line in text.splitlines()]
    print(f"{who:>8}: " + "\n".join(lines).replace("\n", "\n" + indent))
