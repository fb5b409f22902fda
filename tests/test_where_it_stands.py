"""Asked how far it is while a section has the question, the bot tells truly; else it is silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot import moves
from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.clocks import running_promise
from bot.dialogue import Put, response_text
from bot.models import (
    Consultation,
    Conversation,
    DeliveryState,
    Message,
    Outbox,
    Speaker,
    Staff,
    Ticket,
    TicketEvent,
    Tier,
    Turn,
    TurnOutcome,
)
from bot.turn_taking import take_next_turn
from bot.turns import Said
from bot.whatsapp.outbound import Sending, next_sending
from tests.conftest import TestClock
from tests.test_turn_taking import FakeDialogue, dialogue, ends, outgoing, step_in, work
from tests.threads import at_once

__all__ = ["dialogue", "work"]

LookUp = Callable[[str], Staff]
Work = Callable[[], int]
Write = Callable[..., str]
STATUS = "sudah sampai mana?"


class AnsweringDialogue(FakeDialogue):
    """Answers a question; what happens at the desk, or was not about the ticket, has no words."""

    def ask(self, put: Put) -> list[Said]:
        said = super().ask(put)
        return said if put.event is None and put.only_intent is None else []


class TellingDialogue(FakeDialogue):
    """Understands every text as asking for the ticket, and makes the move for it."""

    def __init__(self, clock: TestClock) -> None:
        super().__init__()
        self._clock = clock
        self.made: list[moves.Say] = []

    def ask(self, put: Put) -> list[Said]:
        self.asked.append(put)
        if put.event is not None:
            return []
        with transaction() as session:
            said = moves.tell_ticket(session, put.turn_id, self._clock.now)
        self.made += said
        return [Said(response_text(str(s.response), put.language, **s.values)) for s in said]


@pytest.fixture
def telling(test_clock: TestClock) -> TellingDialogue:
    return TellingDialogue(test_clock)


@pytest.fixture
def escalated(write: Write, staff: LookUp, work: Work, test_clock: TestClock) -> int:
    """Fajar asked, Ani stepped in, held him off and asked P2; the id of the ticket."""
    write("berapa lama?")
    work()
    ticket_id = step_in(staff("ani"), test_clock)
    with transaction() as session:
        consultations.consult(
            session,
            ticket_id,
            staff("ani"),
            "P2",
            "Boleh?",
            test_clock.now,
            key="k",
            holding_reply="Mohon tunggu.",
        )
    work()
    test_clock.forward(minutes=2)
    return ticket_id


def take_all(dialogue: FakeDialogue) -> None:
    while take_next_turn(dialogue):  # type: ignore[arg-type]
        pass


def section_does(staff: LookUp, step: str, clock: TestClock) -> None:
    with transaction() as session:
        asked = session.scalars(select(Consultation.id).order_by(Consultation.id.desc())).first()
        assert asked is not None
        if step == "answer":
            consultations.answer(session, asked, staff("budi"), "Boleh.", clock.now)
        elif step == "ask_back":
            consultations.ask_back(session, asked, staff("budi"), "Nomornya?", clock.now)
        elif step == "to_head":
            consultations.pass_on(
                session, asked, staff("budi"), "PLI", "Mohon putusan", clock.now, tier=Tier.HEAD
            )


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("", "sedang ditanyakan kepada Seksi Penindakan dan Penyidikan sejak pukul 10."),
        ("ask_back", "Seksi Penindakan dan Penyidikan meminta keterangan tambahan"),
        ("to_head", "menunggu keputusan Kepala Seksi Penyuluhan dan Layanan Informasi"),
        ("answer", "Penjelasan Seksi Penindakan dan Penyidikan untuk tiket"),
    ],
)
def test_the_bot_tells_where_the_question_stands(
    escalated: int,
    write: Write,
    staff: LookUp,
    telling: TellingDialogue,
    test_clock: TestClock,
    step: str,
    told: str,
) -> None:
    section_does(staff, step, test_clock)
    write(STATUS)
    test_clock.forward(seconds=5)
    take_all(telling)
    assert told in outgoing()[-1]
    assert "{" not in outgoing()[-1]
    assert [put.only_intent for put in telling.asked if put.event is None] == ["ask_ticket"]
    assert telling.made[0].values["ticket"] == "MC-2026-000001"


def test_what_has_another_meaning_is_left_to_the_officer(
    escalated: int, write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    before = outgoing()
    dialogue.words = []  # Rasa did not understand it as asking for the ticket
    write("kalau tiga slop bagaimana?")
    test_clock.forward(seconds=5)
    work()
    assert outgoing() == before
    assert ends()[-1][0] is TurnOutcome.TICKETED


def test_without_a_section_the_dialogue_is_not_asked_while_an_officer_has_the_floor(
    write: Write, staff: LookUp, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("berapa lama?")
    work()
    step_in(staff("ani"), test_clock)
    work()
    asked = len(dialogue.asked)
    write(STATUS)
    test_clock.forward(seconds=5)
    work()
    assert len(dialogue.asked) == asked


def promise_runs(ticket_id: int) -> bool:
    with transaction() as session:
        return running_promise(session, ticket_id) is not None


def test_a_status_that_was_told_leaves_no_clock_running_while_others_have_to_explain(
    escalated: int, write: Write, telling: TellingDialogue, test_clock: TestClock
) -> None:
    assert not promise_runs(escalated)
    write(STATUS)
    test_clock.forward(seconds=5)
    take_all(telling)
    assert not promise_runs(escalated)


def test_a_status_question_does_not_stop_the_clock_of_an_earlier_message(
    escalated: int,
    write: Write,
    telling: TellingDialogue,
    dialogue: FakeDialogue,
    work: Work,
    test_clock: TestClock,
) -> None:
    dialogue.words = []
    write("kalau tiga slop bagaimana?")
    test_clock.forward(seconds=5)
    work()
    assert promise_runs(escalated)
    write(STATUS)
    test_clock.forward(seconds=5)
    take_all(telling)
    assert promise_runs(escalated)


def test_when_it_is_the_officers_turn_the_clock_runs_on(
    escalated: int, write: Write, staff: LookUp, telling: TellingDialogue, test_clock: TestClock
) -> None:
    section_does(staff, "answer", test_clock)
    write(STATUS)
    test_clock.forward(seconds=5)
    take_all(telling)
    assert promise_runs(escalated)


def test_what_was_told_is_not_said_any_more_once_the_officer_has_handed_back(
    escalated: int, write: Write, staff: LookUp, telling: TellingDialogue, test_clock: TestClock
) -> None:
    write(STATUS)
    test_clock.forward(seconds=5)
    take_all(telling)
    with transaction() as session:
        tickets.hand_back(session, escalated, staff("ani"), test_clock.now)
    assert not any("sedang ditanyakan" in body for body in send_all())


def send_all() -> list[str]:
    """Send what may be sent; gives the words."""
    sent = []
    while isinstance(sending := next_sending(), Sending):
        sent.append(sending.body)
        accept(sending)
    return sent


def accept(sending: Sending) -> None:
    with transaction() as session:
        session.get_one(Outbox, sending.message_id).state = DeliveryState.ACCEPTED


# --- escalating against a reply of the bot -----------------------------------------------------


@pytest.mark.slow
def test_of_an_escalation_and_a_bot_reply_one_wins_and_the_log_tells_which(
    write: Write, staff: LookUp, test_clock: TestClock
) -> None:
    """The bot's words are claimed for sending before the takeover, or never."""
    ani = staff("ani")
    for n in range(40):
        sender = f"whatsapp:+62812300{n:04d}"
        write("berapa lama?", From=sender, WaId="")
        test_clock.forward(seconds=5)
        with transaction() as session:
            conversation_id = session.scalars(
                select(Conversation.id).where(Conversation.address.has(value=sender))
            ).one()
        bot = AnsweringDialogue()
        claimed: list[Sending] = []

        def reply(bot: FakeDialogue = bot, claimed: list[Sending] = claimed) -> None:
            take_all(bot)
            if isinstance(sending := next_sending(), Sending):
                claimed.append(sending)

        def escalate(conversation_id: int = conversation_id, n: int = n) -> None:
            with transaction() as session:
                ticket = tickets.step_in(session, conversation_id, ani, test_clock.now)
                consultations.consult(
                    session,
                    ticket.id,
                    ani,
                    "P2",
                    "Boleh?",
                    test_clock.now,
                    key=f"race-{n}",
                    holding_reply="Mohon tunggu.",
                )

        at_once([reply, escalate])
        for sending in claimed:
            accept(sending)
        take_all(bot)
        said = [s.body for s in claimed] + send_all()
        assert said.count("Mohon tunggu.") == 1
        bot_won = said[0] == "Jawaban bot"
        assert said.count("Jawaban bot") == int(bot_won), said
        assert_the_log_tells_it(conversation_id, bot_won)


def assert_the_log_tells_it(conversation_id: int, bot_won: bool) -> None:
    with transaction() as session:
        ticket = session.scalars(
            select(Ticket).where(Ticket.conversation_id == conversation_id)
        ).one()
        kinds = session.scalars(
            select(TicketEvent.kind)
            .where(TicketEvent.ticket_id == ticket.id)
            .order_by(TicketEvent.id)
        ).all()
        assert kinds.count("taken") == kinds.count("section_consulted") == 1
        assert kinds.index("taken") < kinds.index("section_consulted") < kinds.index("replied")
        turn = session.scalars(
            select(Turn).where(Turn.conversation_id == conversation_id, Turn.event.is_(None))
        ).one()
        spoken = session.scalars(
            select(Message).where(
                Message.conversation_id == conversation_id, Message.speaker == Speaker.BOT
            )
        ).all()
        if bot_won:
            assert turn.outcome is TurnOutcome.ANSWERED
        else:
            # Dropped with its turn, or written before the takeover and cancelled at the door.
            states = [m.outbox.state for m in spoken if m.outbox]
            assert states in ([], [DeliveryState.CANCELLED])
