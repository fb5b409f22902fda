"""PLI's side of a question to a section, and the head's list."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.desk.standing import nudge_officers
from bot.models import Consultation, Message, Staff, Ticket, TicketState, Tier


def held(ticket, body: str = "Rokok polos dari Jepang", **who: object) -> int:
    number = ticket(body, **who)
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, clock.now())
    return number


def ask(ani, number: int, **fields: str):
    form = {"client_key": "k", "section": "P2", "question": "Boleh?", "holding_reply": "Tunggu."}
    return ani.post(f"/console/tickets/{number}/consult", form | fields)


def asked_of(number: int) -> int:
    with transaction() as session:
        found = select(Consultation.id).where(Consultation.ticket_id == number)
        return session.scalars(found.order_by(Consultation.id.desc()).limit(1)).one()


def message_ids() -> list[int]:
    with transaction() as session:
        return list(session.scalars(select(Message.id).order_by(Message.id)))


def test_the_section_sees_the_messages_that_were_ticked_and_no_others(as_, ticket, writes):
    number = held(ticket, "alamat saya Jalan Rahasia 5", name="Fajar Nugroho")
    writes("foto rokoknya menyusul", name="Fajar Nugroho")
    private, wanted = message_ids()
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert f'name="share-{private}"' in page
    assert ask(as_("ani"), number, **{f"share-{wanted}": "yes"}).status_code == 303
    shown = as_("budi").get(f"/console/section/{asked_of(number)}").text
    assert "foto rokoknya menyusul" in shown
    for hidden in ("Rahasia", "Fajar", "+62"):
        assert hidden not in shown


def test_messages_of_another_conversation_cannot_be_shared(as_, ticket, writes):
    number = held(ticket, name="Fajar")
    writes("nomor kartu kredit saya", name="Gita")
    foreign = message_ids()[-1]
    ask(as_("ani"), number, **{f"share-{foreign}": "yes", "share-x": "yes", "share-9e9": "yes"})
    assert "kartu kredit" not in as_("budi").get(f"/console/section/{asked_of(number)}").text


def test_a_section_asks_back_and_the_officer_tells(as_, ticket, the_ticket):
    number = held(ticket)
    ani, budi = as_("ani"), as_("budi")
    ask(ani, number)
    asked = asked_of(number)
    answer = budi.post(f"/console/section/{asked}/ask-back", {"text": "Mereknya apa?"})
    assert answer.headers["location"] == f"/console/section/{asked}"
    assert "Menunggu keterangan PLI" in budi.get("/console/section").text
    assert the_ticket(number).state == TicketState.HELD
    assert "Mereknya apa?" in ani.get(f"/console/tickets/{number}").text
    told = ani.post(f"/console/consultations/{asked}/tell", {"text": "Tanpa merek."})
    assert told.headers["location"] == f"/console/tickets/{number}"
    assert the_ticket(number).state == TicketState.CONSULTING
    assert "Tanpa merek." in budi.get(f"/console/section/{asked}").text


def test_only_the_desk_and_there_only_the_holder_tells_a_section_more(as_, ticket):
    number = held(ticket)
    ask(as_("ani"), number)
    asked = asked_of(number)
    as_("budi").post(f"/console/section/{asked}/ask-back", {"text": "Mereknya apa?"})
    for outsider in ("budi", "citra", "dewi"):
        told = as_(outsider).post(f"/console/consultations/{asked}/tell", {"text": "x"})
        assert told.status_code == 404
    refused = as_("ali").post(f"/console/consultations/{asked}/tell", {"text": "x"})
    assert refused.status_code == 409
    assert "Hanya petugas yang memegang tiket ini" in refused.text
    assert as_("ani").post(f"/console/consultations/{asked}/tell", {"text": " "}).status_code == 422
    assert as_("ani").post("/console/consultations/999/tell", {"text": "x"}).status_code == 404


def test_a_question_is_passed_on_and_its_new_section_learns_why(as_, ticket):
    number = held(ticket)
    ask(as_("ani"), number)
    asked = asked_of(number)
    budi = as_("budi")
    form = {"to": "PKC", "reason": "Ini soal pita cukai."}
    assert budi.post(f"/console/section/{asked}/pass-on", form).status_code == 303
    assert "Diteruskan" in budi.get("/console/section").text
    assert "Diteruskan ke Seksi Pelayanan" in budi.get(f"/console/section/{asked}").text
    page = as_("citra").get(f"/console/section/{asked_of(number)}").text
    assert "Ini soal pita cukai." in page
    assert "Boleh?" in page
    assert budi.get(f"/console/section/{asked_of(number)}").status_code == 404
    again = budi.post(f"/console/section/{asked}/pass-on", form)
    assert again.status_code == 409
    assert "sudah diteruskan" in again.text


def test_passing_on_needs_somebody_and_a_reason(as_, ticket, the_consultation):
    number = held(ticket)
    ask(as_("ani"), number)
    asked = asked_of(number)
    budi = as_("budi")
    for form in (
        {"to": "", "reason": "x"},
        {"to": "XYZ", "reason": "x"},
        {"to": "P2", "reason": "x"},
        {"to": "PLI", "reason": "x"},
        {"to": "PKC", "reason": " "},
        {"to": "PKC", "reason": "x" * 20_000},
    ):
        assert budi.post(f"/console/section/{asked}/pass-on", form).status_code == 422, form
    assert the_consultation(asked).passed_on_at is None


def test_the_head_decides_what_officers_and_sections_put_to_them(as_, ticket, the_consultation):
    number = held(ticket)
    ani, eko = as_("ani"), as_("eko")
    assert "Tidak ada yang menunggu keputusan" in eko.get("/console/decisions").text
    ask(ani, number, section="head", question="Bolehkah dikecualikan?")
    asked = asked_of(number)
    assert the_consultation(asked).tier is Tier.HEAD
    assert "Bolehkah dikecualikan?" in eko.get("/console/decisions").text
    assert eko.get(f"/console/decisions/{asked}").status_code == 200
    done = eko.post(f"/console/decisions/{asked}/answer", {"text": "Tidak boleh."})
    assert done.headers["location"] == "/console/decisions"
    assert "Tidak boleh." in ani.get(f"/console/tickets/{number}").text
    ask(ani, number, client_key="k2")
    by_section = asked_of(number)
    form = {"to": "head", "reason": "Kami setuju, mohon keputusan."}
    as_("budi").post(f"/console/section/{by_section}/pass-on", form)
    page = eko.get(f"/console/decisions/{asked_of(number)}").text
    assert "Kami setuju, mohon keputusan." in page


def test_the_head_has_no_other_sections_questions(as_, ticket):
    number = held(ticket)
    ask(as_("ani"), number)
    asked = asked_of(number)
    eko = as_("eko")
    assert eko.get(f"/console/decisions/{asked}").status_code == 404
    done = eko.post(f"/console/decisions/{asked}/answer", {"text": "x"})
    assert done.status_code == 404
    for outsider in ("ani", "budi", "admin", "dewi"):
        assert as_(outsider).get("/console/decisions").status_code == 404


def test_an_answer_lies_ready_as_a_draft_and_nothing_is_sent(as_, ticket, said, later):
    number = held(ticket)
    ani = as_("ani")
    ask(ani, number)
    as_("budi").post(f"/console/section/{asked_of(number)}/answer", {"text": "Boleh dua slop."})
    page = ani.get(f"/console/tickets/{number}").text
    assert "sudah menjelaskan" in page
    assert "data-explanation>Boleh dua slop." in page
    assert "masih menunggu balasan ini" not in page
    assert said() == ["Tunggu."]
    later(timedelta(minutes=11))
    with transaction() as session:
        assert nudge_officers(session, clock.now())
    assert "masih menunggu balasan ini" in ani.get(f"/console/tickets/{number}").text
    ani.post(f"/console/tickets/{number}/reply", {"text": "Dua slop.", "client_key": "r"})
    assert "data-explanation" not in ani.get(f"/console/tickets/{number}").text


def test_another_officer_sees_no_draft(as_, ticket):
    number = held(ticket)
    ask(as_("ani"), number)
    as_("budi").post(f"/console/section/{asked_of(number)}/answer", {"text": "Boleh."})
    assert "data-explanation" not in as_("ali").get(f"/console/tickets/{number}").text


def test_a_closed_question_is_over_for_the_section(as_, ticket):
    number = held(ticket)
    ani, budi = as_("ani"), as_("budi")
    ask(ani, number)
    asked = asked_of(number)
    ani.post(f"/console/tickets/{number}/close", {"outcome": "answered"})
    for action, form in (
        ("ask-back", {"text": "x"}),
        ("pass-on", {"to": "PKC", "reason": "x"}),
        ("answer", {"text": "x"}),
    ):
        refused = budi.post(f"/console/section/{asked}/{action}", form)
        assert refused.status_code == 409
        assert "sudah ditutup" in refused.text
    with transaction() as session:
        assert session.get_one(Ticket, number).state == TicketState.CLOSED


def test_without_its_csrf_token_no_step_is_taken(as_, ticket, the_consultation):
    number = held(ticket)
    ask(as_("ani"), number)
    asked = asked_of(number)
    for who, action in (
        ("budi", f"section/{asked}/answer"),
        ("budi", f"section/{asked}/ask-back"),
        ("budi", f"section/{asked}/pass-on"),
        ("eko", f"decisions/{asked}/answer"),
        ("ani", f"consultations/{asked}/tell"),
    ):
        form = {"text": "x", "to": "PKC", "reason": "x"}
        answer = as_(who).post(f"/console/{action}", form, csrf="guessed")
        assert answer.status_code == 403, action
    untouched = the_consultation(asked)
    assert (untouched.answer, untouched.asked_back_at, untouched.passed_on_at) == (None,) * 3
