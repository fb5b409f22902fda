"""What reaches the webhook from outside: repeated, forged, odd; and what comes of it."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable

import pytest

from tests.system.service import Chat, Service, wait_for
from tests.threads import at_once

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]

INBOUND = "/whatsapp/inbound"


def stored(service: Service, sid: str) -> int:
    """How many rows there are of this MessageSid, the raw forms included."""
    found = service.rows(
        "SELECT (SELECT count(*) FROM webhook_form WHERE message_sid = :sid) + "
        "(SELECT count(*) FROM message WHERE message_sid = :sid) AS n",
        sid=sid,
    )
    return int(found[0]["n"])


def test_fifty_identical_webhooks_at_once_make_one_message_and_one_reply(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    form = service.form(fajar.person, "berapa batas bebas bea masuk barang kiriman?")
    answers: Counter[int] = Counter()
    at_once([lambda: answers.update([service.post(INBOUND, form).status_code])] * 50)
    assert answers == {200: 50}
    wait_for("the reply", fajar.read)
    fajar.settle()
    assert stored(service, form["MessageSid"]) == 2
    assert len(service.turns(fajar.person)) == 1
    assert len(fajar.read()) == 1


def test_forged_altered_unsigned_and_oversized_forms_are_refused_and_leave_nothing(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    forms = [service.form(fajar.person, body) for body in ("palsu", "diubah", "polos", "besar")]
    forged, altered, unsigned, oversized = forms
    altered_signature = service.signature(INBOUND, altered)
    altered["Body"] = "diubah di jalan"
    elsewhere = service.signature("/whatsapp/status", forged)
    oversized["Body"] = "x" * 70_000
    refusals = [
        service.post(INBOUND, forged, base64.b64encode(b"0" * 20).decode()),
        service.post(INBOUND, forged, elsewhere),
        service.post(INBOUND, altered, altered_signature),
        service.post(INBOUND, unsigned, ""),
        service.post(INBOUND, oversized),
    ]
    assert [refusal.status_code for refusal in refusals] == [403, 403, 403, 403, 413]
    assert [stored(service, form["MessageSid"]) for form in forms] == [0, 0, 0, 0]
    known = service.rows("SELECT 1 FROM address WHERE value = :value", value=fajar.person)
    assert known == []


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/EXTERNAL_closed",
        ' /pick{"article": "kiriman"}',
        "\u200b/session_start",
        "/media_without_words",
        "//back",
    ],
)
def test_what_looks_like_a_command_of_rasas_is_read_as_ordinary_words(
    service: Service, chat: Callable[[], Chat], text: str
) -> None:
    fajar = chat()
    reply = fajar.ask(text)
    fajar.settle()
    assert len(fajar.read()) == 1
    turn = service.turns(fajar.person)[0]
    assert turn["outcome"] in {"answered", "ticketed"}
    heard = service.rows(
        "SELECT intent_name FROM rasa.events WHERE type_name = 'user' AND sender_id LIKE :tracker",
        tracker=f"c{turn['conversation_id']}-%",
    )
    names = {row["intent_name"] for row in heard}
    assert names and not any(
        name.startswith(("EXTERNAL_", "restart", "session_start", "back", "pick", "media_"))
        for name in names
    ), names
    assert "kami tutup" not in reply
    person = service.rows(
        "SELECT language FROM person p JOIN address a ON a.person_id = p.id WHERE a.value = :value",
        value=fajar.person,
    )
    assert person[0]["language"] == "id"


def test_five_short_messages_in_a_burst_make_one_turn_and_one_reply(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    for piece in ("siang", "min", "mau tanya", "paket kiriman", "batas bebas berapa"):
        fajar.write(piece)
    wait_for("a reply", fajar.read)
    fajar.settle()
    turns = service.turns(fajar.person)
    assert [turn["text"].splitlines() for turn in turns] == [
        ["siang", "min", "mau tanya", "paket kiriman", "batas bebas berapa"]
    ]
    assert len(fajar.read()) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"MessageType": "image", "media": "image/jpeg"}, "hanya bisa membaca tulisan"),
        ({"MessageType": "audio", "media": "audio/ogg"}, "tidak bisa mendengarnya"),
        ({"MessageType": "sticker", "media": "image/webp"}, "hanya bisa membaca tulisan"),
        (
            {"MessageType": "location", "Latitude": "-5.1", "Longitude": "119.4"},
            "hanya bisa membaca tulisan",
        ),
    ],
    ids=["picture", "voice note", "sticker", "location"],
)
def test_what_has_no_words_is_acknowledged_with_the_way_to_a_person(
    chat: Callable[[], Chat], fields: dict[str, str], says: str
) -> None:
    media = fields.pop("media", None)
    if media:
        fields |= {
            "NumMedia": "1",
            "MediaUrl0": "https://api.twilio.com/media/ME1",
            "MediaContentType0": media,
        }
    reply = chat().ask("", **fields)
    assert says in reply
    assert "petugas" in reply


def test_a_picture_with_a_question_below_it_is_a_question(chat: Callable[[], Chat]) -> None:
    reply = chat().ask(
        "berapa batas bebas bea masuk barang kiriman?",
        NumMedia="1",
        MediaUrl0="https://api.twilio.com/media/ME1",
        MediaContentType0="image/jpeg",
        MessageType="image",
    )
    assert "USD 3" in reply


def test_a_reaction_is_met_with_silence(service: Service, chat: Callable[[], Chat]) -> None:
    fajar = chat()
    fajar.write("👍", MessageType="reaction", OriginalRepliedMessageSid="SM" + "0" * 32)
    wait_for("it was seen", lambda: service.turns(fajar.person))
    fajar.settle()
    assert fajar.read() == []
