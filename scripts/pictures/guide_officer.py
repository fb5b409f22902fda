"""The pictures of docs/panduan-petugas.md: Ani's shift, and a night with the phone."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from bot.models import TicketReason
from bot.settings import ROOT
from scripts.own_database import own_database
from scripts.pictures.camera import IN_THE_POCKET, POCKET_BY_NIGHT, Camera, chromium, leave, shut
from scripts.pictures.console import MORNING, NIGHT, served_console, set_clock
from scripts.pictures.morning import Morning, fill_the_queue
from scripts.pictures.office import open_office
from scripts.pictures.people import applicant, is_taken, is_weighed, minutes, waits, writes

PICTURES = ROOT / "docs" / "pictures"
NAME = "panduan-petugas-"
PRICE = "Nomor resinya RR123456789ID. Isinya sepatu 80 dolar, kira-kira bayar berapa?"
GREETING = "Selamat pagi Bu Rina, saya Ani. Paketnya sudah kami temukan.\n\n"
FOR_THE_SECTION = (
    "Paket RR123456789ID dari Jepang tertahan dua minggu. Apakah pemeriksaannya sudah selesai, "
    "dan apa yang masih kurang?"
)


def main() -> None:
    """Play the shift and the night, and take every picture."""
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        camera = Camera(browser, address, PICTURES)
        open_office()
        _sign_in(camera)
        morning = fill_the_queue()
        _queue(camera)
        _conversation(camera, morning)
        _roster(camera)
    set_clock(NIGHT)
    with own_database(), served_console() as address, chromium() as browser:
        open_office()
        _night(Camera(browser, address, PICTURES))


def _sign_in(camera: Camera) -> None:
    page = camera.open("/console/signin")
    page.fill("input[name=username]", "ani")
    camera.take(page, f"{NAME}masuk")
    shut(page)
    page = camera.open("/console/queue", "ani")
    camera.take(page, f"{NAME}mulai")
    shut(page)


def _queue(camera: Camera) -> None:
    page = camera.open("/console/queue", "ani")
    camera.take(page, f"{NAME}antrean")
    shut(page)


def _conversation(camera: Camera, morning: Morning) -> None:
    page = camera.open(f"/console/tickets/{morning.rina}", "ani")
    _evidence(camera, page)
    page.click("form[data-take] button")
    page.locator("#reply").wait_for()
    _rina_writes(page)
    _replying(camera, page)
    _sheets(camera, page)
    page.keyboard.press("?")
    camera.take(page.locator("#help"), f"{NAME}pintasan")
    leave(page)
    _offline(camera, page)
    shut(page)
    _template(camera, morning.sinar)
    _failed(camera, morning.nurul)


def _evidence(camera: Camera, page: Page) -> None:
    basis = page.locator("details.evidence").last
    basis.locator("summary").click()
    basis.scroll_into_view_if_needed()
    camera.take(page, f"{NAME}bukti")
    basis.get_by_text("Bot keliru di sini").click()
    page.get_by_role("radio", name="Seharusnya ke petugas").check()
    camera.take(page, f"{NAME}bot-keliru")
    leave(page)
    basis.locator("summary").click()


def _rina_writes(page: Page) -> None:
    rina = int(page.locator("body").get_attribute("data-watch").split(":")[1])
    writes(rina, PRICE, minutes(0))
    is_weighed(
        rina,
        PRICE,
        (("kiriman_contoh_hitung", 0.83), ("kiriman_cara_bayar", 0.41), ("kiriman_denda", 0.12)),
    )
    page.reload()  # it may have asked for suggestions before they were there
    page.locator("#suggestions button").first.wait_for()


def _replying(camera: Camera, page: Page) -> None:
    page.fill("#reply", GREETING.strip())
    page.locator("#suggestions button").first.click()
    expect(page.locator("#reply")).to_have_value(re.compile(".{9}\\n\\n.{90}", re.DOTALL))
    page.click("[data-previews]")
    page.locator("[data-preview] .bubble").first.wait_for()
    page.locator(".transcript").evaluate("(one) => (one.scrollTop = one.scrollHeight)")
    camera.take(page, f"{NAME}balasan")
    page.click("[data-previews]")
    page.fill("#reply", "")
    leave(page)
    page.keyboard.press("/")
    camera.take(page, f"{NAME}siap-pakai")
    leave(page)
    page.keyboard.press("n")
    page.fill("#note", "Penerima minta dihubungi setelah pukul 13.00.")
    camera.take(page, f"{NAME}catatan")
    page.fill("#note", "")
    page.click("[data-mode=reply]")


def _sheets(camera: Camera, page: Page) -> None:
    page.click("[data-opens=consult]")
    page.select_option("#consult select[name=section]", "PKC")
    page.fill("#consult textarea[name=question]", FOR_THE_SECTION)
    page.click("#consult .sharing summary")
    page.locator("#consult .share input").last.check()
    camera.take(page, f"{NAME}tanya-seksi")
    leave(page)
    page.click("[data-opens=transfer]")
    camera.take(page, f"{NAME}alihkan")
    leave(page)
    page.click("[data-opens=close]")
    page.check("#close input[value=answered]")
    camera.take(page, f"{NAME}tutup")
    leave(page)


def _offline(camera: Camera, page: Page) -> None:
    page.fill("#reply", "Mohon ditunggu, kami hitung dulu.")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.locator("[data-refusal]:visible").first.wait_for()
    page.locator("#live[data-state=offline]").wait_for()
    camera.take(page, f"{NAME}terputus")
    page.context.set_offline(False)


def _template(camera: Camera, ticket: int) -> None:
    page = camera.open(f"/console/tickets/{ticket}", "ani")
    one = page.locator("details.template", has_text="Jawaban sudah tersedia")
    one.locator("summary").click()
    one.locator("input[name=v1]").fill("PT Sinar Niaga Celebes")
    one.locator("input[name=v2]").fill("keputusan keberatan S-114/2026")
    one.locator("button").scroll_into_view_if_needed()
    camera.take(page, f"{NAME}templat")
    shut(page)


def _failed(camera: Camera, ticket: int) -> None:
    page = camera.open(f"/console/tickets/{ticket}", "ani")
    page.locator(".bubble-fault").wait_for()
    camera.take(page, f"{NAME}gagal")
    shut(page)


def _roster(camera: Camera) -> None:
    page = camera.open("/console/roster", "ani")
    camera.take(page, f"{NAME}piket")
    shut(page)


def _night(camera: Camera) -> None:
    """Two wait and one is answered, an hour each; looked at from bed."""
    lina = applicant("Lina Marlina Tandiayu")
    writes(lina, "Besok pagi ambil paket di kantor pos, KTP asli wajib dibawa?", minutes(41))
    waits(lina, TicketReason.NO_ANSWER, minutes(41), "Ambil paket", "kiriman")
    joko = applicant("Joko Purnomo", timedelta(days=8))
    writes(joko, "Kapal yang kami ageni sandar 23.30. Perlu lapor ke siapa malam ini?", minutes(6))
    ticket = waits(joko, TicketReason.ASKED_FOR_PERSON, minutes(6), "Kapal sandar malam ini")
    is_taken(ticket, "ali", minutes(3))
    page = camera.open("/console/queue?tab=all", "ali", IN_THE_POCKET)
    camera.take(page, f"{NAME}ponsel-antrean")
    shut(page)
    page = camera.open(f"/console/tickets/{ticket}", "ali", POCKET_BY_NIGHT)
    page.fill("#reply", "Selamat malam Pak Joko, saya Ali. Silakan lapor ke")
    camera.take(page, f"{NAME}ponsel-tiket")
    shut(page)
