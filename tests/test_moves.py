"""What the actions do: one move a turn, the same again when retried, silent when not the bot's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from sqlalchemy import select, update

from bot import moves
from bot.db import transaction
from bot.desk import tickets
from bot.faq import answers, published
from bot.faq.publishing import publish, publish_none_messages
from bot.faq.search import Knowledge
from bot.models import (
    BotDecision,
    Consultation,
    Conversation,
    Floor,
    Staff,
    Ticket,
    TicketReason,
    TicketState,
    Turn,
)
from bot.moves import Say, Sayings
from bot.settings import ROOT
from bot.turns import begin_turn, finish_turn, lease_next
from knowledge_base.encoder import Encoder
from tests.conftest import TestClock
from tests.knowledge_base.toy import NONE_MESSAGES, article

LookUp = Callable[[str], Staff]
SURE = "berapa batas bebas bea masuk kiriman"
NOTHING = "resep coto makassar"


class Fajar:
    """Writes, one turn after another, and makes moves in the turn that is on."""

    def __init__(self, write: Callable[..., str], clock: TestClock, knowledge: Knowledge) -> None:
        self._write = write
        self._clock = clock
        self._knowledge = knowledge
        self.turn = 0

    def says(self, words: str) -> Fajar:
        """End the turn that is on and begin that of these words."""
        with transaction() as session:
            for open_turn in session.scalars(select(Turn).where(Turn.finished_at.is_(None))):
                open_turn.finished_at = self._clock.now
            for conversation in session.scalars(select(Conversation)):
                conversation.lease_token = conversation.lease_until = None
                conversation.wake_at = self._clock.now  # so that the words wait for a turn
        self._write(words)
        self._clock.forward(seconds=5)
        while True:
            with transaction() as session:
                lease = lease_next(session, self._clock.now)
                assert lease is not None
                turn = begin_turn(session, lease, self._clock.now)
                assert turn is not None
                self.turn, self.words = turn.id, turn.text
                if turn.event is None:
                    return self
                finish_turn(session, lease, turn, [], turn.outcome, self._clock.now)  # type: ignore[arg-type]

    def _make(self, move: Callable[..., Sayings], *arguments: Any, **named: Any) -> Sayings:
        with transaction() as session:
            return move(session, *arguments, **named)

    def answer(self) -> Sayings:
        return self._make(moves.answer, self._knowledge, self.turn, self.words, self._clock.now)

    def answer_aside(self) -> Sayings:
        return self._make(
            moves.answer_aside, self._knowledge, self.turn, self.words, self._clock.now
        )

    def pick(self, payload: str | None = None) -> Sayings:
        return self._make(
            moves.pick, self._knowledge, self.turn, self.words, payload, self._clock.now
        )

    def feedback(self, helpful: bool) -> Sayings:
        return self._make(
            moves.feedback, self._knowledge, self.turn, helpful, self.words, self._clock.now
        )

    def small_talk(self, response: str = "utter_greet") -> Sayings:
        return self._make(
            moves.small_talk, self._knowledge, self.turn, self.words, response, self._clock.now
        )

    def hand_over(self, reason: TicketReason = TicketReason.ASKED_FOR_PERSON) -> Sayings:
        return self._make(moves.hand_over, self.turn, reason, self._clock.now)

    def rate(self) -> Sayings:
        return self._make(moves.rate, self.turn, self.words, self._clock.now)

    def tell_ticket(self) -> Sayings:
        return self._make(moves.tell_ticket, self.turn, self._clock.now)


@pytest.fixture
def fajar(write: Callable[..., str], test_clock: TestClock, knowledge: Knowledge) -> Fajar:
    return Fajar(write, test_clock, knowledge)


def responses(sayings: Sayings) -> list[str | None]:
    return [saying.response for saying in sayings]


def all_tickets() -> list[Ticket]:
    with transaction() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def floor() -> Floor:
    with transaction() as session:
        return session.scalars(select(Conversation.floor)).one()


def close_ticket(officer: Staff, clock: TestClock) -> None:
    with transaction() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.state != TicketState.CLOSED)).one()
        tickets.take_over(session, ticket.id, officer, clock.now)
        tickets.close(session, ticket.id, officer, "answered", clock.now)


def be_unsure(fajar: Fajar) -> None:
    """As if the knowledge base had been unsure about the turn that is on."""
    with transaction() as session:
        session.add(
            BotDecision(
                turn_id=fajar.turn,
                conversation_id=1,
                question=fajar.words,
                language="id",
                kind="choices",
                candidates=[
                    {"article": a, "score": 0.4, "nearest": None}
                    for a in ("imei_daftar", "imei_biaya", "kiriman_lacak")
                ],
                knowledge="",
                at=fajar._clock.now,
                awaiting="choices",
            )
        )


# --- questions --------------------------------------------------------------------------------


def test_a_sure_question_gets_the_published_text_and_is_asked_whether_it_helped(
    fajar: Fajar,
) -> None:
    said = fajar.says(SURE).answer()
    assert said[0].text is not None and said[0].text.startswith("Jawaban tentang kiriman_batas.")
    assert responses(said) == [None, "utter_ask_helpful"]
    assert fajar.answer() == said
    assert all_tickets() == []


def test_an_english_question_gets_the_english_text(fajar: Fajar) -> None:
    fajar.says("what is the batas bebas bea masuk kiriman for my paket, how much is it")
    be_unsure(fajar)
    said = fajar.says("1").pick()
    assert said[0].text is not None
    with transaction() as session:
        session.get_one(BotDecision, fajar.turn).language = "en"
    said = fajar.pick()
    assert said[0].text is not None and said[0].text.startswith("Answer about imei_daftar.")


def test_what_nothing_answers_is_handed_over_once_with_the_candidates_kept(fajar: Fajar) -> None:
    said = fajar.says(NOTHING).answer()
    assert responses(said) == ["utter_no_answer_handed_over"]
    assert said[0].values["ticket"] == "MC-2026-000001"
    assert "10.10 WITA" in said[0].values["deadline"]
    assert fajar.answer() == said
    [ticket] = all_tickets()
    assert (ticket.reason, ticket.subject) == (TicketReason.NO_ANSWER, NOTHING)
    assert floor() is Floor.QUEUE


def test_a_ticket_has_the_topic_of_the_question_before_it_if_that_was_understood(
    fajar: Fajar,
) -> None:
    fajar.says(SURE).answer()
    fajar.says("petugas").hand_over()
    assert all_tickets()[0].topic == "kiriman"


def test_what_nothing_answers_has_no_topic(fajar: Fajar) -> None:
    fajar.says(NOTHING).answer()
    assert all_tickets()[0].topic is None


def test_choices_are_listed_and_tappable_and_a_number_or_a_tap_gives_the_article(
    fajar: Fajar,
) -> None:
    fajar.says("soal imei")
    be_unsure(fajar)
    said = fajar.answer()
    assert said[0] == Say("utter_unsure")
    assert said[1].text == "1. Imei daftar\n2. Imei biaya\n3. Kiriman lacak"
    assert [c.payload for c in said[1].choices] == [
        "article:imei_daftar",
        "article:imei_biaya",
        "article:kiriman_lacak",
    ]
    by_number = fajar.says("yang nomor 2").pick()
    assert by_number[0].text is not None and "imei_biaya" in by_number[0].text
    assert fajar.pick() == by_number
    by_tap = fajar.says("Kiriman lacak").pick("article:kiriman_lacak")
    assert by_tap[0].text is not None and "kiriman_lacak" in by_tap[0].text


def test_words_of_a_title_choose_it(fajar: Fajar) -> None:
    fajar.says("soal imei")
    be_unsure(fajar)
    said = fajar.says("yang biaya").answer()
    assert said[0].text is not None and "imei_biaya" in said[0].text


def test_a_number_beyond_the_choices_offers_them_again(fajar: Fajar) -> None:
    fajar.says("soal imei")
    be_unsure(fajar)
    assert responses(fajar.says("7").pick())[0] == "utter_unsure"


@pytest.mark.parametrize("payload", ["article:tidak_ada", "article:", "article:../etc"])
def test_a_made_up_payload_gives_nothing(fajar: Fajar, payload: str) -> None:
    assert responses(fajar.says("x").pick(payload)) == ["utter_out_of_scope"]
    assert all_tickets() == []


@pytest.mark.parametrize("payload", ["ticket:1", "/restart", "", None])
def test_any_other_payload_is_only_its_words(fajar: Fajar, payload: str | None) -> None:
    said = fajar.says(SURE).pick(payload)
    assert said[0].text is not None and "kiriman_batas" in said[0].text


def test_small_talk_that_carries_a_question_is_a_question(fajar: Fajar) -> None:
    said = fajar.says("makasih min, tapi berapa batas bebas bea masuk kiriman").small_talk()
    assert said[0].text is not None and "kiriman_batas" in said[0].text
    assert responses(fajar.says("makasih banyak min").small_talk("utter_thank")) == ["utter_thank"]


def test_two_questions_in_one_message_get_both_answers_and_one_question_back(
    fajar: Fajar,
) -> None:
    said = fajar.says(f"{SURE}? terus berapa biaya daftar imei hp").answer()
    assert [str(s.text).split("\n")[0] for s in said[:-1]] == ["*Kiriman batas*", "*Imei biaya*"]
    assert said[-1].response == "utter_ask_helpful"
    assert fajar.answer() == said
    offered = fajar.says("tidak").feedback(helpful=False)
    assert "Imei biaya" not in str(offered)


FORM, TABLE = ("Formulir.pdf", "a" * 64), ("Tabel.pdf", "b" * 64)


@pytest.fixture
def with_pdfs(knowledge: Knowledge) -> None:
    """Two of the toy's published articles have PDFs, one of them the same."""
    with transaction() as session:
        for article_id, pdfs in (("kiriman_batas", [TABLE, FORM]), ("imei_biaya", [FORM])):
            revision = published.published(session, article_id)
            assert revision is not None
            revision.details = revision.details | {"attachments": dict(pdfs)}


