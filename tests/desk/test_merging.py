"""Two numbers of one person are read as one, and parted again without loss."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import merging, tickets
from bot.desk.merging import CannotMerge
from bot.models import Address, Conversation, Message, Person, Staff, Ticket
from tests.conftest import FAJAR, TestClock
from tests.threads import at_once

Write = Callable[..., str]

OTHER = "whatsapp:+628114000002"


def conversation_from(value: str) -> int:
    """The conversation that a message from this address would go to."""
    with transaction() as session:
        found = select(Conversation.id).join(Person).join(Address).where(Address.value == value)
        return session.scalars(found).one()


@pytest.fixture
def two(write: Write) -> tuple[int, int]:
    """Conversations of two numbers: Fajar's first, and the other."""
    write("dari nomor pertama", WaId="")
    write("dari nomor kedua", From=OTHER, WaId="")
    return conversation_from(FAJAR), conversation_from(OTHER)


def merge(two: tuple[int, int], member: Staff, now) -> None:  # type: ignore[no-untyped-def]
    with transaction() as session:
        merging.merge(session, *two, member, now)


def where_is(body: str) -> int:
    with transaction() as session:
        return session.scalars(select(Message.conversation_id).where(Message.body == body)).one()


@pytest.mark.parametrize("number", ["08114000002", "+62 811-4000-002", "628114000002"])
def test_a_number_is_found_as_people_write_it(two: tuple[int, int], number: str) -> None:
    with transaction() as session:
        assert merging.conversation_at(session, number).id == two[1]


def test_a_number_that_never_wrote_is_unknown(two: tuple[int, int]) -> None:
    with pytest.raises(CannotMerge) as error, transaction() as session:
        merging.conversation_at(session, "0811")
    assert error.value.fault == "unknown"


def test_merged_numbers_are_read_together_and_write_into_one(
    two: tuple[int, int], ani: Staff, write: Write, test_clock: TestClock
) -> None:
    merge(two, ani, test_clock.now)
    with transaction() as session:
        kept = session.get_one(Conversation, two[0])
        assert merging.read_together(session, kept) == list(two)
    write("lagi dari nomor kedua", From=OTHER, WaId="")
    assert where_is("lagi dari nomor kedua") == two[0]
    assert where_is("dari nomor kedua") == two[1]
    with transaction() as session:
        assert session.get_one(Conversation, two[0]).address.value == OTHER  # where to reply


def test_parted_again_each_number_writes_into_its_own(
    two: tuple[int, int], ani: Staff, write: Write, test_clock: TestClock
) -> None:
    merge(two, ani, test_clock.now)
    write("sewaktu digabung", From=OTHER, WaId="")
    with transaction() as session:
        merging.part(session, *two, ani, test_clock.now)
    write("setelah dipisah", From=OTHER, WaId="")
    assert where_is("setelah dipisah") == two[1]
    with transaction() as session:
        assert session.get_one(Conversation, two[0]).address.value == FAJAR
    with pytest.raises(CannotMerge), transaction() as session:
        merging.part(session, *two, ani, test_clock.now)


def test_a_number_with_an_open_ticket_is_not_merged_away(
    two: tuple[int, int], ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        tickets.step_in(session, two[1], ani, test_clock.now)
    with pytest.raises(CannotMerge) as error:
        merge(two, ani, test_clock.now)
    assert error.value.fault == "open_ticket"
    merge(two[::-1], ani, test_clock.now)  # the other way about its ticket is kept
    with transaction() as session:
        assert session.scalars(select(Ticket.conversation_id)).one() == two[1]


def test_a_block_is_not_lost_nor_an_objection(
    two: tuple[int, int], ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        session.get_one(Conversation, two[1]).person.blocked_at = test_clock.now
    with pytest.raises(CannotMerge) as error:
        merge(two, ani, test_clock.now)
    assert error.value.fault == "blocked"
    with transaction() as session:
        other = session.get_one(Conversation, two[1]).person
        other.blocked_at, other.opted_out_at = None, test_clock.now
    merge(two, ani, test_clock.now)
    with transaction() as session:
        assert session.get_one(Conversation, two[0]).person.opted_out_at == test_clock.now


def test_a_refusal_goes_with_the_number_that_it_came_with(
    two: tuple[int, int], ani: Staff, test_clock: TestClock
) -> None:
    def refused_at(place: int) -> datetime | None:
        with transaction() as session:
            return session.get_one(Conversation, two[place]).person.opted_out_at

    def merged_and_parted(said_since: datetime | None) -> datetime | None:
        merge(two, ani, test_clock.now)
        with transaction() as session:
            if said_since:
                session.get_one(Conversation, two[0]).person.opted_out_at = said_since
            merging.part(session, *two, ani, test_clock.now)
        return refused_at(0)

    with transaction() as session:
        session.get_one(Conversation, two[1]).person.opted_out_at = test_clock.now
    assert merged_and_parted(None) is None
    assert refused_at(1) == test_clock.now
    again = test_clock.forward(hours=1)
    assert merged_and_parted(said_since=again) == again


def test_of_two_merges_that_cross_one_is_first(
    two: tuple[int, int], ani: Staff, test_clock: TestClock
) -> None:
    faults: list[str] = []

    def attempt(pair: tuple[int, int]) -> None:
        try:
            merge(pair, ani, test_clock.now)
        except CannotMerge as error:
            faults.append(error.fault)

    at_once([lambda: attempt(two), lambda: attempt(two[::-1])])
    assert faults == ["merged"]


def test_a_conversation_is_not_merged_with_itself(
    two: tuple[int, int], ani: Staff, test_clock: TestClock
) -> None:
    with pytest.raises(CannotMerge) as error:
        merge((two[0], two[0]), ani, test_clock.now)
    assert error.value.fault == "same"
