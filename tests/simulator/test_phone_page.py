"""The phone page in a real browser: what a person sees, taps and types."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from starlette.applications import Starlette
from twilio.rest import Client

from tests.browsers import real_browser
from tests.simulator.conftest import (
    FAJAR,
    FROM,
    PDF,
    PNG,
    Files,
    Service,
    eventually,
    serving,
    twilio_client,
)

pytestmark = pytest.mark.browser

PHONE = "/simulator/phone/628114000001"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with real_browser() as browser:
        yield browser


@pytest.fixture
def web(service: Service) -> Iterator[str]:
    from bot import simulator

    app = Starlette(routes=simulator.routes(), lifespan=lambda _: simulator.running())
    with serving(app) as address:
        yield address


@pytest.fixture
def say(web: str) -> Iterator[Callable[..., str]]:
    """The service speaks to Fajar through the stand-in."""
    client: Client = twilio_client(f"{web}/simulator/twilio")

    def create(**content: str) -> str:
        return str(client.messages.create(to=FAJAR, from_=FROM, **content).sid)

    yield create
    client.http_client.session.close()


@pytest.fixture
def open_phone(browser: Browser, web: str) -> Iterator[Callable[..., Page]]:
    """Fajar's phone at a size; fails the test if the page erred or asked another host."""
    contexts = []
    faults: list[str] = []

    def open_page(width: int = 1280, height: int = 900, path: str = PHONE) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: _note(message, faults))
        page.on("request", lambda r: None if r.url.startswith(web) else faults.append(r.url))
        page.goto(web + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _note(message: ConsoleMessage, faults: list[str]) -> None:
    # The browser logs every refusal of ours (400) by itself.
    if message.type == "error" and "400 (Bad Request)" not in message.text:
        faults.append(message.text)


def test_a_question_typed_quickly_in_pieces_keeps_its_order(
    service: Service, open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    page.get_by_label("Pesan", exact=True).focus()
    for piece in ("siang min", "mau tanya", "paket saya kena pajak?"):
        page.keyboard.type(piece)
        page.keyboard.press("Enter")
    expect(page.locator(".bubble.own")).to_have_count(3)
    expect(page.get_by_label("Pesan", exact=True)).to_be_focused()
    expect(page.locator(".bubble.own .icon-ticks")).to_have_count(3)
    assert [told.form["Body"] for told in service.told] == [
        "siang min",
        "mau tanya",
        "paket saya kena pajak?",
    ]


def test_a_suggestion_starts_the_conversation(
    service: Service, open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    suggestion = page.locator(".suggestion").first
    words = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".bubble.own .text")).to_have_text(words)
    expect(page.locator("#empty")).to_be_hidden()
    eventually(service.inbound)
    assert service.inbound()[0].form["Body"] == words


def test_a_picture_and_a_document_from_the_service_are_shown_and_open(
    files: Files, say: Callable[..., str], open_phone: Callable[..., Page]
) -> None:
    files.answers["/foto.png"] = ("image/png", PNG)
    files.answers["/surat-keputusan.pdf"] = ("application/pdf", PDF)
    say(body="Ini *fotonya*.", media_url=f"{files.address}/foto.png")
    say(media_url=f"{files.address}/surat-keputusan.pdf")
    page = open_phone()
    picture = page.locator(".bubble:not(.own) .photo img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    expect(page.locator(".bubble.is-image .text strong")).to_have_text("fotonya")
    document = page.locator(".bubble:not(.own) .document")
    expect(document).to_contain_text("surat-keputusan.pdf")
    answer = page.request.get(page.evaluate("document.querySelector('.document').href"))
    assert (answer.body(), answer.headers["content-type"]) == (PDF, "application/pdf")


def test_a_choice_is_tapped(
    service: Service, say: Callable[..., str], open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    variables = {"1": "Pilih *satu*", "2": "Kiriman", "3": "article:k", "4": "Bagasi", "5": "b"}
    sid = say(content_sid="HX" + "0" * 32, content_variables=json.dumps(variables))
    page.get_by_role("button", name="Bagasi").click()
    eventually(service.inbound)
    form = service.inbound()[0].form
    assert (form["ButtonText"], form["ButtonPayload"]) == ("Bagasi", "b")
    assert form["OriginalRepliedMessageSid"] == sid
    expect(page.locator(".quoted")).to_contain_text("Pilih satu")


@pytest.mark.timed
def test_an_answer_appears_by_itself_within_a_second(
    say: Callable[..., str], open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    expect(page.locator("#empty")).to_be_visible()
    say(body="*Batas* bebas: USD 3")
    expect(page.locator(".bubble strong")).to_have_text("Batas", timeout=1000)


@pytest.mark.parametrize(
    ("kind", "message_type"),
    [
        ("picture", "image"),
        ("voice", "audio"),
        ("document", "document"),
        ("location", "location"),
        ("contact", "contacts"),
        ("sticker", "sticker"),
        ("reaction", "reaction"),
    ],
)
def test_an_attachment_is_sent(
    service: Service, open_phone: Callable[..., Page], kind: str, message_type: str
) -> None:
    page = open_phone(390, 844)
    page.get_by_role("button", name="Lampirkan").click()
    page.locator(f"[data-kind={kind}]").click()
    expect(page.locator(f".bubble.own.is-{message_type}")).to_be_visible()
    eventually(service.inbound)
    assert service.inbound()[0].form["MessageType"] == message_type
    assert page.evaluate("[...document.images].every(i => !i.complete || i.naturalWidth > 0)")


def test_a_refusal_is_shown_and_can_be_sent_again(
    service: Service, open_phone: Callable[..., Page]
) -> None:
    service.answers = [403]
    page = open_phone()
    page.get_by_label("Pesan", exact=True).fill("halo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="HTTP 403")).to_be_visible()
    page.get_by_role("button", name="Kirim ulang").click()
    expect(page.locator(".bubble.own .icon-ticks")).to_be_visible()
    expect(page.get_by_text("HTTP 403")).to_have_count(0)
    assert len(service.told) == 2


def test_markup_in_a_message_is_not_run(
    say: Callable[..., str], open_phone: Callable[..., Page]
) -> None:
    page = open_phone()
    say(body='<img src=x onerror="window.hit=1"><script>window.hit=1</script>')
    expect(page.locator(".bubble .text")).to_contain_text("<script>")
    assert page.evaluate("window.hit") is None


def test_the_network_is_made_bad_and_healed(open_phone: Callable[..., Page]) -> None:
    page = open_phone()
    page.locator("#faults-card summary").click()
    page.get_by_label("Kirim semua dua kali").check()
    expect(page.locator("#health")).to_have_text("Terganggu")
    page.get_by_role("button", name="Sehatkan jaringan").click()
    expect(page.locator("#health")).to_have_text("Sehat")
    expect(page.get_by_label("Kirim semua dua kali")).not_to_be_checked()


def test_somebody_new_is_added_on_a_small_phone(open_phone: Callable[..., Page]) -> None:
    page = open_phone(320, 640)
    page.get_by_role("button", name="Pemohon").click()
    page.get_by_text("Tambah pemohon").click()
    page.get_by_label("Nama").fill("Gita")
    page.get_by_label("Nomor WhatsApp").fill("12")
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Nomor tidak dikenali")).to_be_visible()
    page.get_by_label("Nomor WhatsApp").fill("0812 1111 222")
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page).to_have_url(re.compile(r"/628121111222$"))
    expect(page.locator(".zone")).to_contain_text("Gita")


def _long_conversation(count: int) -> None:
    from bot.clock import now
    from bot.db import transaction
    from bot.models.simulator import SimulatorDirection, SimulatorMessage, SimulatorStatus
    from bot.simulator.forms import new_sid

    with transaction() as session:
        for n in range(count):
            at = now() - timedelta(minutes=10 * (count - n))
            body = f"pesan {n} " + ("panjangsekali" * 40 if n % 10 == 0 else "dan *isinya*. " * 5)
            session.add(
                SimulatorMessage(
                    sid=new_sid("SM"),
                    account_sid="AC" + "0" * 32,
                    direction=SimulatorDirection.OUTBOUND,
                    from_=FROM,
                    to=FAJAR,
                    phone=FAJAR,
                    body=body,
                    status=SimulatorStatus.READ,
                    created_at=at,
                    sent_at=at,
                    updated_at=at,
                )
            )


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_three_hundred_messages_fit_and_the_last_is_in_view(
    service: Service, open_phone: Callable[..., Page], width: int
) -> None:
    _long_conversation(300)
    page = open_phone(width, 700)
    expect(page.locator(".messages > li:not(.day)")).to_have_count(300)
    expect(page.get_by_text("pesan 299 dan")).to_be_in_viewport()
    assert page.locator(".day").count() >= 2
    wide = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("html").evaluate(wide) <= 0
    assert page.locator("#chat").evaluate(wide) <= 0


def test_who_reads_above_is_not_pulled_down(
    say: Callable[..., str], open_phone: Callable[..., Page]
) -> None:
    _long_conversation(60)
    page = open_phone()
    expect(page.locator(".messages > li:not(.day)")).to_have_count(60)
    page.locator("#chat").evaluate("e => { e.scrollTop = 0; }")
    say(body="jawaban baru")
    expect(page.locator("#to-end .count")).to_have_text("1")
    assert page.locator("#chat").evaluate("e => e.scrollTop") == 0
    page.locator("#to-end").click()
    expect(page.get_by_text("jawaban baru")).to_be_in_viewport()


def test_everything_has_a_name_and_the_keyboard_reaches_it(
    open_phone: Callable[..., Page],
) -> None:
    page = open_phone(390, 844)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, a, img")]
            .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length
                || e.hasAttribute("alt"))).map(e => e.outerHTML)"""
    )
    assert nameless == []
    page.get_by_role("button", name="Lampirkan").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-kind=picture]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Lampirkan")).to_be_focused()


def test_the_service_being_away_is_told_and_the_words_are_kept(browser: Browser, web: str) -> None:
    page = browser.new_page()
    page.goto(web + PHONE)
    expect(page.locator("#empty")).to_be_visible()
    page.route("**/messages*", lambda route: route.abort())
    page.get_by_label("Pesan", exact=True).fill("halo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Belum terkirim")).to_be_visible()
    expect(page.get_by_label("Pesan", exact=True)).to_have_value("halo")
    expect(page.get_by_text("Server tidak terjangkau. Mencoba lagi…")).to_be_visible()
    page.close()
