"""The phone's server side: what it sends is a real signed Twilio form, and failures are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from twilio.rest import Client

from bot.simulator.phone import PhoneRefused, address_from, shown_number
from bot.simulator.words import LANGUAGES, SUGGESTIONS, WORDS, day_label
from tests.simulator.conftest import (
    FAJAR,
    FROM,
    Service,
    eventually,
    serving,
    twilio_client,
)

pytestmark = pytest.mark.slow  # they wait for callbacks

PHONE = "/simulator/phone/628114000001"


@pytest.fixture
def web(service: Service) -> Iterator[str]:
    """Everything under /simulator, as the web process mounts it."""
    from bot import simulator

    app = Starlette(routes=simulator.routes(), lifespan=lambda _: simulator.running())
    with serving(app) as address:
        yield address


@pytest.fixture
def standin_client(web: str) -> Iterator[Client]:
    client = twilio_client(f"{web}/simulator/twilio")
    yield client
    client.http_client.session.close()


@pytest.fixture
def send(web: str) -> Callable[..., dict[str, Any]]:
    """Sends from Fajar's phone: `send("halo")`, `send(kind="picture")`."""

    def post(text: str = "", kind: str = "text", **facts: str) -> dict[str, Any]:
        answer = requests.post(
            f"{web}{PHONE}/messages", json={"kind": kind, "text": text, **facts}, timeout=5
        )
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    return post


def _shown(web: str) -> str:
    answer = requests.get(f"{web}{PHONE}/messages", timeout=5).json()
    return "\n".join(message["html"] for message in answer["messages"])


def test_a_text_is_posted_as_a_signed_form(
    service: Service, send: Callable[..., dict[str, Any]]
) -> None:
    sid = send("berapa batas bebas?")["sid"]
    eventually(service.inbound)
    told = service.inbound()[0]
    assert told.signed
    assert told.form["MessageSid"] == sid
    assert (told.form["From"], told.form["To"]) == (FAJAR, FROM)
    assert (told.form["Body"], told.form["NumMedia"]) == ("berapa batas bebas?", "0")
    assert (told.form["WaId"], told.form["MessageType"]) == ("628114000001", "text")


def test_a_burst_keeps_its_order_and_every_message_its_own_sid(
    service: Service, send: Callable[..., dict[str, Any]]
) -> None:
    sids = [send(f"{n}")["sid"] for n in range(8)]
    eventually(lambda: len(service.told) == 8)
    assert [told.form["Body"] for told in service.told] == [str(n) for n in range(8)]
    assert [told.form["MessageSid"] for told in service.told] == sids
    assert len(set(sids)) == 8


@pytest.mark.parametrize(
    ("kind", "message_type", "content_type", "first_bytes"),
    [
        ("picture", "image", "image/jpeg", b"\xff\xd8\xff"),
        ("voice", "audio", "audio/ogg", b"OggS"),
        ("document", "document", "application/pdf", b"%PDF-"),
        ("sticker", "sticker", "image/webp", b"RIFF"),
        ("contact", "contacts", "text/vcard", b"BEGIN:VCARD"),
    ],
)
def test_media_can_be_fetched_where_the_form_says(
    web: str,
    service: Service,
    send: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    message_type: str,
    content_type: str,
    first_bytes: bytes,
) -> None:
    from bot.settings import settings

    monkeypatch.setenv("TWILIO_API_BASE_URL", f"{web}/simulator/twilio")
    settings.cache_clear()
    send(kind=kind)
    eventually(service.inbound)
    form = service.inbound()[0].form
    assert (form["MessageType"], form["NumMedia"]) == (message_type, "1")
    assert form["MediaContentType0"] == content_type
    media = requests.get(form["MediaUrl0"], timeout=5)
    assert media.headers["content-type"].split(";")[0] == content_type
    assert media.content.startswith(first_bytes)
    assert requests.get(form["MediaUrl0"][:-1] + "x", timeout=5).status_code == 404


def test_a_picture_carries_its_caption(
    service: Service, send: Callable[..., dict[str, Any]]
) -> None:
    send("paket saya", kind="picture")
    eventually(service.inbound)
    assert service.inbound()[0].form["Body"] == "paket saya"


