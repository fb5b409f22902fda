"""The pictures of docs/panduan-editor.md: Dewi writes and Eko reviews, a morning long."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from bot.settings import ROOT
from scripts.own_database import own_database
from scripts.pictures.asked_in_vain import InVain, fill_the_inbox
from scripts.pictures.camera import BY_DAY, IN_THE_POCKET, Camera, chromium, shut
from scripts.pictures.console import MORNING, served_console, set_clock
from scripts.pictures.editors_desk import (
    LIMIT,
    OBJECTION,
    PICK_UP,
    PICK_UP_PDF,
    Desk,
    fill_the_editors_desk,
    office_table,
)
from scripts.pictures.office import open_office
from scripts.pictures.tried_drafts import remember_questions
from scripts.pictures.tried_questions import ALIKE, ASKED, answer_what_is_tried

PICTURES = ROOT / "docs" / "pictures"
NAME = "panduan-editor-"
TELL = (
    "Halo {nama}, jawaban kami tentang barang bawaan penumpang berdasar pada PMK 34/2025, yang "
    "diganti mulai 1 Januari 2027. Tanyakan lagi di sini bila Anda berangkat sesudahnya."
)


def main() -> None:
    """Take every picture."""
    set_clock(MORNING)
    with own_database(), served_console() as address, chromium() as browser:
        open_office()
        answer_what_is_tried()
        remember_questions()
        inbox = fill_the_inbox()
        desk = fill_the_editors_desk()
        camera = Camera(browser, address, PICTURES)
        _list_and_inbox(camera, inbox)
        _reviewing(camera, desk)
        _history(camera)
        _regulation(camera, desk)
        _import(camera)
        _writing(camera)


def _list_and_inbox(camera: Camera, inbox: InVain) -> None:
    for name, path in (
        ("artikel", "/articles"),
        ("kotak-masuk", "/inbox"),
        ("kelompok", f"/inbox/groups/{inbox.group}"),
        ("wawasan", "/insights"),
    ):
        camera.look(f"/console{path}", f"{NAME}{name}", "dewi", (BY_DAY,))


def _reviewing(camera: Camera, desk: Desk) -> None:
    """Eko looks at both drafts: one may be published, the other takes others' questions."""
    camera.look(f"/console/articles/{LIMIT}/review", f"{NAME}tinjauan", "eko", (BY_DAY,))
    gate = f"/console/drafts/{desk.pick_up}/gate"
    camera.look(gate, f"{NAME}uji", "eko", (BY_DAY,))
    phone = camera.open(gate, "eko", IN_THE_POCKET)
    camera.take(phone, f"{NAME}ponsel")
    shut(phone)
    page = camera.open("/console/try", "eko")
    page.fill("input[name=q]", ASKED)
    page.select_option("select[name=draft]", label=PICK_UP.title)
    page.get_by_role("button", name="Coba", exact=True).click()
    page.locator(".tried").wait_for()
    camera.take(page, f"{NAME}coba")
    shut(page)


def _history(camera: Camera) -> None:
    """What a revision changed, and the way back to the one before."""
    page = camera.open(f"/console/articles/{OBJECTION}/history", "dewi")
    page.get_by_role("button", name="Pulihkan revisi").wait_for()
    camera.take(page, f"{NAME}riwayat", full_page=True)
    shut(page)


def _regulation(camera: Camera, desk: Desk) -> None:
    there = f"/console/regulations/{desk.regulation}"
    camera.look(there, f"{NAME}peraturan", "dewi", (BY_DAY,))
    page = camera.open(f"{there}/given", "dewi")
    page.fill("#telling textarea", TELL)
    camera.take(page, f"{NAME}penerima")
    shut(page)


def _import(camera: Camera) -> None:
    page = camera.open("/console/import", "dewi")
    table = {"name": "faq-kantor.xlsx", "mimeType": "application/zip", "buffer": office_table()}
    page.set_input_files("input[type=file]", table)
    page.get_by_role("button", name="Lihat isinya").click()
    page.locator(".entries").first.wait_for()
    camera.take(page, f"{NAME}impor")
    shut(page)


def _writing(camera: Camera) -> None:
    page = camera.open(f"/console/articles/{PICK_UP.id}/edit", "dewi")
    page.locator("[data-bubbles] .bubble").first.wait_for()
    camera.take(page, f"{NAME}isian")
    page.locator("[data-attaching]").evaluate("(one) => one.scrollIntoView({ block: 'end' })")
    page.locator("[data-preview=en] .bubble", has_text=PICK_UP_PDF).wait_for()
    camera.take(page, f"{NAME}lampiran")
    page.evaluate("() => window.scrollTo(0, 0)")
    _what_lint_says(camera, page)
    _conflict(camera)


def _what_lint_says(camera: Camera, page: Page) -> None:
    page.fill("#ways", f"{PICK_UP.ways}\n{ALIKE}")
    page.locator("[data-near-list] li").first.wait_for()
    page.fill("#legal_basis", "")
    page.fill("#answer", f"{PICK_UP.answer}\n\nLacak di https://www.paketku.com/lacak")
    page.get_by_role("button", name="Simpan dan minta tinjauan").click()
    page.locator(".refusal:not([hidden])").wait_for()
    page.locator("#ways-fault").evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    camera.take(page, f"{NAME}pemeriksaan")
    shut(page)


def _conflict(camera: Camera) -> None:
    """Eko saves while Dewi writes: she gets both."""
    form = f"/console/articles/{LIMIT}/edit"
    dewi, eko = camera.open(form, "dewi"), camera.open(form, "eko")
    for page, words in ((eko, "tidak digabung"), (dewi, "dihitung sendiri-sendiri")):
        written = page.locator("#answer").input_value()
        page.fill("#answer", written.replace("dihitung *per paket*", words))
        page.get_by_role("button", name="Simpan draf").click()
        page.locator(".saved, .refusal").first.wait_for()
    both = dewi.locator("#answer ~ .diff")
    expect(both).to_be_visible()
    both.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    camera.take(dewi, f"{NAME}bentrok")
    shut(dewi)
    shut(eko)
