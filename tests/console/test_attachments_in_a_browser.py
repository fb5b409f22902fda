"""Attaching files in a real browser: by button, key, paste and drop, and nothing gets lost."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from bot.db import DESK, notify, transaction
from bot.models import MediaFile, Message, Speaker, Staff, Ticket
from tests.console.axe import violations
from tests.console.browsing import PHONE, assert_readable

pytestmark = pytest.mark.browser


PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6368000000820081777cd72e0000000049454e44ae426082"
)
PDF = b"%PDF-1.7 surat"
INPUT = "[data-attachments] input"
LISTED = ".attached li"
# What the browser does when a file is pasted into, or dropped on, an element.
HAND_OVER = """([selector, kind, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const facts = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { ...facts, clipboardData: data })
    : new DragEvent(kind, { ...facts, dataTransfer: data });
  return document.querySelector(selector).dispatchEvent(event);
}"""


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    page.set_input_files(
        INPUT,
        [{"name": name, "mimeType": "application/pdf", "buffer": data} for name, data in files],
    )


def hand_over(page: Page, kind: str, selector: str, name: str, content: bytes) -> bool:
    """Paste or drop; whether the browser would go on to do what it usually does."""
    told = [selector, kind, name, base64.b64encode(content).decode()]
    return bool(page.evaluate(HAND_OVER, told))


def sent() -> list[tuple[str, str]]:
    with transaction() as session:
        found = session.scalars(
            select(Message).where(Message.speaker == Speaker.OFFICER).order_by(Message.id)
        )
        return [(str(m.kind), m.body) for m in found]


def kept() -> int:
    with transaction() as session:
        return len(session.scalars(select(MediaFile)).all())


def test_files_are_chosen_listed_removed_by_key_and_sent_once_with_a_double_click(anis):
    page: Page = anis()
    with page.expect_file_chooser() as chooser:
        page.click("text=Lampirkan")
    chooser.value.set_files(
        [
            {"name": "foto.png", "mimeType": "image/png", "buffer": PNG},
            {"name": "besar.pdf", "mimeType": "application/pdf", "buffer": PDF.ljust(1_600_000)},
        ]
    )
    choose(page, ("lagi.pdf", PDF))
    expect(page.locator(LISTED)).to_have_count(3)
    expect(page.locator(LISTED).nth(0)).to_contain_text("1 kB")
    expect(page.locator(LISTED).nth(1)).to_contain_text("1,5 MB")
    page.get_by_role("button", name="Buang besar.pdf").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Buang lagi.pdf")).to_be_focused()
    page.fill("#reply", "Ini keduanya.")
    page.dblclick(".send")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(2)
    expect(page.locator(".bubble .picture img")).to_have_js_property("naturalWidth", 1)
    expect(page.get_by_text("lagi.pdf")).to_be_visible()
    expect(page.locator(LISTED)).to_have_count(0)
    expect(page.locator("#reply")).to_have_value("")
    assert sent() == [("image", "Ini keduanya."), ("document", "")]


def test_a_file_alone_is_sent_and_words_alone_still_are(anis):
    page: Page = anis()
    with page.expect_file_chooser() as chooser:
        page.wait_for_function("document.hasFocus()")  # and the chooser is looked out for
        page.keyboard.press("l")
    surat = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": PDF}
    chooser.value.set_files([surat])
    expect(page.locator(LISTED)).to_have_count(1)
    page.click(".send")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(1)
    expect(page.locator(LISTED)).to_have_count(0)
    page.click(".send")  # nothing is written: the browser asks for it
    page.fill("#reply", "Sudah saya kirim.")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(2)
    assert sent() == [("document", ""), ("text", "Sudah saya kirim.")]


def test_what_can_not_be_sent_is_told_at_once_and_the_rest_stays(anis):
    page: Page = anis()
    page.fill("#reply", "Ini suratnya.")
    choose(
        page,
        ("surat.pdf", PDF),
        ("halaman.pdf", b"<html>"),
        ("foto.png", PNG.ljust(5 * 1024 * 1024 + 1)),
    )
    refusal = page.locator(".for-reply [data-refusal]")
    expect(refusal).to_contain_text("halaman.pdf tidak dilampirkan: hanya JPEG, PNG dan PDF")
    expect(refusal).to_contain_text("foto.png tidak dilampirkan: gambar paling besar 5 MB")
    expect(page.locator(LISTED)).to_have_count(1)
    expect(page.locator("#reply")).to_have_value("Ini suratnya.")
    choose(page, *[(f"{n}.pdf", PDF) for n in range(5)])
    expect(refusal).to_contain_text("Paling banyak 5 berkas")
    expect(page.locator(LISTED)).to_have_count(5)


def test_files_are_pasted_and_dropped_and_a_dropped_file_never_replaces_the_page(anis):
    page: Page = anis()
    page.click(".mode[data-mode=note]")
    assert not hand_over(page, "dragover", ".transcript", "a.pdf", PDF)
    expect(page.locator("#composer")).to_have_attribute("data-dropping", "")
    assert not hand_over(page, "drop", ".transcript", "a.pdf", PDF)
    expect(page.locator("#composer")).not_to_have_attribute("data-dropping", "")
    expect(page.locator("#reply")).to_be_visible()  # a note takes none, so it is a reply's
    assert not hand_over(page, "paste", "#reply", "image.png", PNG)
    expect(page.locator(LISTED)).to_have_count(2)
    assert hand_over(page, "paste", "#note", "image.png", PNG)
    expect(page.locator(LISTED)).to_have_count(2)


def test_files_and_words_stay_when_something_comes_in_and_when_it_can_not_be_sent(anis, writes):
    page: Page = anis()
    page.fill("#reply", "Ini suratnya.")
    choose(page, ("surat.pdf", PDF))
    expect(page.locator(LISTED)).to_have_count(1)
    writes("halo?", name="Fajar")
    with transaction() as session:
        notify(session, DESK, conversation=1)
    expect(page.get_by_text("halo?").first).to_be_visible()
    expect(page.locator(LISTED)).to_have_count(1)
    page.context.set_offline(True)
    page.click(".send")
    expect(page.locator(".for-reply [data-refusal]")).to_contain_text("Belum terkirim")
    page.context.set_offline(False)
    give_to("ali")
    page.click(".send")
    expect(page.locator("#composer")).to_contain_text("Ditangani Ali")
    assert sent() == []
    give_to("ani")
    with transaction() as session:
        notify(session, DESK, conversation=1)
    expect(page.locator("#reply")).to_have_value("Ini suratnya.")
    expect(page.locator(LISTED)).to_have_count(1)
    page.click(".send")
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(2)
    assert sent() == [("text", "Ini suratnya."), ("document", "")]
    assert kept() == 1


def give_to(username: str) -> None:
    with transaction() as session:
        member = session.scalars(select(Staff).where(Staff.username == username)).one()
        session.scalars(select(Ticket)).one().holder_id = member.id


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_goes_out_twice(anis):
    page: Page = anis()
    lost = []

    def lose(route) -> None:
        if not lost:
            lost.append(route.fetch())  # the service has it, the page never hears so
            route.abort()
        else:
            route.continue_()

    page.route("**/reply", lose)
    page.fill("#reply", "Ini.")
    choose(page, ("foto.png", PNG))
    page.click(".send")
    expect(page.locator(".for-reply [data-refusal]")).to_contain_text("Belum terkirim")
    page.click(".send")
    expect(page.locator("#reply")).to_have_value("")
    expect(page.locator(LISTED)).to_have_count(0)
    assert sent() == [("image", "Ini.")]


def test_what_is_written_while_a_file_is_being_sent_is_kept(anis):
    page: Page = anis()
    waiting: list[Callable[[], None]] = []
    page.route("**/reply", lambda route: waiting.append(route.continue_))
    page.fill("#reply", "Ini.")
    choose(page, ("foto.png", PNG))
    page.click(".send")
    expect(page.get_by_text("Mengirim berkas…")).to_be_visible()
    page.fill("#reply", "Dan satu hal lagi")
    waiting[0]()
    expect(page.locator(".bubble[data-speaker=officer]")).to_have_count(1)
    expect(page.locator(LISTED)).to_have_count(0)
    expect(page.locator("#reply")).to_have_value("Dan satu hal lagi")
    page.reload()
    expect(page.locator("#reply")).to_have_value("Dan satu hal lagi")


@pytest.mark.parametrize("size", [(1280, 900), PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_a_thumb_reaches_it_and_everything_fits(anis, size):
    page: Page = anis(size=size)
    choose(page, ("x" * 80 + ".pdf", PDF), ("foto.png", PNG), ("halaman.html", b"<html>"))
    expect(page.locator(LISTED)).to_have_count(2)
    expect(page.locator(".for-reply [data-refusal]")).to_be_visible()
    assert_readable(page)
    least = 44 if size == PHONE else 24
    for button in (page.locator("#attach"), page.locator("[data-detaches]").first):
        box = button.bounding_box()
        assert box and min(box["width"], box["height"]) >= least, box
    assert violations(page, "a reply with files") == []
