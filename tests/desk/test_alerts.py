"""Officers on duty are called on their own WhatsApp until somebody claims; others are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import alerts, duty, tickets
from bot.desk.clocks import mark_due_clocks
from bot.models import AlertState, OfficerAlert, Staff, Ticket, TicketReason

ANIS_PHONE = "whatsapp:+628121000001"
ALIS_PHONE = "whatsapp:+628121000002"
GITA = "whatsapp:+628114000002"


@pytest.fixture
def at_night(test_clock):
    """22.00 on a Monday."""
    test_clock.forward(hours=12)
    return test_clock


@pytest.fixture
def on_duty(staff, test_clock):
    """Put one of the cast on duty, with a telephone: `on_duty("ani")`."""

    def put(username: str, phone: str | None = ANIS_PHONE) -> Staff:
        with transaction() as session:
            member = session.get_one(Staff, staff(username).id)
            member.whatsapp = phone
            duty.sign_on(session, member, test_clock.now, test_clock.now + timedelta(hours=10))
            return member

    return put


def look(now) -> list[tuple[str, str]]:
    """What the worker does every two seconds; gives the new messages: whom, and what."""
    with transaction() as session:
        before = set(session.scalars(select(OfficerAlert.id)))
        mark_due_clocks(session, now)
        alerts.raise_alerts(session, now)
    with transaction() as session:
        new = session.scalars(
            select(OfficerAlert)
            .where(OfficerAlert.state == AlertState.QUEUED, OfficerAlert.id.not_in(before))
            .order_by(OfficerAlert.id)
        )
        return [(alert.to, alert.variables["1"]) for alert in new]


def test_a_new_ticket_at_night_calls_everybody_on_duty_once(on_duty, open_ticket, at_night):
    on_duty("ani")
    on_duty("ali", ALIS_PHONE)
    open_ticket()
    said = "Tiket baru di luar jam kerja"
    assert look(at_night.now) == [(ALIS_PHONE, said), (ANIS_PHONE, said)]
    assert look(at_night.forward(seconds=2)) == []


def test_a_new_ticket_in_working_hours_calls_nobody_until_its_time_runs_out(
    on_duty, open_ticket, test_clock
):
    on_duty("ani")
    open_ticket()
    assert look(test_clock.now) == []
    assert look(test_clock.forward(minutes=6, seconds=59)) == []
    assert look(test_clock.forward(seconds=1)) == [(ANIS_PHONE, "Tenggat hampir habis")]
    assert look(test_clock.forward(minutes=3, seconds=1)) == [(ANIS_PHONE, "Tenggat terlewati")]


def test_who_is_not_on_duty_or_has_no_telephone_is_left_alone(
    on_duty, open_ticket, staff, at_night
):
    on_duty("ani", phone=None)
    with transaction() as session:
        session.get_one(Staff, staff("ali").id).whatsapp = ALIS_PHONE
    open_ticket()
    assert look(at_night.now) == []
    assert look(at_night.forward(hours=2)) == []


def test_it_is_called_again_until_somebody_claims(on_duty, open_ticket, ani, at_night):
    on_duty("ani")
    ticket_id = open_ticket()
    look(at_night.now)
    assert look(at_night.forward(minutes=9, seconds=59)) == []
    assert look(at_night.forward(seconds=1)) == [(ANIS_PHONE, "Masih menunggu petugas")]
    assert look(at_night.forward(minutes=10)) == [(ANIS_PHONE, "Masih menunggu petugas")]
    with transaction() as session:
        tickets.take_over(session, ticket_id, ani, at_night.now)
    assert look(at_night.forward(minutes=10)) == []


def test_a_held_ticket_calls_its_holder_alone(on_duty, open_ticket, ani, at_night):
    on_duty("ani")
    on_duty("ali", ALIS_PHONE)
    ticket_id = open_ticket()
    with transaction() as session:
        tickets.take_over(session, ticket_id, ani, at_night.now)
    assert look(at_night.now) == []
    assert look(at_night.forward(minutes=42)) == [(ANIS_PHONE, "Tenggat hampir habis")]
    assert look(at_night.forward(minutes=20)) == [(ANIS_PHONE, "Tenggat terlewati")]
    assert look(at_night.forward(minutes=20)) == []  # it is claimed: no reminders


def test_several_at_once_are_one_message(on_duty, open_ticket, at_night):
    on_duty("ani")
    for sender in (GITA, "whatsapp:+628114000003", "whatsapp:+628114000004"):
        open_ticket(sender)
    assert len(look(at_night.now)) == 1
    with transaction() as session:
        sent = session.scalars(
            select(OfficerAlert).where(OfficerAlert.state == AlertState.QUEUED)
        ).one()
        assert sent.variables["4"] == "3"
    assert look(at_night.forward(seconds=2)) == []


def test_who_comes_on_duty_hears_of_what_waits(on_duty, open_ticket, at_night):
    open_ticket()
    assert look(at_night.now) == []
    on_duty("ani")
    assert look(at_night.forward(minutes=1)) == [(ANIS_PHONE, "Tiket baru di luar jam kerja")]


def test_an_alert_names_ticket_and_deadline_and_not_the_applicant(on_duty, open_ticket, at_night):
    on_duty("ani")
    ticket_id = open_ticket()
    with transaction() as session:
        session.get_one(Ticket, ticket_id).reason = TicketReason.URGENT
    look(at_night.now)
    with transaction() as session:
        variables = session.scalars(select(OfficerAlert.variables)).one()
    assert variables == {
        "1": "MENDESAK. Tiket baru di luar jam kerja",
        "2": "MC-2026-000001",
        "3": "23.00 WITA",
        "4": "1",
    }


def test_two_workers_that_look_at_once_call_once(on_duty, open_ticket, at_night):
    from tests.threads import at_once

    on_duty("ani")
    open_ticket()

    def raise_them() -> None:
        with transaction() as session:
            alerts.raise_alerts(session, at_night.now)

    at_once([raise_them] * 6)
    with transaction() as session:
        assert len(session.scalars(select(OfficerAlert)).all()) == 1