def attached(said: Sayings) -> list[tuple[str, str]]:
    return [(one.name, one.sha256) for saying in said for one in saying.attached]


def test_the_pdfs_of_an_answer_follow_last_and_again_when_the_turn_is_retried(
    fajar: Fajar, with_pdfs: None
) -> None:
    said = fajar.says(SURE).answer()
    assert attached(said[-1:]) == attached(said) == [FORM, TABLE]
    assert responses(said) == [None, "utter_ask_helpful", None]
    assert fajar.answer() == said


def test_two_answers_that_share_a_pdf_bring_it_once(fajar: Fajar, with_pdfs: None) -> None:
    said = fajar.says(f"{SURE}? terus berapa biaya daftar imei hp").answer()
    assert len([saying for saying in said if saying.text]) == 2
    assert attached(said) == [FORM, TABLE]


def test_an_article_that_was_chosen_brings_its_pdf_and_an_offer_brings_none(
    fajar: Fajar, with_pdfs: None
) -> None:
    fajar.says("soal imei")
    be_unsure(fajar)
    assert attached(fajar.answer()) == []
    assert attached(fajar.says("yang nomor 2").pick()) == [FORM]
    assert attached(fajar.says("Imei biaya").pick("article:imei_biaya")) == [FORM]


def test_a_question_put_aside_brings_its_pdf_before_what_was_asked_for_is_asked_again(
    fajar: Fajar, with_pdfs: None
) -> None:
    said = fajar.says(SURE).answer_aside()
    assert [bool(saying.attached) for saying in said] == [False, True]


