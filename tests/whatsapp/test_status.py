"""Status callbacks come in any order and any number; a message only moves forward."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import select

from bot.conversation import queue_reply
from bot.db import DESK, psycopg_address, transaction
from bot.desk.tickets import open_ticket
from bot.models import Conversation, DeliveryState, Message, Outbox, Speaker, TicketReason
from bot.whatsapp.status import record_status
from tests.conftest import TestClock
from tests.threads import at_once
from tests.whatsapp.twilio_caller import STATUS, TwilioCaller, signature_of

Write = Callable[..., str]
SID = "SM" + "a" * 32
OTHER_SID = "SM" + "b" * 32


@pytest.fixture
def message_id(write: Write, test_clock: TestClock) -> int:
    """A message of ours that Twilio has accepted under SID."""
    write("halo?")
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        [message] = queue_reply(
            session, conversation, "Jawaban", speaker=Speaker.BOT, now=test_clock.now
        )
        message.message_sid = SID
        message.outbox.state = DeliveryState.ACCEPTED
    return message.id


def callback(status: str, sid: str = SID, named: int | None = None, **fields: str) -> bool:
    form = {"MessageSid": sid, "MessageStatus": status, **fields}
    with transaction() as session:
        return record_status(session, form, named)


def row() -> Outbox:
    with transaction() as session:
        outbox = session.scalars(select(Outbox)).one()
        assert outbox.message
        return outbox


@contextmanager
def heard() -> Iterator[Iterator[dict[str, int]]]:
    """What the consoles are told from now on."""
    with psycopg.connect(psycopg_address(), autocommit=True) as listener:
        listener.execute(f"LISTEN {DESK}")
        with closing(listener.notifies(timeout=10)) as bells:
            yield (json.loads(bell.payload) for bell in bells)


def set_back(state: DeliveryState, sid: str | None = SID) -> None:
    with transaction() as session:
        outbox = session.scalars(select(Outbox)).one()
        outbox.state = state
        outbox.message.message_sid = sid


@pytest.mark.slow
@pytest.mark.parametrize(
    "statuses",
    [
        ("queued", "sent", "delivered", "read"),
        ("sent", "failed"),
        ("sent", "delivered", "undelivered"),
    ],
    ids="+".join,
)
def test_in_every_order_the_message_never_moves_back_and_ends_the_same(
    message_id: int, statuses: tuple[str, ...]
) -> None:
    ends = set()
    for order in itertools.permutations(statuses):
        set_back(DeliveryState.ACCEPTED)
        reached = [row().state]
        for status in order:
            callback(status)
            callback(status)
            reached.append(row().state)
        ranks = [_rank(state) for state in reached]
        assert ranks == sorted(ranks), order
        ends.add(reached[-1])
    assert len(ends) == 1


def _rank(state: DeliveryState) -> int:
    return list(DeliveryState).index(state) if state is not DeliveryState.FAILED else 5


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (DeliveryState.ACCEPTED, "sent", DeliveryState.SENT),
        (DeliveryState.ACCEPTED, "read", DeliveryState.READ),
        (DeliveryState.SENT, "queued", DeliveryState.SENT),
        (DeliveryState.READ, "delivered", DeliveryState.READ),
        (DeliveryState.READ, "failed", DeliveryState.READ),
        (DeliveryState.DELIVERED, "undelivered", DeliveryState.DELIVERED),
        (DeliveryState.SENT, "undelivered", DeliveryState.FAILED),
        (DeliveryState.FAILED, "sent", DeliveryState.FAILED),
        (DeliveryState.FAILED, "delivered", DeliveryState.DELIVERED),
        (DeliveryState.SENDING, "sent", DeliveryState.SENT),
        (DeliveryState.UNKNOWN, "queued", DeliveryState.ACCEPTED),
        (DeliveryState.ACCEPTED, "receiving", DeliveryState.ACCEPTED),
        (DeliveryState.ACCEPTED, "", DeliveryState.ACCEPTED),
    ],
)
def test_a_callback_moves_a_message_as_the_table_says(
    message_id: int, before: DeliveryState, told: str, after: DeliveryState
) -> None:
    set_back(before)
    assert callback(told) is (after is not before)
    assert row().state is after


def test_a_failure_keeps_its_code_and_a_later_delivery_is_believed(message_id: int) -> None:
    callback("failed", ErrorCode="63016", ErrorMessage="outside the window")
    assert (row().error_code, row().error) == (63016, "outside the window")
    callback("delivered")
    assert row().state is DeliveryState.DELIVERED


@pytest.mark.parametrize("state", [DeliveryState.UNKNOWN, DeliveryState.SENDING])
def test_a_callback_that_names_the_message_tells_the_sid_of_a_send_we_never_saw_answered(
    message_id: int, state: DeliveryState
) -> None:
    set_back(state, sid=None)
    assert callback("sent", OTHER_SID, named=message_id)
    assert (row().state, row().message.message_sid) == (DeliveryState.SENT, OTHER_SID)


def test_a_callback_under_another_sid_does_not_touch_a_message_that_has_one(
    message_id: int,
) -> None:
    assert not callback("read", OTHER_SID, named=message_id)
    assert (row().state, row().message.message_sid) == (DeliveryState.ACCEPTED, SID)


def test_the_sid_outranks_the_number_in_the_address(message_id: int) -> None:
    assert callback("read", SID, named=message_id + 1)
    assert row().state is DeliveryState.READ


def test_a_callback_about_nobody_knows_what_changes_nothing(message_id: int) -> None:
    assert not callback("sent", OTHER_SID)
    assert not callback("sent", OTHER_SID, named=message_id + 99)
    assert not callback("sent", "", named=message_id)
    assert row().state is DeliveryState.ACCEPTED


def test_an_applicants_own_message_can_not_be_moved_by_a_callback(
    message_id: int, write: Write
) -> None:
    inbound_sid = write("lagi?")
    assert not callback("read", inbound_sid)
    assert row().state is DeliveryState.ACCEPTED


def test_callbacks_that_arrive_at_once_leave_the_furthest(message_id: int) -> None:
    for _ in range(10):
        set_back(DeliveryState.ACCEPTED)
        at_once([lambda s=s: callback(s) for s in ("sent", "delivered", "read", "sent")])  # type: ignore[misc]
        assert row().state is DeliveryState.READ


def test_a_callback_wakes_the_pages_that_show_the_message_and_no_officers_alerts(
    message_id: int, test_clock: TestClock
) -> None:
    """Alerts hear of tickets, and that a message arrived changes nothing about its ticket."""
    with heard() as bells:
        with transaction() as session:
            conversation = session.scalars(select(Conversation)).one()
            now = test_clock.now
            asked = TicketReason.ASKED_FOR_PERSON
            ticket = open_ticket(session, conversation, asked, asked_at=now, now=now)
            session.get_one(Message, message_id).ticket_id = ticket.id
        assert any(bell.get("ticket") == ticket.id for bell in bells)
        assert callback("delivered")
        assert next(bells) == {"conversation": conversation.id}


def test_through_the_webhook_a_signed_callback_counts_and_a_forged_one_does_not(
    gateway: TwilioCaller, message_id: int
) -> None:
    form = {"MessageSid": SID, "MessageStatus": "delivered"}
    path = f"{STATUS}?m={message_id}"
    assert gateway.post(form, path, signature="forged").status == 403
    assert row().state is DeliveryState.ACCEPTED
    assert gateway.post(form, path).status == 200
    assert row().state is DeliveryState.DELIVERED


def test_a_callback_whose_message_number_was_changed_is_refused(
    gateway: TwilioCaller, message_id: int
) -> None:
    set_back(DeliveryState.UNKNOWN, sid=None)
    form = {"MessageSid": SID, "MessageStatus": "delivered"}
    signature = signature_of(form, f"{STATUS}?m={message_id + 1}")
    answer = gateway.post(form, f"{STATUS}?m={message_id}", signature=signature)
    assert (answer.status, row().state) == (403, DeliveryState.UNKNOWN)
