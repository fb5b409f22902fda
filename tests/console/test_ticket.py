"""A conversation's page and what an officer does on it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.models import (
    Announcement,
    BotDecision,
    Clock,
    Consultation,
    Conversation,
    DeliveryState,
    Direction,
    Floor,
    Message,
    MessageKind,
    Outbox,
    Speaker,
    TicketState,
    Turn,
    TurnOutcome,
)

XSS = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def test_ani_takes_answers_and_closes(as_, ticket, the_ticket, said):
    number = ticket()
    ani = as_("ani")
    taken = ani.post(f"/console/tickets/{number}/take")
    assert taken.headers["location"] == f"/console/tickets/{number}"
    assert the_ticket(number).state == TicketState.HELD
    ani.post(f"/console/tickets/{number}/reply", {"text": "Baik, kami cek.", "client_key": "a"})
    assert said() == ["Baik, kami cek."]
    assert the_ticket(number).state == TicketState.ANSWERED
    closed = ani.post(f"/console/tickets/{number}/close", {"outcome": "answered"})
    assert closed.headers["location"] == "/console/queue?tab=mine"
    assert the_ticket(number).state == TicketState.CLOSED
    assert the_ticket(number).outcome == "answered"


def test_the_second_to_take_is_told_who_was_first(as_, ticket, the_ticket):
    number = ticket()
    ani, ali = as_("ani"), as_("ali")
    ani.post(f"/console/tickets/{number}/take")
    late = ali.post(f"/console/tickets/{number}/take")
    assert late.status_code == 409
    assert "Ani Rahmawati sudah lebih dulu mengambil tiket ini." in late.text
    with transaction() as session:
        assert session.get_one(type(the_ticket(number)), number).holder.username == "ani"


def test_of_two_who_take_at_once_one_wins(as_, ticket):
    number = ticket()
    consoles = [as_("ani"), as_("ali")]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda c: c.post(f"/console/tickets/{number}/take"), consoles))
    assert sorted(answer.status_code for answer in answers) == [303, 409]


def test_a_script_is_told_in_json_what_was_refused(as_, ticket):
    number = ticket()
    as_("ani").post(f"/console/tickets/{number}/take")
    ali = as_("ali")
    answer = ali.client.post(
        f"/console/tickets/{number}/take", data={"csrf": ali.csrf}, headers={"X-Console": "1"}
    )
    assert answer.json() == {"refused": "Ani Rahmawati sudah lebih dulu mengambil tiket ini."}


def test_a_double_click_is_one_message(as_, ticket, said):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    form = {"text": "Sebentar ya.", "client_key": "one-draft"}

    def click(_: int) -> int:
        return ani.post(f"/console/tickets/{number}/reply", form).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {303}
    assert said() == ["Sebentar ya."]


def test_two_officers_keys_do_not_collide(as_, ticket, said):
    first, second = ticket(name="Fajar"), ticket(name="Gita")
    ani, ali = as_("ani"), as_("ali")
    ani.post(f"/console/tickets/{first}/take")
    ali.post(f"/console/tickets/{second}/take")
    ani.post(f"/console/tickets/{first}/reply", {"text": "satu", "client_key": "same"})
    ali.post(f"/console/tickets/{second}/reply", {"text": "dua", "client_key": "same"})
    assert said() == ["satu", "dua"]


def test_a_reply_without_a_key_is_refused(as_, ticket, said):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    assert ani.post(f"/console/tickets/{number}/reply", {"text": "x"}).status_code == 409
    assert said() == []


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 16_001, "nol\x00"])
def test_a_text_that_can_not_be_sent_is_refused(as_, ticket, said, text):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    answer = ani.post(f"/console/tickets/{number}/reply", {"text": text, "client_key": "k"})
    assert answer.status_code == 422
    assert said() == []


def test_who_does_not_hold_the_ticket_can_not_reply(as_, ticket, said):
    number = ticket()
    ani, ali = as_("ani"), as_("ali")
    first = ali.post(f"/console/tickets/{number}/reply", {"text": "x", "client_key": "k"})
    assert "Ambil alih dulu tiket ini" in first.text
    ani.post(f"/console/tickets/{number}/take")
    second = ali.post(f"/console/tickets/{number}/reply", {"text": "x", "client_key": "k"})
    assert (second.status_code, said()) == (409, [])
    assert "Tiket ini ditangani Ani Rahmawati." in second.text


def test_a_closed_window_refuses_and_the_page_says_why(as_, ticket, said):
    number = ticket(ago=timedelta(hours=24, minutes=1))
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    page = ani.get(f"/console/tickets/{number}").text
    assert "Jendela 24 jam sudah tutup" in page
    assert re.search(r'<textarea id="reply"[^>]* disabled', page)
    refused = ani.post(f"/console/tickets/{number}/reply", {"text": "x", "client_key": "k"})
    assert refused.status_code == 409
    assert "Sudah lewat 24 jam" in refused.text
    assert said() == []


def test_an_open_window_says_until_when(as_, ticket):
    number = ticket(ago=timedelta(hours=23))
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    page = ani.get(f"/console/tickets/{number}").text
    assert re.search(r"Bisa dibalas sampai \w+ \d+ \w+ \d{4}, \d\d\.\d\d WITA", page)


def test_what_applicants_write_stays_text(as_, ticket):
    number = ticket(XSS, name=XSS)
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    for path in (f"/console/tickets/{number}", "/console/queue?tab=all"):
        page = ani.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


def test_a_section_is_asked_and_the_applicant_is_told_in_one_step(as_, ticket, the_ticket, said):
    number = ticket("Boleh bawa 3 HP?")
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    assert "Boleh bawa 3 HP?</textarea>" in ani.get(f"/console/tickets/{number}").text
    form = {
        "section": "P2",
        "question": "Boleh 3 HP?",
        "holding_reply": "Kami tanyakan dulu.",
        "client_key": "q",
    }
    for _ in range(2):
        assert ani.post(f"/console/tickets/{number}/consult", form).status_code == 303
    assert said() == ["Kami tanyakan dulu."]
    assert the_ticket(number).state == TicketState.CONSULTING
    with transaction() as session:
        assert session.scalars(select(Consultation)).one().section.code == "P2"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"section": ""}, "Pilih seksi yang ditanya."),
        ({"section": "PLI"}, "Pilih seksi yang ditanya."),
        ({"section": "NONE"}, "Pilih seksi yang ditanya."),
        ({"question": " "}, "Tulis dulu pertanyaan untuk seksi."),
    ],
)
def test_half_a_question_is_refused(as_, ticket, changed, sentence):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    form = {"section": "P2", "question": "?", "client_key": "q"} | changed
    answer = ani.post(f"/console/tickets/{number}/consult", form)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_refused_holding_reply_asks_no_section_either(as_, ticket):
    number = ticket(ago=timedelta(hours=25))
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    form = {"section": "P2", "question": "?", "holding_reply": "tunggu", "client_key": "q"}
    assert ani.post(f"/console/tickets/{number}/consult", form).status_code == 409
    with transaction() as session:
        assert session.scalars(select(Consultation)).all() == []


def test_the_sections_answer_is_offered_as_a_draft_and_not_sent(as_, consultation, said):
    asked = consultation("P2", "boleh?")
    as_("budi").post(f"/console/section/{asked}/answer", {"text": "Boleh, paling banyak dua."})
    page = as_("ani").get("/console/tickets/1").text
    assert "Boleh, paling banyak dua." in page
    assert f'data-use-draft="explanation-{asked}"' in page
    assert said() == []


def test_ani_hands_back_to_the_bot(as_, ticket, the_ticket):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    ani.post(f"/console/tickets/{number}/hand-back")
    closed = the_ticket(number)
    assert (closed.state, closed.outcome) == (TicketState.CLOSED, "handed_back")
    with transaction() as session:
        assert session.get_one(Conversation, closed.conversation_id).floor == Floor.BOT
    assert "Dikembalikan ke bot" in ani.get(f"/console/tickets/{number}").text


def test_a_ticket_is_closed_with_an_outcome_of_the_list(as_, ticket, the_ticket):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    assert ani.post(f"/console/tickets/{number}/close", {"outcome": "x"}).status_code == 422
    assert the_ticket(number).state == TicketState.HELD


def test_a_closed_ticket_takes_no_reply(as_, ticket, said):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    ani.post(f"/console/tickets/{number}/close", {"outcome": "answered"})
    answer = ani.post(f"/console/tickets/{number}/reply", {"text": "x", "client_key": "k"})
    assert (answer.status_code, said()) == (409, [])


def test_ani_steps_into_a_conversation_of_the_bot(as_, writes):
    conversation = writes("berapa pajak tas?")
    ani = as_("ani")
    assert "Masuk ke percakapan" in ani.get(f"/console/conversations/{conversation}").text
    answer = ani.post(f"/console/conversations/{conversation}/step-in")
    assert answer.headers["location"] == "/console/tickets/1"
    with transaction() as session:
        assert session.get_one(Conversation, conversation).floor == Floor.OFFICER
        events = list(session.scalars(select(Announcement.event)))
        assert events == ["officer_took_over"]
    again = ani.get(f"/console/conversations/{conversation}")
    assert again.headers["location"] == "/console/tickets/1"


def test_the_page_shows_the_deadline_and_each_step_to_it(as_, ticket):
    page = as_("ani").get(f"/console/tickets/{ticket()}").text
    assert re.search(r"Jam dihitung sejak .+ WITA \(kalender kantor versi 1\)\.", page)
    assert re.search(r"jam kerja: dijawab paling lambat (10|60) menit", page)
    assert re.search(r"Tenggat: .+ WITA\.", page)


def test_the_verdict_of_a_stopped_clock_is_shown(as_, ticket):
    number = ticket()
    ani = as_("ani")
    ani.post(f"/console/tickets/{number}/take")
    ani.post(f"/console/tickets/{number}/reply", {"text": "ya", "client_key": "k"})
    assert "Dijawab tepat waktu" in ani.get(f"/console/tickets/{number}").text
    with transaction() as session:
        clock_row = session.scalars(select(Clock)).one()
        clock_row.breached_at = clock_row.due_at
    assert "Dijawab terlambat" in ani.get(f"/console/tickets/{number}").text


@pytest.mark.parametrize(
    ("state", "code", "told"),
    [
        (DeliveryState.QUEUED, None, "Antre kirim"),
        (DeliveryState.SENDING, None, "Sedang dikirim"),
        (DeliveryState.UNKNOWN, None, "Belum pasti terkirim"),
        (DeliveryState.ACCEPTED, None, "Diterima WhatsApp"),
        (DeliveryState.SENT, None, "Terkirim"),
        (DeliveryState.DELIVERED, None, "Sampai"),
        (DeliveryState.READ, None, "Dibaca"),
        (DeliveryState.FAILED, 63016, "Lewat 24 jam sejak pesan terakhir pemohon"),
        (DeliveryState.FAILED, 12345, "kode 12345"),
        (DeliveryState.CANCELLED, None, "Petugas sudah mengambil alih sebelum"),
    ],
)
def test_each_delivery_is_told_in_plain_words(as_, ticket, the_ticket, state, code, told):
    number = ticket()
    say(the_ticket(number).conversation_id, "Baik.", state=state, error_code=code)
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert f'data-delivery="{state}"' in page
    assert told in page


def test_media_and_places_are_named_and_nothing_of_them_is_fetched(as_, ticket, the_ticket):
    number = ticket()
    with transaction() as session:
        conversation = the_ticket(number).conversation_id
        for kind, extra in (
            (MessageKind.IMAGE, {"media": [{"url": "http://evil.example/a", "type": "image/png"}]}),
            (MessageKind.LOCATION, {"latitude": "-5.1", "longitude": "119.4", "address": "<b>"}),
            (MessageKind.LOCATION, {"latitude": "javascript:x", "longitude": "y"}),
        ):
            session.add(
                Message(
                    conversation_id=conversation,
                    direction=Direction.IN,
                    speaker=Speaker.APPLICANT,
                    kind=kind,
                    extra=extra,
                    at=clock.now(),
                )
            )
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert "image/png" in page
    assert "evil.example" not in page
    assert "mlat=-5.100000&amp;mlon=119.400000" in page
    assert "javascript:" not in page
    assert 'rel="noopener noreferrer"' in page


def test_the_bots_answer_shows_what_it_was_based_on(as_, ticket, the_ticket):
    number = ticket()
    conversation = the_ticket(number).conversation_id
    with transaction() as session:
        turn = Turn(
            conversation_id=conversation,
            fence=0,
            finished_at=clock.now(),
            outcome=TurnOutcome.ANSWERED,
        )
        session.add(turn)
        session.flush()
        session.add(
            BotDecision(
                turn_id=turn.id,
                conversation_id=conversation,
                question="berapa batas bebas?",
                language="id",
                kind="answer",
                candidates=[
                    {"article": "kiriman_batas_bebas", "score": 0.934},
                    {"article": "chosen_one", "score": None},
                ],
                knowledge="1",
                at=clock.now(),
            )
        )
        turn_id = turn.id
    say(conversation, "USD 3.", speaker=Speaker.BOT, turn_id=turn_id)
    say(conversation, "Ada lagi?", speaker=Speaker.BOT, turn_id=turn_id)
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert page.count("Dasar jawaban bot") == 1
    assert "berapa batas bebas?" in page
    assert "93%" in page
    assert "kiriman_batas_bebas" in page


def test_days_part_the_transcript_and_a_long_one_starts_at_its_end(as_, ticket, writes):
    number = ticket("hari ini", name="Fajar")
    for count in range(150):
        writes(f"dahulu {count:03}", name="Fajar", ago=timedelta(days=1))
    with transaction() as session:
        # As it would have come in: ids in the order of time.
        for message in session.scalars(select(Message).where(Message.body == "hari ini")):
            message.at = clock.now() - timedelta(days=2)
    ani = as_("ani")
    page = ani.get(f"/console/tickets/{number}").text
    assert "Kemarin" in page
    assert "hari ini" not in page
    assert "Tampilkan pesan sebelumnya" in page
    older = re.findall(r'data-earlier="([^"]+)"', page)
    assert "hari ini" in ani.get(older[0]).text


def test_a_long_reply_is_shown_as_the_messages_it_becomes(as_):
    ani = as_("ani")
    text = "Kalimat pertama. " * 150
    parts = ani.post("/console/parts", {"text": text}).json()["parts"]
    assert len(parts) == 2
    assert all(len(part) <= 1600 for part in parts)


def say(
    conversation_id: int,
    body: str,
    *,
    speaker: Speaker = Speaker.OFFICER,
    turn_id: int | None = None,
    state: DeliveryState = DeliveryState.DELIVERED,
    error_code: int | None = None,
) -> None:
    """Something that was said to the applicant."""
    with transaction() as session:
        message = Message(
            conversation_id=conversation_id,
            turn_id=turn_id,
            direction=Direction.OUT,
            speaker=speaker,
            body=body,
            at=clock.now(),
        )
        session.add(message)
        session.flush()
        session.add(
            Outbox(
                message_id=message.id,
                conversation_id=conversation_id,
                to="whatsapp:+62",
                state=state,
                next_attempt_at=clock.now(),
                error_code=error_code,
            )
        )
