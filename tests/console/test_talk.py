"""A conversation's page: formatted words, safe files, older messages, and the composer's tools."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, text, update

from bot import clock
from bot.console import action_server
from bot.console.ticket import suggestions
from bot.db import transaction
from bot.desk import tickets
from bot.models import (
    Article,
    ArticleRevision,
    ArticleStatus,
    CannedReply,
    Conversation,
    MediaFile,
    Message,
    Note,
    Outbox,
    Person,
    Staff,
    Template,
    Ticket,
    TicketEvent,
)

TicketOf = Callable[..., int]
SID = "HX" + "0" * 32
XSS = '<script>alert("x")</script>'


@pytest.fixture
def held(ticket: TicketOf) -> Callable[..., int]:
    """A ticket that Ani holds: `held("halo")`."""

    def make(body: str = "mau bicara dengan petugas", **who: object) -> int:
        number = ticket(body, **who)
        with transaction() as session:
            ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            tickets.take_over(session, number, ani, clock.now())
        return number

    return make


@pytest.fixture
def article(database: None) -> str:
    """The id of a published article."""
    today = clock.now().date()
    with transaction() as session:
        session.add(Article(id="kiriman_batas"))
        session.flush()
        session.add(
            ArticleRevision(
                article_id="kiriman_batas",
                number=2,
                status=ArticleStatus.PUBLISHED,
                title="Batas bebas barang kiriman",
                group="kiriman",
                section_code="PKC",
                answer_id="Batasnya *USD 3* per kiriman.",
                legal_basis=[],
                valid_from=today,
                review_by=today,
                confidence="high",
                details={},
                source="",
                content_hash="x",
            )
        )
    return "kiriman_batas"


def conversation_of(ticket_id: int) -> int:
    with transaction() as session:
        return session.get_one(Ticket, ticket_id).conversation_id


def put_file(ticket_id: int, content: bytes | None, safe_type: str | None, **more: object) -> int:
    """An incoming message with a file; its id."""
    with transaction() as session:
        message = session.scalars(
            select(Message).where(Message.conversation_id == conversation_of(ticket_id))
        ).first()
        assert message is not None
        message.extra = {"media": [{"url": "https://api.twilio.com/x", "type": "image/png"}]}
        file = MediaFile(
            message_id=message.id,
            position=0,
            url="https://api.twilio.com/x",
            stated_type="image/png",
            next_attempt_at=clock.now(),
            fetched_at=clock.now() if content is not None else None,
            content=content,
            size=len(content or b""),
            safe_type=safe_type,
            **more,
        )
        session.add(file)
        session.flush()
        return file.id


# --- words ---


def test_words_are_shown_as_on_the_phone_and_never_run(as_, held):
    number = held(f"*penting* dan _miring_\n- satu\n- dua\n{XSS}")
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert "<strong>penting</strong> dan <em>miring</em>" in page
    assert "<li>satu</li><li>dua</li>" in page
    assert XSS not in page


def test_older_messages_are_asked_for_piece_by_piece_over_all_tickets(as_, held, writes):
    number = held("yang pertama", name="Fajar")
    for count in range(170):
        writes(f"pesan {count:03}", name="Fajar")
    ani = as_("ani")
    seen: list[str] = []
    address = f"/console/tickets/{number}"
    while address:
        page = ani.get(address, **{"X-Fragment": "1"}).text
        found = re.findall(r"(pesan \d{3}|yang pertama)</p></div>", page)
        seen = found + seen
        button = re.search(r'data-earlier="([^"]+)"', page)
        address = button[1] if button else ""
    assert seen == ["yang pertama", *(f"pesan {count:03}" for count in range(170))]


def test_a_page_asked_for_from_its_first_message_on_misses_nothing(as_, held, writes):
    number = held("yang pertama", name="Fajar")
    ani = as_("ani")
    page = ani.get(f"/console/tickets/{number}").text
    first = re.search(r'data-first="(\d+)"', page)[1]
    for count in range(120):
        writes(f"pesan {count:03}", name="Fajar")
    later = ani.get(f"/console/tickets/{number}?from={first}", **{"X-Fragment": "1"}).text
    assert "yang pertama" in later
    assert [n for n in range(120) if f"pesan {n:03}" not in later] == []


def test_nobody_reads_older_messages_of_a_conversation_that_is_not_theirs(as_, held):
    conversation = conversation_of(held())
    path = f"/console/conversations/{conversation}/earlier?before=99999"
    assert as_("ani").get(path).status_code == 200
    for username in ("budi", "dewi"):
        assert as_(username).get(path).status_code == 404


# --- files ---


def test_a_picture_is_shown_and_served_as_what_it_is(as_, held):
    number = held()
    file = put_file(number, b"\x89PNG\r\n\x1a\n", "image/png")
    ani = as_("ani")
    assert f'<img src="/console/media/{file}"' in ani.get(f"/console/tickets/{number}").text
    answer = ani.get(f"/console/media/{file}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_what_a_browser_might_run_is_only_saved(as_, held):
    number = held()
    file = put_file(number, b"<html><script>alert(1)</script>", None)
    ani = as_("ani")
    answer = ani.get(f"/console/media/{file}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "<img src" not in ani.get(f"/console/tickets/{number}").text


def test_a_file_that_can_not_be_had_says_why(as_, held):
    number = held()
    file = put_file(number, None, None, fault="too_large")
    ani = as_("ani")
    assert "lebih besar dari 16 MB" in ani.get(f"/console/tickets/{number}").text
    assert ani.get(f"/console/media/{file}").status_code == 404


@pytest.mark.parametrize("username", ["budi", "citra", "dewi"])
def test_nobody_else_opens_a_file_by_guessing_its_address(as_, held, username):
    file = put_file(held(), b"%PDF-1.7 rahasia", "application/pdf")
    answer = as_(username).get(f"/console/media/{file}")
    assert answer.status_code == 404
    assert b"rahasia" not in answer.content


VOICE = b"OggS" + bytes(range(96))  # 100 bytes


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-", "bytes 0-99/100", VOICE),
        ("bytes=0-3", "bytes 0-3/100", VOICE[:4]),
        ("bytes=40-49", "bytes 40-49/100", VOICE[40:50]),
        ("bytes=90-200", "bytes 90-99/100", VOICE[90:]),
        ("bytes=99-", "bytes 99-99/100", VOICE[99:]),
        ("bytes=-10", "bytes 90-99/100", VOICE[90:]),
        ("bytes=-200", "bytes 0-99/100", VOICE),
    ],
)
def test_a_voice_note_can_be_heard_from_the_middle(as_, held, asked, told, part):
    file = put_file(held(), VOICE, "audio/ogg")
    answer = as_("ani").get(f"/console/media/{file}", Range=asked)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["content-range"] == told
    assert answer.headers["content-length"] == str(len(part))
    assert answer.headers["content-type"] == "audio/ogg"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_a_part_that_a_file_does_not_have_is_told_so(as_, held, asked):
    file = put_file(held(), VOICE, "audio/ogg")
    answer = as_("ani").get(f"/console/media/{file}", Range=asked)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == "bytes */100"


@pytest.mark.parametrize("asked", ["", "bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "x=0-1"])
def test_what_is_no_single_range_gets_everything(as_, held, asked):
    file = put_file(held(), VOICE, "audio/ogg")
    answer = as_("ani").get(f"/console/media/{file}", Range=asked)
    assert (answer.status_code, answer.content) == (200, VOICE)
    assert answer.headers["accept-ranges"] == "bytes"


# --- what failed ---


def test_a_failed_reply_says_why_and_is_sent_again_once(as_, held, said):
    number = held()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/reply", {"text": "Ini.", "client_key": "a"})
    with transaction() as session:
        session.execute(text("UPDATE outbox SET state = 'failed', error_code = 63018"))
        failed = session.scalars(select(Outbox.message_id)).one()
    page = ani.get(f"/console/tickets/{number}").text
    assert "WhatsApp membatasi jumlah pesan" in page
    assert f"/console/messages/{failed}/resend" in page
    for _ in range(2):
        ani.post(f"/console/messages/{failed}/resend", {"back": f"/console/tickets/{number}"})
    assert said() == ["Ini.", "Ini."]
    page = ani.get(f"/console/tickets/{number}").text
    assert "Sudah dikirim ulang" in page
    assert f"/console/messages/{failed}/resend" not in page


def test_a_number_that_is_not_on_whatsapp_is_offered_no_retry(as_, held):
    number = held()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/reply", {"text": "Ini.", "client_key": "a"})
    with transaction() as session:
        session.execute(text("UPDATE outbox SET state = 'failed', error_code = 63003"))
    page = ani.get(f"/console/tickets/{number}").text
    assert "tidak terdaftar di WhatsApp" in page
    assert "/resend" not in page


# --- notes ---


def test_a_note_is_shown_to_the_desk_and_sent_to_nobody(as_, held, said):
    number = held()
    conversation = conversation_of(number)
    form = {"note": f"Sudah ditelepon. {XSS}", "client_key": "n"}
    for _ in range(2):
        as_("ali").post(f"/console/conversations/{conversation}/note", form)
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert page.count("Sudah ditelepon.") == 1
    assert "tidak terkirim ke pemohon" in page
    assert XSS not in page
    assert said() == []
    for username in ("budi", "dewi"):
        path = f"/console/conversations/{conversation}/note"
        assert as_(username).post(path, {**form, "client_key": "m"}).status_code == 404
    with transaction() as session:
        assert len(session.scalars(select(Note)).all()) == 1


# --- suggestions ---


def test_what_the_bot_weighed_is_suggested_without_asking_anybody(as_, held, article, monkeypatch):
    number = held("berapa batasnya?")
    conversation = conversation_of(number)
    decided(conversation, article)
    monkeypatch.setattr(suggestions, "_asked", lambda _: pytest.fail("the action server was asked"))
    page = as_("ani").get(f"/console/tickets/{number}/suggestions").text
    assert "Batas bebas barang kiriman" in page
    assert "71%" in page
    assert "hampir_tidak" not in page


def decided(conversation: int, article: str) -> None:
    """The bot weighed the article, and one that is hardly likely, for the last message."""
    with transaction() as session:
        [turn] = session.execute(
            text(
                "INSERT INTO turn (conversation_id, fence, finished_at, outcome) "
                "VALUES (:c, 0, now(), 'answered') RETURNING id"
            ),
            {"c": conversation},
        ).one()
        session.execute(
            update(Message).where(Message.conversation_id == conversation).values(turn_id=turn)
        )
        session.execute(
            text(
                "INSERT INTO bot_decision (turn_id, conversation_id, question, language, kind,"
                " candidates, knowledge, at) VALUES (:t, :c, 'q', 'id', 'person',"
                " CAST(:k AS jsonb), '1', now())"
            ),
            {
                "t": turn,
                "c": conversation,
                "k": f'[{{"article": "{article}", "score": 0.714}},'
                ' {"article": "hampir_tidak", "score": 0.01}]',
            },
        )


def test_words_that_the_bot_was_not_asked_about_go_to_the_action_server(
    as_, held, article, monkeypatch
):
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = [{"article": article, "score": 0.42}, {"article": "tidak_terbit", "score": 0.3}]
        return httpx.Response(200, json={"responses": [{"custom": {"suggestions": found}}]})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(action_server, "_client", lambda: client)
    number = held("kalau kiriman berapa?")
    page = as_("ani").get(f"/console/tickets/{number}/suggestions").text
    assert "Batas bebas barang kiriman" in page
    assert "42%" in page
    assert "tidak_terbit" not in page
    assert b"action_suggest" in asked[0].content
    assert "kalau kiriman berapa?" in asked[0].content.decode()


@pytest.mark.parametrize("broken", [httpx.ConnectError("no"), httpx.ReadTimeout("slow")])
def test_an_action_server_that_is_away_only_means_no_suggestions(
    as_, held, article, monkeypatch, broken
):
    def fail(_: httpx.Request) -> httpx.Response:
        raise broken

    client = httpx.Client(transport=httpx.MockTransport(fail))
    monkeypatch.setattr(action_server, "_client", lambda: client)
    answer = as_("ani").get(f"/console/tickets/{held()}/suggestions")
    assert answer.status_code == 200
    assert "data-suggests" not in answer.text


def test_a_suggestion_is_inserted_with_its_source_and_counted_once_for_the_same_words(
    as_, held, article
):
    number = held("berapa batasnya?")
    ani = as_("ani")
    for _ in range(2):
        told = ani.post(f"/console/tickets/{number}/suggestions", {"article": article})
    assert told.json()["text"].startswith("Batasnya *USD 3* per kiriman.\n\n_Per ")
    with transaction() as session:
        events = session.scalars(select(TicketEvent).where(TicketEvent.kind == "suggestion_used"))
        [event] = events.all()
    assert (event.data["article"], event.data["revision"]) == (article, 2)


def test_only_the_holder_inserts_and_only_what_is_published(as_, held, article):
    number = held()
    path = f"/console/tickets/{number}/suggestions"
    assert as_("ali").post(path, {"article": article}).status_code == 409
    assert as_("ani").post(path, {"article": "tidak_ada"}).status_code == 409
    assert as_("budi").post(path, {"article": article}).status_code == 404


# --- canned replies and templates ---


def test_eko_keeps_canned_replies_and_ani_finds_them_filled_in(as_, held):
    eko, ani = as_("eko"), as_("ani")
    form = {
        "title": "Salam",
        "body_id": "Halo {nama}, saya {petugas} untuk tiket {tiket}.",
        "body_en": "Hello {nama}.",
    }
    assert ani.post("/console/canned", form).status_code == 404
    assert eko.post("/console/canned", form).headers["location"] == "/console/canned"
    number = held(name="Fajar")
    with transaction() as session:
        code = session.get_one(Ticket, number).number
    page = ani.get(f"/console/tickets/{number}").text
    assert f"Halo Fajar, saya Ani Rahmawati untuk tiket {code}." in page
    with transaction() as session:
        session.scalars(select(Person)).one().language = "en"
    assert "Hello Fajar." in ani.get(f"/console/tickets/{number}").text
    with transaction() as session:
        kept = session.scalars(select(CannedReply.id)).one()
    eko.post(f"/console/canned/{kept}/retire")
    assert "Hello Fajar." not in ani.get(f"/console/tickets/{number}").text


def test_a_canned_reply_with_an_unknown_blank_is_refused_and_says_which(as_):
    answer = as_("eko").post("/console/canned", {"title": "S", "body_id": "Halo {nomor}"})
    assert answer.status_code == 422
    assert "{nomor} tidak dikenal" in answer.text
    assert "{nama}" in answer.text


def test_outside_the_window_only_a_template_goes_out(as_, held, said):
    form = {
        "title": "Jawaban",
        "content_sid": SID,
        "language": "id",
        "body": "Yth. {{1}}, jawaban Anda sudah ada.",
        "labels": "Nama",
    }
    assert as_("ani").post("/console/templates", form).status_code == 404
    assert as_("eko").post("/console/templates", form).status_code == 303
    number = held(ago=timedelta(hours=25))
    with transaction() as session:
        template = session.scalars(select(Template.id)).one()
    ani = as_("ani")
    assert "Yth. {{1}}, jawaban Anda sudah ada." in ani.get(f"/console/tickets/{number}").text
    path = f"/console/tickets/{number}/template"
    empty = ani.post(path, {"template": str(template), "v1": " ", "client_key": "t"})
    assert empty.status_code == 422
    assert "Isi dulu bagian 1" in empty.text
    for _ in range(2):
        ani.post(path, {"template": str(template), "v1": "Fajar", "client_key": "t"})
    assert said() == ["Yth. Fajar, jawaban Anda sudah ada."]
    with transaction() as session:
        assert session.scalars(select(Outbox.content_sid)).all() == [SID]


def test_a_template_with_a_wrong_code_is_refused(as_):
    form = {"title": "J", "content_sid": "HX1", "body": "Halo", "labels": ""}
    answer = as_("eko").post("/console/templates", form)
    assert answer.status_code == 422
    assert "Content SID" in answer.text


def test_a_preview_is_what_the_phone_shows_of_each_message(as_):
    parts = as_("ani").post("/console/preview", {"text": f"*tebal* {XSS}"}).json()["parts"]
    assert len(parts) == 1
    assert parts[0].startswith("<p><strong>tebal</strong> &lt;script&gt;")
    long = as_("ani").post("/console/preview", {"text": "Kalimat. " * 300}).json()["parts"]
    assert len(long) == 2


# --- closing and the applicant ---


def test_a_closing_carries_its_topic_and_what_the_officer_had_seen(
    as_, held, article, writes, the_ticket
):
    number = held(name="Fajar")
    ani = as_("ani")
    page = ani.get(f"/console/tickets/{number}").text
    seen = re.search(r'data-seen="(\d+)"', page)[1]
    assert '<option value="kiriman">Kiriman</option>' in page
    writes("satu lagi", name="Fajar")
    form = {"outcome": "answered", "topic": "kiriman", "seen": seen}
    refused = ani.post(f"/console/tickets/{number}/close", form)
    assert refused.status_code == 409
    assert "Pemohon baru saja menulis lagi" in refused.text
    assert ani.post(f"/console/tickets/{number}/hand-back", {"seen": seen}).status_code == 409
    form["seen"] = re.search(r'data-seen="(\d+)"', ani.get(f"/console/tickets/{number}").text)[1]
    assert ani.post(f"/console/tickets/{number}/close", {**form, "topic": "x"}).status_code == 422
    assert ani.post(f"/console/tickets/{number}/close", form).status_code == 303
    assert the_ticket(number).topic == "kiriman"


def test_the_topic_of_the_bots_last_article_is_proposed(as_, held, article):
    number = held()
    conversation = conversation_of(number)
    decided(conversation, article)
    with transaction() as session:
        session.execute(
            text("UPDATE bot_decision SET revision_id = (SELECT id FROM article_revision)")
        )
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert '<option value="kiriman" selected>' in page


def test_the_applicants_name_language_and_block_are_changed_and_shown(as_, held):
    number = held(name="fajar123")
    conversation = conversation_of(number)
    ani = as_("ani")
    back = {"back": f"/console/tickets/{number}"}
    at = f"/console/conversations/{conversation}"
    assert ani.post(f"{at}/name", {"name": "Fajar N", **back}).headers["location"] == back["back"]
    ani.post(f"{at}/language", {"language": "en", **back})
    assert ani.post(f"{at}/block", {"reason": " ", **back}).status_code == 422
    ani.post(f"{at}/block", {"reason": "Mengirim iklan", **back})
    page = ani.get(f"/console/tickets/{number}").text
    assert "Fajar N" in page
    assert "English" in page
    assert "Mengirim iklan" in page
    ani.post(f"{at}/unblock", back)
    assert "Mengirim iklan" not in ani.get(f"/console/tickets/{number}").text


@pytest.mark.parametrize("step", ["name", "language", "block", "unblock", "note"])
def test_nobody_but_the_desk_changes_anything_about_an_applicant(as_, held, step):
    conversation = conversation_of(held(name="Fajar"))
    form = {"name": "X", "language": "en", "reason": "x", "note": "x", "client_key": "k"}
    path = f"/console/conversations/{conversation}/{step}"
    for username in ("budi", "dewi"):
        assert as_(username).post(path, form).status_code == 404
    assert as_("ani").post(path, form, csrf="wrong").status_code == 403
    with transaction() as session:
        person = session.get_one(Conversation, conversation).person
        assert (person.name, person.language, person.blocked_at) == ("Fajar", "id", None)


def test_a_page_leads_to_no_other_place_than_the_console(as_, held):
    conversation = conversation_of(held())
    form = {"name": "Fajar N", "back": "https://evil.example/"}
    answer = as_("ani").post(f"/console/conversations/{conversation}/name", form)
    assert answer.headers["location"] == "/console/"


def test_another_number_of_the_person_is_read_with_this_one_and_parted_again(as_, held, writes):
    number = held("dari nomor pertama", name="Fajar")
    other = writes("dari nomor kedua", name="Fajar kantor")
    conversation = conversation_of(number)
    ani, back = as_("ani"), {"back": f"/console/tickets/{number}"}
    at = f"/console/conversations/{conversation}"
    unknown = ani.post(f"{at}/merge", {"number": "0812", **back})
    assert unknown.status_code == 422
    assert "belum pernah menulis" in unknown.text
    assert ani.post(f"{at}/merge", {"number": "0811-4000-002", **back}).status_code == 303
    page = ani.get(f"/console/tickets/{number}").text
    assert "dari nomor kedua" in page
    assert "+62 811-••••-002" in page
    led = ani.get(f"/console/conversations/{other}")
    assert led.headers["location"] == at
    assert as_("budi").post(f"{at}/part", {"other": str(other)}).status_code == 404
    assert ani.post(f"{at}/part", {"other": str(other), **back}).status_code == 303
    assert "dari nomor kedua" not in ani.get(f"/console/tickets/{number}").text
