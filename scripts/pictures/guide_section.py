"""The pictures of docs/panduan-seksi.md: Ani (PLI) asks, and Budi, Citra and Eko work on it."""

from __future__ import annotations

from playwright.sync_api import Page

from bot.models import TicketReason
from bot.settings import ROOT
from scripts.own_database import own_database
from scripts.pictures.camera import IN_THE_POCKET, Camera, chromium
from scripts.pictures.console import MORNING, served_console, set_clock
from scripts.pictures.office import open_office
from scripts.pictures.people import applicant, asks_section, is_taken, minutes, waits, writes

PICTURES = ROOT / "docs" / "pictures"
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


def main() -> None:
    """Play, and take every picture."""
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        open_office()
        rina = _asked("Rina Wulandari", RINA, QUESTION, share=1)
        _asked("H. Yusuf Daeng Mattola", ("Emas titipan keluarga kena pajak?",), HAJI, share=0)
        camera = Camera(browser, address, PICTURES)
        budi = _list(camera)
        ani = camera.open(f"/console/tickets/{rina}", "ani")
        _asked_back(camera, budi, ani)
        _answered(camera, budi, ani)
        _passed_on(camera, budi)
        _decided(camera)


def _asked(name: str, words: tuple[str, ...], question: str, *, share: int) -> int:
    """Someone writes, Ani takes it and asks P2, sharing the last `share` messages."""
    conversation = applicant(name)
    written = [writes(conversation, text, minutes(3)) for text in words]
    ticket = waits(conversation, TicketReason.ASKED_FOR_PERSON, minutes(3))
    is_taken(ticket, "ani", minutes(1))
    shared = written[-share:] if share else ()
    asks_section(ticket, "ani", "P2", question, minutes(0), holding_reply=HOLDING, shared=shared)
    return ticket


def _list(camera: Camera) -> Page:
    budi = camera.open("/console/section", "budi")
    camera.take(budi, "panduan-seksi-daftar")
    pocket = camera.open("/console/section", "budi", IN_THE_POCKET)
    camera.take(pocket, "panduan-seksi-ponsel")
    budi.get_by_text("RR123456789ID").first.click()
    budi.locator("#reply").wait_for()
    camera.take(budi, "panduan-seksi-pertanyaan")
    return budi


def _asked_back(camera: Camera, budi: Page, ani: Page) -> None:
    budi.click("[data-opens=ask-back]")
    budi.fill("#ask-back textarea", FROM_JAPAN)
    camera.take(budi, "panduan-seksi-tanya-balik")
    budi.click("#ask-back .primary")
    budi.locator(".remark").wait_for()
    ani.locator("#facts .tell textarea").fill(TOLD)
    ani.locator("#facts .tell .button").scroll_into_view_if_needed()
    camera.take(ani, "panduan-seksi-pli-melengkapi")
    ani.click("#facts .tell .button")
    budi.get_by_text(TOLD).wait_for()


def _answered(camera: Camera, budi: Page, ani: Page) -> None:
    budi.fill("#reply", EXPLAINED)
    camera.take(budi, "panduan-seksi-jawaban")
    budi.click("#answering .primary")
    ani.locator("#explained").wait_for()
    camera.take(ani, "panduan-seksi-draf")
    budi.wait_for_url("**/console/section")


def _passed_on(camera: Camera, budi: Page) -> None:
    budi.get_by_text("Jemaah haji").first.click()
    budi.click("[data-opens=pass-on]")
    budi.select_option("#pass-on select", "PKC")
    budi.fill("#pass-on textarea", REASON)
    camera.take(budi, "panduan-seksi-teruskan")
    budi.click("#pass-on .primary")
    budi.get_by_text("Diteruskan").first.wait_for()


def _decided(camera: Camera) -> None:
    citra = camera.open("/console/section", "citra")
    citra.click(".card")
    citra.click("[data-opens=pass-on]")
    citra.select_option("#pass-on select", "head")
    citra.fill("#pass-on textarea", "Kami usul tidak perlu; mohon keputusan.")
    citra.click("#pass-on .primary")
    citra.locator(".card.over").wait_for()
    eko = camera.open("/console/decisions", "eko")
    eko.click(".card")
    eko.locator("#reply").wait_for()
    camera.take(eko, "panduan-seksi-keputusan")