def test_a_short_message_leans_on_the_question_before(fajar: Fajar) -> None:
    alone = fajar.says("kalau biayanya").answer()
    assert alone[0].response is not None
    with transaction() as session:
        session.execute(update(Conversation).values(floor=Floor.BOT))
    fajar.says("cara daftar imei hp dari luar negeri").answer()
    said = fajar.says("kalau biayanya").answer()
    assert "imei_biaya" in str(said[0].text) or "Imei biaya" in str(said[1].text)


def test_a_correction_never_gives_the_same_article_again(fajar: Fajar) -> None:
    fajar.says("cara daftar imei hp dari luar negeri").answer()
    said = fajar.says("bukan itu, yang biaya").answer()
    assert "imei_daftar" not in str(said) and "Imei daftar" not in str(said)
    assert "imei_biaya" in str(said)


@pytest.fixture
def others_may_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else was thought of is worth offering."""
    monkeypatch.setattr("bot.faq.answers.WORTH_OFFERING", 0.0)


def test_asked_again_where_nothing_else_fits_it_goes_to_a_person(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    again = fajar.says("batas nilai paket luar negeri yang bebas pajak").answer()
    assert responses(again) == ["utter_not_helpful_handed_over"]
    assert fajar.answer() == again
    assert [ticket.reason for ticket in all_tickets()] == [TicketReason.NOT_HELPFUL]


def test_the_same_question_in_other_words_counts_as_a_no_and_a_third_time_gets_a_person(
    fajar: Fajar, others_may_be_meant: None
) -> None:
    fajar.says(SURE).answer()
    said = fajar.says("batas nilai paket luar negeri yang bebas pajak").answer()
    assert responses(said)[0] == "utter_not_helpful_choices"
    assert fajar.answer() == said
    with transaction() as session:
        assert session.scalars(select(BotDecision.helpful)).all() == [False]
    third = fajar.says("nilai maksimal barang kiriman tanpa bea masuk").answer()
    assert responses(third) == ["utter_not_helpful_handed_over"]
    assert all_tickets()[0].reason is TicketReason.NOT_HELPFUL


def test_what_helped_may_be_asked_for_again(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    fajar.says("ya").feedback(helpful=True)
    assert "kiriman_batas" in str(fajar.says(SURE).answer()[0].text)


def test_a_question_put_aside_of_what_was_asked_for_is_answered_and_nothing_else_asked(
    fajar: Fajar,
) -> None:
    said = fajar.says(SURE).answer_aside()
    assert [str(saying.text)[:29] for saying in said] == ["Jawaban tentang kiriman_batas"]
    assert fajar.answer_aside() == said
    assert fajar.says(NOTHING).answer_aside() == []
    assert all_tickets() == []


def test_a_thing_named_where_it_was_asked_for_is_no_question_put_aside(
    fajar: Fajar, knowledge: Knowledge
) -> None:
    named = "bebas bea masuk kiriman"
    with transaction() as session:
        assert answers.looks_like_a_question(session, knowledge, named)
    assert fajar.says(named).answer_aside() == []


def test_the_number_of_a_case_is_noted_and_reaches_the_officer(fajar: Fajar) -> None:
    said = fajar.says("cek status paket di bea cukai pakai resi RR123456789CN").answer()
    assert said[-1] == Say("utter_case_noted", {"number": "RR123456789CN"})
    fajar.says("petugas").hand_over()
    assert all_tickets()[0].details == {"number": "RR123456789CN"}


def test_a_case_gets_what_holds_for_all_such_cases_and_the_offer_of_an_officer(
    fajar: Fajar, encoder: Encoder
) -> None:
    cases = [f"cek status resi RR{n}56789CN di bea cukai" for n in range(1234, 1250)]
    with transaction() as session:
        publish_none_messages(session, [*NONE_MESSAGES, *cases], encoder)
    said = fajar.says("cek status paket di bea cukai pakai resi RR123456789CN").answer()
    assert "kiriman_lacak" in str(said[0].text)
    assert said[-1] == Say("utter_case_noted", {"number": "RR123456789CN"})
    assert all_tickets() == []


def test_a_tapped_yes_or_no_is_the_word_on_the_answer(fajar: Fajar) -> None:
    said = fajar.says(SURE).answer()
    assert [(c.title, c.payload) for c in said[-1].choices] == [
        ("Ya", "helpful:yes"),
        ("Tidak", "helpful:no"),
    ]
    assert responses(fajar.says("Ya").pick("helpful:yes")) == ["utter_feedback_thanks"]
    fajar.says(NOTHING)
    assert responses(fajar.says("Tidak").pick("helpful:no"))[0] != "utter_feedback_thanks"


def test_goods_that_come_by_parcel_or_in_luggage_are_asked_which(
    fajar: Fajar, encoder: Encoder
) -> None:
    obat = (
        "berapa banyak obat yang boleh",
        "berapa banyak obat boleh masuk",
        "obat resep dokter boleh berapa banyak",
        "obat boleh berapa",
        "batas obat yang boleh",
        "jumlah obat yang boleh",
    )
    with transaction() as session:
        for own, other, way, group in (
            ("obat_paket", "obat_koper", "lewat paket", "kiriman"),
            ("obat_koper", "obat_paket", "di koper", "penumpang"),
        ):
            ways = tuple(f"{text} {way}" for text in obat)
            twin = {"id": own, "twin": other}
            publish(session, article(own, group=group, ways=ways, front_matter=twin), encoder)
    said = fajar.says("berapa banyak obat yang boleh").answer()
    assert said[0].response == "utter_which_way"
    assert {(c.title, c.payload) for c in said[1].choices} == {
        ("Lewat paket", "article:obat_paket"),
        ("Dibawa penumpang", "article:obat_koper"),
    }
    told = fajar.says("berapa banyak obat yang boleh di koper").answer()
    assert "utter_which_way" not in responses(told)


# --- what can't wait ---------------------------------------------------------------------------


@pytest.fixture
def everything_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy knowledge base is too small to learn what is urgent."""
    monkeypatch.setattr(Knowledge, "is_urgent", lambda *_: True)


