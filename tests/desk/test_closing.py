"""Closing a ticket: what was not read refuses it, a rating is asked for once, it may come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import moves
from bot.conversation import locked
from bot.db import transaction
from bot.desk import tickets
from bot.desk.reopening import REOPENED_WITHIN
from bot.desk.tickets import Unread
from bot.models import (
    Announcement,
    Clock,
    Conversation,
    Floor,
    Message,
    Staff,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
)
from tests.conftest import TestClock
from tests.threads import at_once

Write = Callable[..., str]


def seen_by(ticket_id: int) -> int:
    with transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        return tickets.last_words(session, ticket.conversation_id) or 0


def close(ticket_id: int, officer: Staff, now, **more: object) -> None:  # type: ignore[no-untyped-def]
    with transaction() as session:
        tickets.close(session, ticket_id, officer, "answered", now, **more)  # type: ignore[arg-type]


def needed_again(ticket_id: int, now, turn_id: int | None = None) -> Ticket:  # type: ignore[no-untyped-def]
    """What the bot's handover comes to when the applicant needs a person once more."""
    with transaction() as session:
        conversation_id = session.get_one(Ticket, ticket_id).conversation_id
        ticket = tickets.open_ticket(
            session,
            locked(session, conversation_id),
            TicketReason.NOT_HELPFUL,
            asked_at=now,
            now=now,
            turn_id=turn_id,
            subject="masih belum",
        )
        assert ticket.conversation
        return ticket


def kinds(ticket_id: int) -> list[str]:
    with transaction() as session:
        rows = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket_id)
        return list(session.scalars(rows.order_by(TicketEvent.id)))


def test_words_that_the_officer_has_not_seen_refuse_the_closing(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    seen = seen_by(held)
    write("satu lagi, apakah...")
    with pytest.raises(Unread):
        close(held, ani, test_clock.now, seen=seen)
    with pytest.raises(Unread), transaction() as session:
        tickets.hand_back(session, held, ani, test_clock.now, seen=seen)
    close(held, ani, test_clock.now, seen=seen_by(held))
    assert kinds(held).count("closed") == 1


def test_a_thumbs_up_refuses_nothing(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    seen = seen_by(held)
    write("👍", MessageType="reaction")
    close(held, ani, test_clock.now, seen=seen)
    assert "closed" in kinds(held)


@pytest.mark.parametrize("attempt", range(8))
def test_of_a_closing_and_a_message_one_is_first_and_nothing_is_lost(
    held: int, ani: Staff, write: Write, test_clock: TestClock, attempt: int
) -> None:
    seen = seen_by(held)
    refused: list[bool] = []

    def try_to_close() -> None:
        try:
            close(held, ani, test_clock.now, seen=seen)
        except Unread:
            refused.append(True)

    calls = [try_to_close, lambda: write("tunggu, satu lagi")]
    at_once(calls if attempt % 2 else calls[::-1])
    with transaction() as session:
        ticket = session.get_one(Ticket, held)
        conversation = session.get_one(Conversation, ticket.conversation_id)
        message = session.scalars(select(Message).where(Message.body == "tunggu, satu lagi")).one()
        assert message.conversation_id == conversation.id
        assert conversation.wake_at is not None  # somebody has to look at it
        if refused:
            assert (ticket.state, conversation.floor) == (TicketState.HELD, Floor.OFFICER)
        else:
            assert (ticket.state, conversation.floor) == (TicketState.CLOSED, Floor.BOT)
    assert kinds(held).count("closed") == (0 if refused else 1)


def test_what_needs_a_person_within_seven_days_reopens_the_ticket(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    close(held, ani, test_clock.now, topic="kiriman")
    test_clock.now += REOPENED_WITHIN - timedelta(seconds=1)
    again = needed_again(held, test_clock.now)
    assert again.id == held
    assert again.state == TicketState.WAITING
    assert (again.holder_id, again.closed_at, again.outcome) == (None, None, None)
    assert (again.subject, again.topic) == ("masih belum", "kiriman")
    with transaction() as session:
        running = select(Clock).where(Clock.ticket_id == held, Clock.stopped_at.is_(None))
        assert session.scalars(running).one().started_at == test_clock.now
        reopened = select(TicketEvent).where(TicketEvent.kind == "reopened")
        assert session.scalars(reopened).one().data["outcome"] == "answered"


def test_after_seven_days_a_new_one_points_back(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    close(held, ani, test_clock.now)
    test_clock.now += REOPENED_WITHIN
    again = needed_again(held, test_clock.now)
    assert again.id != held
    assert again.follows_id == held
    assert kinds(held).count("reopened") == 0


def test_an_action_retried_after_reopening_finds_the_same_ticket(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    close(held, ani, test_clock.now)
    first = needed_again(held, test_clock.now, turn_id=77)
    second = needed_again(held, test_clock.now, turn_id=77)
    assert first.id == second.id == held
    assert kinds(held).count("reopened") == 1


def test_a_rating_is_asked_for_once_however_often_the_ticket_closes(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    close(held, ani, test_clock.now)
    needed_again(held, test_clock.now)
    with transaction() as session:
        tickets.take_over(session, held, ani, test_clock.now)
    close(held, ani, test_clock.now)
    with transaction() as session:
        told = session.scalars(
            select(Announcement).where(Announcement.event == "closed").order_by(Announcement.id)
        ).all()
        said = [moves.tell_event({**one.facts, "event": one.event}) for one in told]
    assert [[one.response for one in sayings] for sayings in said] == [
        ["utter_closed", "utter_ask_rating"],
        ["utter_closed"],
    ]
    number = told[0].facts["ticket"]
    payloads = [choice.payload for choice in said[0][1].choices]
    assert payloads == [f"rating:{number}:{stars}" for stars in (1, 3, 5)]
