"""Alerts go out through the template, once, and only while they are true."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.conversation import locked
from bot.db import transaction
from bot.desk import alerts, duty, tickets
from bot.models import AlertState, Conversation, OfficerAlert, Staff, TicketReason
from bot.whatsapp import twilio_client
from bot.whatsapp.alerts import send_next_alert
from bot.whatsapp.twilio_client import SendError, SendUnknown

PHONE = "whatsapp:+628121000001"


class Sent:
    """Twilio as the test has it: what was sent, and how the next send ends."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, dict[str, str]]] = []
        self.fault: Exception | None = None

    def __call__(self, to: str, content_sid: str, variables: dict[str, str]) -> str:
        self.messages.append((to, content_sid, variables))
        if self.fault is not None:
            raise self.fault
        return f"SM{len(self.messages):032d}"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    sent = Sent()
    monkeypatch.setattr(twilio_client, "send_template", sent)
    return sent


@pytest.fixture
def raised(write: Callable[..., str], staff, test_clock) -> int:
    """A ticket at night that calls Ani; gives the ticket."""
    test_clock.forward(hours=12)
    write("petugas")
    with transaction() as session:
        ani = session.get_one(Staff, staff("ani").id)
        ani.whatsapp = PHONE
        duty.sign_on(session, ani, test_clock.now)
        conversation = locked(session, session.scalars(select(Conversation.id)).one())
        ticket = tickets.open_ticket(
            session,
            conversation,
            TicketReason.ASKED_FOR_PERSON,
            asked_at=test_clock.now,
            now=test_clock.now,
        )
        session.flush()
        assert alerts.raise_alerts(session, test_clock.now) == 1
        return ticket.id


def state() -> tuple[AlertState, str | None]:
    with transaction() as session:
        alert = session.scalars(select(OfficerAlert)).one()
        return alert.state, alert.message_sid


def test_it_goes_out_once_through_the_template(raised, sent, change_settings):
    change_settings(TWILIO_ALERT_CONTENT_SID="HX" + "a" * 32)
    assert send_next_alert()
    assert not send_next_alert()
    ((to, template, variables),) = sent.messages
    assert (to, template) == (PHONE, "HX" + "a" * 32)
    assert variables["2"] == "MC-2026-000001"
    assert state() == (AlertState.SENT, "SM" + "1".zfill(32))


def test_it_is_dropped_when_another_claimed_meanwhile(raised, sent, staff, test_clock):
    with transaction() as session:
        tickets.take_over(session, raised, staff("ali"), test_clock.now)
    assert not send_next_alert()
    assert sent.messages == []
    assert state()[0] is AlertState.DROPPED


def test_what_twilio_can_not_take_now_is_tried_again(raised, sent, test_clock):
    sent.fault = SendError("busy", code=20429, retryable=True)
    assert send_next_alert()
    assert not send_next_alert()
    sent.fault = None
    test_clock.forward(seconds=10)
    assert send_next_alert()
    assert state()[0] is AlertState.SENT
    assert len(sent.messages) == 2


def test_a_number_that_is_none_fails_for_good(raised, sent, test_clock):
    sent.fault = SendError("no", code=63024, retryable=False)
    assert send_next_alert()
    test_clock.forward(hours=1)
    assert not send_next_alert()
    assert state()[0] is AlertState.FAILED


def test_what_may_have_been_sent_is_not_sent_again(raised, sent, test_clock):
    sent.fault = SendUnknown("timeout")
    assert send_next_alert()
    test_clock.forward(hours=1)
    assert not send_next_alert()
    assert state()[0] is AlertState.UNKNOWN


def test_without_a_template_nobody_is_called(raised, sent, change_settings):
    change_settings(
        TWILIO_ACCOUNT_SID="AC" + "1" * 32,
        TWILIO_AUTH_TOKEN="secret",
        TWILIO_WHATSAPP_FROM="whatsapp:+14155238886",
        PUBLIC_URL="https://care.example.org",
    )
    assert not send_next_alert()
    assert sent.messages == []
