"""The desk's cast and a ticket to work on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversation import locked
from bot.db import transaction
from bot.desk import tickets
from bot.models import Conversation, Staff, TicketReason
from tests.conftest import FAJAR, TestClock

OpenTicket = Callable[..., int]
LookUp = Callable[[str], Staff]


@pytest.fixture
def open_ticket(write: Callable[..., str], test_clock: TestClock) -> OpenTicket:
    """Someone asks for a person; the id of the ticket: `open_ticket("whatsapp:+62...")`."""

    def open_for(sender: str = FAJAR) -> int:
        write("petugas", From=sender, WaId="")
        with transaction() as session:
            conversation_id = session.scalars(
                select(Conversation.id).where(Conversation.address.has(value=sender))
            ).one()
            return tickets.open_ticket(
                session,
                locked(session, conversation_id),
                TicketReason.ASKED_FOR_PERSON,
                asked_at=test_clock.now,
                now=test_clock.now,
            ).id

    return open_for


@pytest.fixture
def ani(staff: LookUp) -> Staff:
    return staff("ani")


@pytest.fixture
def ali(staff: LookUp) -> Staff:
    return staff("ali")


@pytest.fixture
def held(open_ticket: OpenTicket, ani: Staff, test_clock: TestClock) -> int:
    """The id of a ticket of Fajar's that Ani has taken."""
    ticket_id = open_ticket()
    with transaction() as session:
        tickets.take_over(session, ticket_id, ani, test_clock.now)
    return ticket_id
