"""A section's list and its answers."""

from __future__ import annotations

import re

from bot.models import TicketState


def test_budi_sees_what_waits_with_its_deadline(as_, consultation):
    consultation("P2", "Rokok polos, <i>bagaimana?</i>")
    page = as_("budi").get("/console/section").text
    assert "Rokok polos, &lt;i&gt;bagaimana?&lt;/i&gt;" in page
    assert 'class="deadline"' in page
    assert "Ani Rahmawati" in page


def test_an_empty_list_says_so(as_):
    assert "Tidak ada pertanyaan yang menunggu" in as_("budi").get("/console/section").text


def test_budi_answers_and_the_ticket_is_with_the_officer_again(
    as_, consultation, the_consultation, the_ticket
):
    asked = consultation("P2", "boleh?")
    budi = as_("budi")
    answer = budi.post(f"/console/section/{asked}/answer", {"text": " Boleh. "})
    assert answer.headers["location"] == "/console/section"
    answered = the_consultation(asked)
    assert answered.answer == "Boleh."
    assert the_ticket(answered.ticket_id).state == TicketState.HELD
    assert "Dijawab tepat waktu" in budi.get("/console/section").text


def test_the_first_answer_counts(as_, consultation, the_consultation):
    asked = consultation("P2", "boleh?")
    budi = as_("budi")
    budi.post(f"/console/section/{asked}/answer", {"text": "Boleh."})
    second = budi.post(f"/console/section/{asked}/answer", {"text": "Tidak."})
    assert second.status_code == 409
    assert "sudah dijawab rekan Anda" in second.text
    assert the_consultation(asked).answer == "Boleh."


def test_an_empty_answer_is_refused(as_, consultation, the_consultation):
    asked = consultation("P2", "boleh?")
    assert as_("budi").post(f"/console/section/{asked}/answer", {"text": " "}).status_code == 422
    assert the_consultation(asked).answered_at is None


def test_a_closed_tickets_question_needs_no_answer(as_, consultation, the_consultation):
    asked = consultation("P2", "boleh?")
    ticket = the_consultation(asked).ticket_id
    as_("ani").post(f"/console/tickets/{ticket}/close", {"outcome": "answered"})
    budi = as_("budi")
    assert "Tidak diperlukan lagi" in budi.get("/console/section").text
    assert not re.search(r"<form[^>]*answer", budi.get(f"/console/section/{asked}").text)
    refused = budi.post(f"/console/section/{asked}/answer", {"text": "Boleh."})
    assert refused.status_code == 409
    assert the_consultation(asked).answer is None
