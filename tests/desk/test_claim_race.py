"""Of two who claim at once one wins, the other is told who, and the log tells the same story."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.conversation import locked
from bot.db import transaction
from bot.desk import duty, handover, tickets
from bot.models import (
    Address,
    AddressKind,
    Conversation,
    Person,
    Staff,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
)
from tests.threads import at_once

pytestmark = pytest.mark.slow

TICKETS = 200


@pytest.fixture
def waiting(database, test_clock) -> list[int]:
    """Two hundred tickets that wait for an officer."""
    opened = []
    with transaction() as session:
        for number in range(TICKETS):
            person = Person(name=f"Pemohon {number}")
            session.add(person)
            session.flush()
            address = Address(
                person_id=person.id,
                kind=AddressKind.PHONE,
                value=f"whatsapp:+62812{number:07d}",
            )
            session.add(address)
            session.flush()
            conversation = Conversation(person_id=person.id, address_id=address.id)
            session.add(conversation)
            session.flush()
            ticket = tickets.open_ticket(
                session,
                locked(session, conversation.id),
                TicketReason.ASKED_FOR_PERSON,
                asked_at=test_clock.now,
                now=test_clock.now,
            )
            opened.append(ticket.id)
    return opened


def claim(ticket_id: int, officer: Staff, now) -> str:
    """`won`, or the name of who was first."""
    try:
        with transaction() as session:
            tickets.take_over(session, ticket_id, officer, now)
    except tickets.AlreadyTaken as taken:
        return taken.holder
    return "won"


def test_of_two_who_claim_two_hundred_tickets_at_once_one_wins_each(waiting, ani, ali, test_clock):
    said: dict[tuple[int, str], str] = {}

    def claim_by(ticket_id: int, officer: Staff):
        def call() -> None:
            said[ticket_id, officer.username] = claim(ticket_id, officer, test_clock.now)

        return call

    for ticket_id in waiting:
        at_once([claim_by(ticket_id, officer) for officer in (ani, ali)])

    names = {ani.id: ani, ali.id: ali}
    with transaction() as session:
        for ticket_id in waiting:
            ticket = session.get_one(Ticket, ticket_id)
            winner = names[ticket.holder_id]
            loser = ali if winner is ani else ani
            assert said[ticket_id, winner.username] == "won"
            assert said[ticket_id, loser.username] == winner.name
            taken = session.scalars(
                select(TicketEvent.staff_id).where(
                    TicketEvent.ticket_id == ticket_id, TicketEvent.kind == "taken"
                )
            ).all()
            assert taken == [winner.id]


def test_a_claim_and_a_hand_over_at_once_leave_nothing_with_who_went_home(
    waiting, ani, ali, test_clock
):
    for ticket_id in waiting[:60]:
        with transaction() as session:
            duty.sign_on(session, ali, test_clock.now)
            tickets.take_over(session, ticket_id, ani, test_clock.now)

        def sign_off() -> None:
            with transaction() as session:
                handover.sign_off(session, ani, test_clock.now)

        def claim_it(ticket_id: int = ticket_id) -> None:
            claim(ticket_id, ali, test_clock.now)

        at_once([sign_off, claim_it])
        with transaction() as session:
            assert session.get_one(Ticket, ticket_id).holder_id in (None, ali.id)
            assert handover.left_behind(session, test_clock.now) == []


def test_an_officer_who_takes_many_at_once_never_holds_more_than_allowed(waiting, ani, test_clock):
    with transaction() as session:
        session.get_one(Staff, ani.id).capacity = 3

    def take(ticket_id: int):
        def call() -> None:
            try:
                with transaction() as session:
                    tickets.take_over(session, ticket_id, ani, test_clock.now)
            except tickets.AtCapacity:
                pass

        return call

    at_once([take(ticket_id) for ticket_id in waiting[:10]])
    with transaction() as session:
        held = select(func.count()).where(
            Ticket.holder_id == ani.id, Ticket.state == TicketState.HELD
        )
        assert session.scalar(held) == 3