def test_what_is_urgent_goes_to_a_person_marked_so_with_the_advice_of_the_article(
    fajar: Fajar, encoder: Encoder, everything_urgent: None
) -> None:
    ways = ("ada yang mengaku petugas minta transfer sekarang", "penipu minta uang")
    advice = {"id": "tipu", "advice": {"id": "Jangan transfer.", "en": "Do not pay."}}
    with transaction() as session:
        publish(session, article("tipu", ways=ways, front_matter=advice), encoder)
    said = fajar.says("ini barusan ada yang telpon mengaku petugas, minta transfer skrg").answer()
    assert responses(said) == ["utter_urgent_handed_over", None]
    assert said[1].text == "Jangan transfer."
    assert fajar.answer() == said
    [ticket] = all_tickets()
    assert ticket.reason is TicketReason.URGENT


def test_what_is_urgent_without_advice_is_only_handed_over(
    fajar: Fajar, everything_urgent: None
) -> None:
    said = fajar.says("vaksin kami nyangkut di kargo, es cair, tolong segera").small_talk()
    assert responses(said) == ["utter_urgent_handed_over"]


# --- what the applicant thought of it ---------------------------------------------------------


def test_yes_is_recorded_and_said_again_when_retried(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    said = fajar.says("ya").feedback(helpful=True)
    assert responses(said) == ["utter_feedback_thanks"]
    assert fajar.feedback(helpful=True) == said
    with transaction() as session:
        assert session.scalars(select(BotDecision.helpful)).all() == [True]


def test_no_offers_what_else_it_may_be_and_a_second_no_a_person(
    fajar: Fajar, others_may_be_meant: None
) -> None:
    fajar.says(SURE).answer()
    said = fajar.says("tidak").feedback(helpful=False)
    assert responses(said)[0] == "utter_not_helpful_choices"
    assert said[1].text is not None and "Kiriman batas" not in said[1].text
    assert fajar.feedback(helpful=False) == said
    assert all_tickets() == []
    handed = fajar.says("tidak").feedback(helpful=False)
    assert responses(handed) == ["utter_not_helpful_handed_over"]
    assert fajar.feedback(helpful=False) == handed
    [ticket] = all_tickets()
    assert (ticket.reason, ticket.subject) == (TicketReason.NOT_HELPFUL, SURE)


def test_a_question_that_sounds_like_a_no_is_answered(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    said = fajar.says("tidak paham, cara daftar imei hp di bandara bagaimana").feedback(
        helpful=False
    )
    assert "imei_daftar" in str(said[0].text)
    assert all_tickets() == []


def test_a_no_after_which_nothing_else_fits_goes_to_a_person_at_once(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    with transaction() as session:
        session.scalars(select(BotDecision)).one().candidates = []
    said = fajar.says("tidak").feedback(helpful=False)
    assert responses(said) == ["utter_not_helpful_handed_over"]
    assert fajar.feedback(helpful=False) == said
    assert len(all_tickets()) == 1


@pytest.mark.parametrize("helpful", [True, False])
def test_yes_and_no_out_of_the_blue_open_no_ticket(fajar: Fajar, helpful: bool) -> None:
    assert responses(fajar.says("ya").feedback(helpful)) == ["utter_thank"]
    assert all_tickets() == []


# --- a person ---------------------------------------------------------------------------------


def test_a_retried_handover_makes_one_ticket_and_says_the_same(fajar: Fajar) -> None:
    said = fajar.says("petugas").hand_over()
    assert responses(said) == ["utter_handed_over"]
    assert [fajar.hand_over() for _ in range(3)] == [said] * 3
    assert len(all_tickets()) == 1


def test_a_word_for_a_person_after_a_question_is_about_that_question(fajar: Fajar) -> None:
    fajar.says(SURE).answer()
    fajar.says("petugas").hand_over()
    assert all_tickets()[0].subject == SURE


def test_a_complaint_keeps_what_the_form_gathered(fajar: Fajar) -> None:
    fajar.says("pengaduan")
    with transaction() as session:
        said = moves.file_complaint(
            session, fajar.turn, "petugas tidak ramah", "RESI123", fajar._clock.now
        )
    assert responses(said) == ["utter_complaint_filed"]
    [ticket] = all_tickets()
    assert ticket.details == {"about": "petugas tidak ramah", "document": "RESI123"}
    assert ticket.subject == "petugas tidak ramah"


def test_a_complaint_that_does_not_say_what_about_has_its_last_words_for_a_subject(
    fajar: Fajar,
) -> None:
    fajar.says("dokumen saya PIB 000123 kemarin")
    with transaction() as session:
        moves.file_complaint(session, fajar.turn, "-", fajar.words, fajar._clock.now)
    assert all_tickets()[0].subject == fajar.words


@pytest.mark.parametrize("taken", [False, True], ids=["queue", "officer"])
def test_while_it_is_not_the_bots_turn_to_speak_its_moves_say_nothing_and_do_nothing(
    fajar: Fajar, staff: LookUp, taken: bool
) -> None:
    fajar.says(SURE).answer()
    fajar.says("petugas").hand_over()
    if taken:
        with transaction() as session:
            tickets.take_over(session, all_tickets()[0].id, staff("ani"), fajar._clock.now)
    with transaction() as session:
        decisions = len(session.scalars(select(BotDecision)).all())
    fajar.says(SURE)
    assert fajar.answer() == []
    assert fajar.small_talk() == []
    assert fajar.pick() == []
    assert fajar.pick("article:imei_biaya") == []
    assert fajar.feedback(helpful=False) == []
    with transaction() as session:
        assert moves.plain(session, fajar.turn, "utter_bot_challenge") == []
        assert len(session.scalars(select(BotDecision)).all()) == decisions
    assert len(all_tickets()) == 1


# --- tickets and ratings ----------------------------------------------------------------------


def test_the_state_of_a_ticket_is_told_truly_and_of_nobody_elses(
    fajar: Fajar, staff: LookUp, write: Callable[..., str], test_clock: TestClock
) -> None:
    assert responses(fajar.says("tiket saya").tell_ticket()) == ["utter_no_ticket"]
    fajar.says("petugas").hand_over()
    said = fajar.says("tiket saya gimana?").tell_ticket()
    assert responses(said) == ["utter_ticket_state_waiting"]
    assert said[0].values["ticket"] == "MC-2026-000001"
    close_ticket(staff("ani"), test_clock)
    told = fajar.says("tiket saya gimana?").tell_ticket()
    assert responses(told) == ["utter_ticket_state_closed"]
    write("tiket saya gimana?", From="whatsapp:+628114000002", WaId="")
    with transaction() as session:
        lease = lease_next(session, test_clock.now)
        turn = begin_turn(session, lease, test_clock.now) if lease else None
        assert turn is not None
        assert responses(moves.tell_ticket(session, turn.id, test_clock.now)) == ["utter_no_ticket"]


def test_a_number_after_closing_is_the_rating_once_and_is_said_again_when_retried(
    fajar: Fajar, staff: LookUp, test_clock: TestClock
) -> None:
    fajar.says("petugas").hand_over()
    close_ticket(staff("ani"), test_clock)
    said = fajar.says("5").pick()
    assert responses(said) == ["utter_rating_thanks"]
    assert fajar.pick() == said
    [ticket] = all_tickets()
    assert ticket.rating == 5


def test_a_tapped_face_rates_the_ticket_it_was_offered_for_once(
    fajar: Fajar, staff: LookUp, test_clock: TestClock
) -> None:
    fajar.says("petugas").hand_over()
    close_ticket(staff("ani"), test_clock)
    [ticket] = all_tickets()
    tapped = fajar.says("😐 Cukup").pick(f"rating:{ticket.number}:3")
    assert responses(tapped) == ["utter_rating_thanks"]
    fajar.says("😊 Puas").pick(f"rating:{ticket.number}:5")
    assert all_tickets()[0].rating == 3


@pytest.mark.parametrize("payload", ["rating:MC-2026-999999:3", "rating:MC-2026-000001:9"])
def test_a_face_of_no_ticket_of_this_person_rates_nothing(
    fajar: Fajar, staff: LookUp, test_clock: TestClock, payload: str
) -> None:
    fajar.says("petugas").hand_over()
    close_ticket(staff("ani"), test_clock)
    fajar.says("bagus").pick(payload)
    assert all_tickets()[0].rating is None


@pytest.mark.parametrize(
    ("words", "rating"),
    [("rating 4", 4), ("lima", 5), ("nilai 0", None), ("9", None), ("bagus", None)],
)
def test_a_rating_in_words_is_understood_or_asked_again(
    fajar: Fajar, staff: LookUp, test_clock: TestClock, words: str, rating: int | None
) -> None:
    fajar.says("petugas").hand_over()
    close_ticket(staff("ani"), test_clock)
    said = responses(fajar.says(words).rate())
    assert said == ["utter_rating_thanks" if rating else "utter_rating_not_understood"]
    assert all_tickets()[0].rating == rating


# --- the rest ---------------------------------------------------------------------------------


def test_a_person_can_choose_the_language_and_opt_out_and_in(fajar: Fajar) -> None:
    fajar.says("english please")

    def person() -> Any:
        with transaction() as session:
            return session.scalars(select(Conversation)).one().person

    with transaction() as session:
        moves.set_language(session, fajar.turn, "en")
        moves.opt_out(session, fajar.turn, fajar._clock.now)
    assert (person().language, person().opted_out_at) == ("en", fajar._clock.now)
    with transaction() as session:
        moves.opt_in(session, fajar.turn)
    assert person().opted_out_at is None


def test_an_escalation_retried_asks_the_section_once(
    fajar: Fajar, staff: LookUp, test_clock: TestClock
) -> None:
    fajar.says("petugas").hand_over()
    ani = staff("ani")
    with transaction() as session:
        tickets.take_over(session, 1, ani, test_clock.now)
    event = {
        "ticket": "MC-2026-000001",
        "ticket_id": 1,
        "officer_id": ani.id,
        "section": "Seksi P2",
        "section_code": "P2",
        "question": "Bagaimana?",
        "key": "k",
    }
    for _ in range(2):
        with transaction() as session:
            said = moves.escalate(session, event, test_clock.now)
    assert responses(said) == ["utter_section_consulted"]
    with transaction() as session:
        assert len(session.scalars(select(Consultation)).all()) == 1


def test_an_event_nobody_knows_is_silence() -> None:
    assert moves.tell_event({"event": "moon_landed"}) == []


def test_every_response_that_a_move_names_is_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    source = (ROOT / "bot" / "moves.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"(utter_\w+)"', source))
    named |= {f"utter_ticket_state_{state}" for state in TicketState}
    assert named
    assert named <= set(domain["responses"])


def test_what_waits_becomes_urgent_by_a_further_message_once(
    fajar: Fajar, monkeypatch: pytest.MonkeyPatch
) -> None:
    fajar.says("mau bicara dengan petugas").hand_over()
    assert fajar.says("paket saya belum keluar").answer() == []
    monkeypatch.setattr(Knowledge, "is_urgent", lambda *_: True)
    said = fajar.says("isinya insulin, anak saya butuh malam ini").answer()
    assert responses(said) == ["utter_urgent_handed_over"]
    assert fajar.answer() == said
    assert [ticket.reason for ticket in all_tickets()] == [TicketReason.URGENT]
    assert fajar.says("tolong, sangat mendesak").answer() == []


def test_an_officer_who_has_the_conversation_is_not_spoken_over_by_urgency(
    fajar: Fajar, staff: LookUp, everything_urgent: None
) -> None:
    fajar.says("mau bicara dengan petugas").hand_over()
    [ticket] = all_tickets()
    with transaction() as session:
        tickets.take_over(session, ticket.id, staff("ani"), fajar._clock.now)
    assert fajar.says("isinya insulin").answer() == []
    assert [ticket.reason for ticket in all_tickets()] == [TicketReason.ASKED_FOR_PERSON]
