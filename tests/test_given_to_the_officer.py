"""What only an officer reads is on the ticket as soon as it is taken in, unless something waits."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from bot.db import transaction
from bot.models import Conversation, Message, Person, Staff, Turn, TurnOutcome
from tests.conftest import TestClock
from tests.test_turn_taking import dialogue, step_in, work

__all__ = ["dialogue", "work"]

LookUp = Callable[[str], Staff]
Work = Callable[[], int]
Write = Callable[..., str]


def last_message() -> Message:
    with transaction() as session:
        return session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def test_what_an_officer_reads_is_on_the_ticket_as_soon_as_it_is_taken_in(
    write: Write, work: Work, staff: LookUp, test_clock: TestClock
) -> None:
    write("berapa lama?")
    work()
    ticket_id = step_in(staff("ani"), test_clock)
    work()  # Fajar hears who has taken over
    write("please help with the tax for my parcel")
    assert last_message().ticket_id == ticket_id
    with transaction() as session:
        turn = session.get_one(Turn, last_message().turn_id)
        assert (turn.finished_at, turn.outcome) == (test_clock.now, TurnOutcome.TICKETED)
        assert session.scalars(select(Conversation)).one().wake_at is None
        assert session.scalars(select(Person)).one().language == "en"


def test_what_comes_while_something_waits_stands_behind_it(
    write: Write, work: Work, staff: LookUp, test_clock: TestClock
) -> None:
    write("berapa lama?")
    work()
    ticket_id = step_in(staff("ani"), test_clock)  # what Fajar is to hear of it waits
    write("ini resinya")
    assert last_message().turn_id is None
    work()
    with transaction() as session:
        turns = session.scalars(select(Turn).order_by(Turn.id)).all()
        assert [turn.text for turn in turns[-2:]] == ["/EXTERNAL_officer_took_over", "ini resinya"]
        message = session.scalars(select(Message).where(Message.body == "ini resinya")).one()
        assert (message.ticket_id, message.turn_id) == (ticket_id, turns[-1].id)