def test_a_location_has_coordinates(service: Service, send: Callable[..., dict[str, Any]]) -> None:
    send(kind="location")
    eventually(service.inbound)
    form = service.inbound()[0].form
    assert -90 < float(form["Latitude"]) < 0 < float(form["Longitude"]) < 180
    assert form["MessageType"] == "location"


def test_a_tap_sends_the_choices_title_payload_and_message(
    web: str,
    service: Service,
    standin_client: Client,
    send: Callable[..., dict[str, Any]],
) -> None:
    offered = standin_client.messages.create(
        to=FAJAR,
        from_=FROM,
        content_sid="HX" + "0" * 32,
        content_variables='{"1": "Pilih", "2": "Kiriman", "3": "article:k", "4": "Bagasi"}',
    )
    html = str(eventually(lambda: "Bagasi" in (page := _shown(web)) and page))
    assert 'data-payload="article:k"' in html
    assert 'data-payload="Bagasi"' in html  # without a payload, a choice sends its title
    send("Kiriman", kind="button", payload="article:k", replied_to=offered.sid)
    eventually(service.inbound)
    form = service.inbound()[0].form
    assert (form["ButtonText"], form["ButtonPayload"]) == ("Kiriman", "article:k")
    assert form["OriginalRepliedMessageSid"] == offered.sid
    assert (form["Body"], form["MessageType"]) == ("Kiriman", "button")


def test_a_message_shows_once_it_was_sent_and_not_when_it_failed(
    web: str, standin_client: Client, network: Callable[..., None]
) -> None:
    network(fail_rate=1, fail_kind="63016")
    failed = standin_client.messages.create(to=FAJAR, from_=FROM, body="tidak sampai")
    eventually(lambda: standin_client.messages(failed.sid).fetch().status == "failed")
    network()
    standin_client.messages.create(to=FAJAR, from_=FROM, body="sampai di ponsel")
    html = str(eventually(lambda: "sampai di ponsel" in (page := _shown(web)) and page))
    assert "tidak sampai" not in html


def test_another_phone_does_not_see_it(web: str, send: Callable[..., dict[str, Any]]) -> None:
    send("rahasia saya")
    other = requests.get(f"{web}/simulator/phone/628114000002/messages", timeout=5).json()
    assert other["messages"] == []
    assert other["traffic"] == []


def test_a_refusal_is_told_and_sent_again_with_the_same_sid(
    web: str, service: Service, send: Callable[..., dict[str, Any]]
) -> None:
    service.answers = [403]
    sid = send("halo")["sid"]
    eventually(lambda: "webhook menolak dengan HTTP 403" in _shown(web))
    again = requests.post(f"{web}{PHONE}/messages/{sid}/again", json={}, timeout=5)
    assert again.status_code == 202
    eventually(lambda: len(service.told) == 2)
    assert {told.form["MessageSid"] for told in service.told} == {sid}
    eventually(lambda: "Diterima layanan" in _shown(web))
    twice = requests.post(f"{web}{PHONE}/messages/{sid}/again", json={}, timeout=5)
    assert twice.status_code == 400


def test_a_server_error_is_tried_again_by_itself(
    web: str, service: Service, send: Callable[..., dict[str, Any]]
) -> None:
    service.answers = [503]
    send("halo")
    eventually(lambda: "Dicoba lagi otomatis" in _shown(web))
    eventually(lambda: len(service.told) == 2)
    assert service.told[0].form == service.told[1].form
    eventually(lambda: "Diterima layanan" in _shown(web))


def test_duplicating_reaches_the_webhook_twice_with_one_sid(
    service: Service, network: Callable[..., None], send: Callable[..., dict[str, Any]]
) -> None:
    network(duplicate=True)
    sid = send("halo")["sid"]
    eventually(lambda: len(service.told) == 2)
    assert {told.form["MessageSid"] for told in service.told} == {sid}


