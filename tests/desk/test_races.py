"""The desk and the applicant at the same moment: one order of things, and the log tells it.

What officers do to one another is in test_claim_race.py; an escalation against a reply of the
bot's is in tests/test_where_it_stands.py. Here each step of an officer meets a message of the
applicant's on its whole way: taken in, taken up by a worker, put on the ticket or answered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import tickets
from bot.dialogue import Put
from bot.models import (
    Clock,
    ClockKind,
    Conversation,
    Direction,
    Floor,
    Message,
    Speaker,
    Staff,
    Ticket,
    TicketEvent,
    TicketState,
    Turn,
    TurnOutcome,
)
from bot.turn_taking import take_next_turn
from bot.turns import Said
from bot.whatsapp.intake import keep_form, take_in_waiting
from tests.conftest import TestClock
from tests.desk.conftest import OpenTicket
from tests.test_turn_taking import FakeDialogue
from tests.threads import at_once

pytestmark = pytest.mark.slow

ROUNDS = 40
WORDS = "tunggu, satu lagi ya pak?"  # complete: a worker takes it up at once
ANSWER = "Jawaban bot"

MakeForm = Callable[..., dict[str, str]]


class Bot(FakeDialogue):
    """Answers a question; what happened at the desk, and what an officer has, get no words."""

    def ask(self, put: Put) -> list[Said]:
        said = super().ask(put)
        return said if put.event is None and put.floor is Floor.BOT else []


@dataclass(frozen=True)
class Outcome:
    """What is left of one round, once every worker is done."""

    ticket: Ticket
    conversation: Conversation
    message: Message
    turn: Turn
    events: list[TicketEvent]
    promises: list[Clock]
    answers: list[Message]

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]

    @property
    def written(self) -> list[int]:
        """The messages that the log says came in for the ticket."""
        return [e.data["message"] for e in self.events if e.kind == "applicant_wrote"]


@pytest.fixture
def applicants() -> Iterator[str]:
    """An applicant of its own for each round, as WhatsApp calls them."""
    return iter([f"whatsapp:+62812400{n:04d}" for n in range(ROUNDS)])


def work() -> None:
    """Take every turn that is due."""
    while take_next_turn(Bot()):  # type: ignore[arg-type]
        pass


def meet(n: int, words: dict[str, str], clock: TestClock, *steps: Callable[[], None]) -> None:
    """An applicant's words, and the officers' steps at one of four moments of their way.

    By turns of `n`: as the form is kept, as it is taken in, as a worker takes the message up,
    and as soon as that is done.
    """
    go = threading.Event()

    def speak() -> None:
        way = (lambda: keep_form(words, clock.now), take_in_waiting, work, lambda: None)
        for position, part in enumerate(way):
            if position == n % len(way):
                go.set()
            part()

    def waiting(step: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            go.wait()
            step()

        return act

    at_once([speak, *map(waiting, steps)])


def outcome(ticket_id: int) -> Outcome:
    work()
    with transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        here = ticket.conversation_id
        message = session.scalars(
            select(Message).where(Message.conversation_id == here, Message.body == WORDS)
        ).one()
        assert message.turn_id is not None, "nobody took the message up"
        return Outcome(
            ticket,
            session.get_one(Conversation, here),
            message,
            session.get_one(Turn, message.turn_id),
            list(
                session.scalars(
                    select(TicketEvent)
                    .where(TicketEvent.ticket_id == ticket_id)
                    .order_by(TicketEvent.id)
                )
            ),
            list(
                session.scalars(
                    select(Clock)
                    .where(Clock.ticket_id == ticket_id, Clock.kind == ClockKind.PROMISE)
                    .order_by(Clock.id)
                )
            ),
            list(
                session.scalars(
                    select(Message).where(
                        Message.conversation_id == here,
                        Message.direction == Direction.OUT,
                        Message.speaker == Speaker.BOT,
                    )
                )
            ),
        )


def test_a_claim_and_a_message_leave_one_holder_and_the_message_with_them(
    open_ticket: OpenTicket,
    form: MakeForm,
    ani: Staff,
    ali: Staff,
    test_clock: TestClock,
    applicants: Iterator[str],
) -> None:
    for n, sender in enumerate(applicants):
        ticket_id = open_ticket(sender)
        work()
        won: list[int] = []

        def claim(officer: Staff, ticket_id: int = ticket_id, won: list[int] = won) -> None:
            with suppress(tickets.AlreadyTaken):
                with transaction() as session:
                    tickets.take_over(session, ticket_id, officer, test_clock.now)
                won.append(officer.id)

        claims = [lambda c=claim: c(ani), lambda c=claim: c(ali)]  # type: ignore[misc]
        meet(n, form(WORDS, From=sender, WaId=""), test_clock, *claims)

        left = outcome(ticket_id)
        assert won == [left.ticket.holder_id]
        assert [e.staff_id for e in left.events if e.kind == "taken"] == won
        assert (left.ticket.state, left.conversation.floor) == (TicketState.HELD, Floor.OFFICER)
        assert left.message.ticket_id == ticket_id
        assert left.written[-1] == left.message.id
        assert left.written.count(left.message.id) == 1
        assert left.turn.outcome is TurnOutcome.TICKETED
        assert left.answers == []
        # Nobody has answered, so the clock that ran goes on and no second one was started.
        assert [clock.stopped_at for clock in left.promises] == [None]


def test_a_reply_and_a_message_leave_no_message_without_a_clock(
    open_ticket: OpenTicket,
    form: MakeForm,
    ani: Staff,
    test_clock: TestClock,
    applicants: Iterator[str],
) -> None:
    for n, sender in enumerate(applicants):
        ticket_id = open_ticket(sender)
        with transaction() as session:
            tickets.take_over(session, ticket_id, ani, test_clock.now)
        work()

        def reply(ticket_id: int = ticket_id) -> None:
            with transaction() as session:
                tickets.reply(session, ticket_id, ani, "Sudah kami periksa.", test_clock.now)

        meet(n, form(WORDS, From=sender, WaId=""), test_clock, reply)

        left = outcome(ticket_id)
        told = [(e.kind, e.data.get("message")) for e in left.events]
        assert left.kinds.count("replied") == left.kinds.count("clock_stopped") == 1
        replied_last = left.kinds.index("replied") > told.index(
            ("applicant_wrote", left.message.id)
        )
        if replied_last:
            assert left.ticket.state is TicketState.ANSWERED
            assert [clock.stopped_at is None for clock in left.promises] == [False]
        else:
            assert left.ticket.state is TicketState.HELD
            assert [clock.stopped_at is None for clock in left.promises] == [False, True]
        assert left.kinds.count("clock_started") == len(left.promises)


def test_a_closing_and_a_message_end_as_one_of_them_was_first_and_the_message_is_answered(
    open_ticket: OpenTicket,
    form: MakeForm,
    ani: Staff,
    test_clock: TestClock,
    applicants: Iterator[str],
) -> None:
    for n, sender in enumerate(applicants):
        ticket_id = open_ticket(sender)
        with transaction() as session:
            ticket = tickets.take_over(session, ticket_id, ani, test_clock.now)
            seen = tickets.last_words(session, ticket.conversation_id)
        work()
        closed: list[bool] = []

        def close(
            ticket_id: int = ticket_id, seen: int | None = seen, closed: list[bool] = closed
        ) -> None:
            with suppress(tickets.Unread):
                with transaction() as session:
                    tickets.close(session, ticket_id, ani, "answered", test_clock.now, seen=seen)
                closed.append(True)

        meet(n, form(WORDS, From=sender, WaId=""), test_clock, close)

        left = outcome(ticket_id)
        assert left.kinds.count("closed") == len(closed)
        if closed:
            assert (left.ticket.state, left.conversation.floor) == (TicketState.CLOSED, Floor.BOT)
            assert (left.turn.outcome, left.message.ticket_id) == (TurnOutcome.ANSWERED, None)
            assert [answer.turn_id for answer in left.answers] == [left.turn.id]
            assert left.message.id not in left.written
            assert all(clock.stopped_at for clock in left.promises)
        else:
            assert (left.ticket.state, left.conversation.floor) == (TicketState.HELD, Floor.OFFICER)
            assert (left.turn.outcome, left.message.ticket_id) == (TurnOutcome.TICKETED, ticket_id)
            assert left.answers == []
            assert left.written.count(left.message.id) == 1
            assert left.promises[-1].stopped_at is None
