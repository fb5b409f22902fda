"""Which answers of officers and sections a draft may begin with, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.db import transaction
from bot.desk import consultations, tickets
from bot.faq.officers_answers import answers_on
from bot.models import Ticket
from tests.conftest import MONDAY_MORNING as NOW
from tests.open_questions import asked, handed_over, officer

LONG = "Bibit tanaman perlu sertifikat fitosanitari Badan Karantina sebelum dikirim ke Jepang."
LONGER = LONG + " Sertifikatnya dilampirkan di luar paket."


@pytest.fixture
def session(database: None):
    with transaction() as session:
        yield session


def answered(session, reply: str, rating: int | None = None) -> int:
    ticket_id = handed_over(session, asked(session, "x", NOW), officer(session), reply)
    session.get_one(Ticket, ticket_id).rating = rating
    session.flush()
    return ticket_id


def test_better_rated_answers_come_first_and_then_longer_ones(session) -> None:
    places = {
        answered(session, LONG),
        answered(session, LONGER),
        answered(session, "Tidak boleh, karena dilarang oleh negara tujuan.", rating=5),
        answered(session, "Nilai buruk untuk jawaban yang sangat panjang ini. " * 5, rating=1),
    }
    texts = [answer.text[:10] for answer in answers_on(session, places)]
    assert texts == ["Tidak bole", "Bibit tana", "Bibit tana", "Nilai buru"]
    assert answers_on(session, places)[1].text == LONGER


def test_of_a_ticket_the_longest_reply_counts_and_greetings_do_not(session) -> None:
    ticket_id = answered(session, LONG)
    tickets.reply(session, ticket_id, officer(session), "Sama-sama.", NOW + timedelta(hours=1))
    other = answered(session, "Baik, mohon ditunggu.")
    assert [answer.text for answer in answers_on(session, {ticket_id, other})] == [LONG]


def test_the_same_answer_is_offered_once(session) -> None:
    places = {answered(session, LONG), answered(session, LONG)}
    assert len(answers_on(session, places)) == 1


def test_a_sections_explanation_is_one_and_the_holding_reply_is_none(session) -> None:
    ticket_id = answered(session, "Baik.")
    at = NOW + timedelta(minutes=10)
    consultation = consultations.consult(
        session, ticket_id, officer(session), "P2", "boleh?", at, key="1", holding_reply=LONGER
    )
    consultations.answer(session, consultation.id, officer(session, "budi"), LONG, at)
    [answer] = answers_on(session, {ticket_id})
    assert (answer.text, answer.section_code) == (LONG, "P2")


def test_personal_data_is_taken_out(session) -> None:
    [answer] = answers_on(session, {answered(session, f"{LONG} Ke 081234567890, Fajar Nugroho.")})
    assert answer.text == f"{LONG} Ke [nomor dihapus], [nama dihapus]."


def test_without_tickets_there_are_no_answers(session) -> None:
    answered(session, LONG)
    assert answers_on(session, set()) == []