def test_reordering_mixes_a_burst(
    service: Service, network: Callable[..., None], send: Callable[..., dict[str, Any]]
) -> None:
    network(reorder=True)
    for n in range(8):
        send(f"{n}")
    eventually(lambda: len(service.told) == 8)
    order = [told.form["Body"] for told in service.told]
    assert sorted(order) == [str(n) for n in range(8)]
    assert order != sorted(order)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"kind": "text", "text": "  "}, id="nothing to say"),
        pytest.param({"kind": "text", "text": "x" * 4097}, id="too long"),
        pytest.param({"kind": "video"}, id="unknown kind"),
        pytest.param({"kind": "text", "text": 7}, id="not a text"),
        pytest.param({"kind": "text", "text": "x", "replied_to": "SM1"}, id="no sid"),
        pytest.param(["text"], id="not an object"),
    ],
)
def test_what_no_phone_sends_is_refused(web: str, service: Service, facts: object) -> None:
    answer = requests.post(f"{web}{PHONE}/messages", json=facts, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert _shown(web) == ""


def test_another_sites_form_cannot_send(web: str) -> None:
    answer = requests.post(
        f"{web}{PHONE}/messages", data='{"kind": "text", "text": "halo"}', timeout=5
    )
    assert answer.status_code == 400
    assert _shown(web) == ""


def test_markup_of_a_message_is_shown_and_not_run(
    web: str, send: Callable[..., dict[str, Any]]
) -> None:
    send('<img src=x onerror="alert(1)">')
    assert "<img" not in _shown(web)
    assert "&lt;img" in _shown(web)


def test_an_added_applicant_is_remembered(web: str) -> None:
    added = requests.post(
        f"{web}/simulator/applicants",
        json={"name": "Fajar <b>", "number": "0811 4000 001"},
        timeout=5,
    )
    assert added.json() == {"path": PHONE}
    page = requests.get(f"{web}/simulator", timeout=5).text
    assert "Fajar &lt;b&gt;" in page
    assert "+62 811-4000-001" in page


@pytest.mark.parametrize("facts", [{"name": "", "number": "08114000001"}, {"name": "Fajar"}])
def test_an_applicant_needs_a_name_and_a_number(web: str, facts: dict[str, str]) -> None:
    answer = requests.post(f"{web}/simulator/applicants", json=facts, timeout=5)
    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_the_page_speaks_english_when_asked_and_remembers_it(web: str) -> None:
    with requests.Session() as browser:
        assert 'lang="id"' in browser.get(web + PHONE, timeout=5).text
        assert 'lang="en"' in browser.get(f"{web}{PHONE}?lang=en", timeout=5).text
        assert 'lang="en"' in browser.get(web + PHONE, timeout=5).text


def test_an_address_that_is_none_is_told_in_words(web: str) -> None:
    answer = requests.get(
        f"{web}/simulator/phone/kantor", headers={"Accept": "text/html"}, timeout=5
    )
    assert answer.status_code == 400
    assert "Nomor tidak dikenali" in answer.text


def test_the_page_asks_nothing_of_other_hosts(web: str) -> None:
    answer = requests.get(web + PHONE, timeout=5)
    assert "//" not in answer.text.replace("<!doctype", "").replace("https://www.w3.org", "")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("0811 4000 001", FAJAR),
        ("+62 811-4000-001", FAJAR),
        ("628114000001", FAJAR),
        ("+1 (415) 523-8886", "whatsapp:+14155238886"),
        ("ID.8a7B", "whatsapp:ID.8a7B"),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, address: str) -> None:
    assert address_from(written) == address


@pytest.mark.parametrize("written", ["", "0", "abc", "0811", "+62811<b>", "../x", "1" * 16])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(PhoneRefused):
        address_from(written)


def test_numbers_are_shown_as_people_write_them() -> None:
    assert shown_number("whatsapp:+6281100000001") == "+62 811-0000-0001"
    assert shown_number("whatsapp:ID.8a7B") == "ID.8a7B"


def test_both_languages_say_everything() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
    assert set(WORDS) == set(SUGGESTIONS) == set(LANGUAGES)
    assert all(words.values() for words in map(dict, WORDS.values()))


def test_days_are_named() -> None:
    today = date(2026, 11, 24)
    assert day_label(today, today, "id") == "Hari ini"
    assert day_label(date(2026, 11, 23), today, "en") == "Yesterday"
    assert day_label(date(2026, 8, 17), today, "id") == "Senin, 17 Agustus 2026"
