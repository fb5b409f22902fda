"""Who is on duty, and that nothing is left with somebody who went home."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import capacity, duty, handover, tickets
from bot.models import (
    Conversation,
    DutyShift,
    Floor,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
)
from tests.conftest import FAJAR

GITA = "whatsapp:+628114000002"
HASAN = "whatsapp:+628114000003"


def holder_of(ticket_id: int) -> tuple[int | None, TicketState, Floor]:
    with transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        return ticket.holder_id, ticket.state, ticket.conversation.floor


def events_of(ticket_id: int) -> list[tuple[str, int | None]]:
    with transaction() as session:
        rows = session.execute(
            select(TicketEvent.kind, TicketEvent.staff_id)
            .where(TicketEvent.ticket_id == ticket_id)
            .order_by(TicketEvent.id)
        )
        return [(kind, staff) for kind, staff in rows]


def names_on_duty(now) -> list[str]:
    with transaction() as session:
        return [one.username for one in duty.on_duty(session, now)]


def sign_on(officer, now, **hours: float) -> None:
    with transaction() as session:
        duty.sign_on(session, officer, now, now + timedelta(**hours))


def send_home_whom_duty_left(now) -> None:
    """What the worker does every two seconds."""
    with transaction() as session:
        left = handover.left_behind(session, now)
    for ticket_id in left:
        with transaction() as session:
            handover.hand_over(session, ticket_id, now)


def test_a_shift_begins_and_ends_to_the_second(ani, test_clock):
    starts = test_clock.now + timedelta(hours=1)
    with transaction() as session:
        duty.plan(session, ani, starts, starts + timedelta(hours=2), test_clock.now)
    assert names_on_duty(starts - timedelta(seconds=1)) == []
    assert names_on_duty(starts) == ["ani"]
    assert names_on_duty(starts + timedelta(hours=2, seconds=-1)) == ["ani"]
    assert names_on_duty(starts + timedelta(hours=2)) == []


@pytest.mark.parametrize(
    ("starts", "ends", "why"), [(2, 1, "order"), (1, 1, "order"), (-3, -1, "past"), (1, 26, "long")]
)
def test_a_shift_that_can_not_be_is_refused(ani, test_clock, starts, ends, why):
    first, last = (test_clock.now + timedelta(hours=n) for n in (starts, ends))
    with pytest.raises(duty.ShiftRefused) as refused, transaction() as session:
        duty.plan(session, ani, first, last, test_clock.now)
    assert refused.value.why == why


def test_signing_on_in_the_morning_lasts_until_the_office_closes(ani, test_clock):
    with transaction() as session:
        until = duty.sign_on(session, ani, test_clock.now)  # Monday, 10.00
    assert until - test_clock.now == timedelta(hours=7)


def test_signing_on_at_night_lasts_two_hours(ani, test_clock):
    night = test_clock.forward(hours=12)
    with transaction() as session:
        assert duty.sign_on(session, ani, night) - night == timedelta(hours=2)


def test_two_shifts_without_a_gap_are_one_duty(ani, test_clock):
    now = test_clock.now
    with transaction() as session:
        for first, last in ((-1, 2), (2, 5), (6, 8)):
            hours = [now + timedelta(hours=n) for n in (first, last)]
            duty.plan(session, ani, *hours, now)
        assert duty.duty_ends_at(session, ani.id, now) == now + timedelta(hours=5)


def test_at_the_end_of_a_shift_what_is_open_goes_back_to_the_queue(
    open_ticket, ani, ali, test_clock
):
    sign_on(ani, test_clock.now, hours=1)
    sign_on(ali, test_clock.now, hours=3)
    anis, alis = open_ticket(), open_ticket(GITA)
    with transaction() as session:
        tickets.take_over(session, anis, ani, test_clock.now)
        tickets.take_over(session, alis, ali, test_clock.now)
    send_home_whom_duty_left(test_clock.forward(minutes=59))
    assert holder_of(anis)[0] == ani.id
    send_home_whom_duty_left(test_clock.forward(minutes=1))
    assert holder_of(anis) == (None, TicketState.WAITING, Floor.QUEUE)
    assert events_of(anis)[-1] == ("handed_over", ani.id)
    assert holder_of(alis) == (ali.id, TicketState.HELD, Floor.OFFICER)


def test_an_answered_ticket_waits_for_its_applicant_without_a_holder(held, ani, test_clock, write):
    with transaction() as session:
        tickets.reply(session, held, ani, "Sudah kami cek.", test_clock.now)
        assert handover.sign_off(session, ani, test_clock.now) == 1
    assert holder_of(held) == (None, TicketState.ANSWERED, Floor.QUEUE)


def test_a_ticket_at_a_section_comes_back_to_the_queue_when_answered(
    held, ani, ali, staff, test_clock
):
    from bot.desk import consultations

    with transaction() as session:
        asked = consultations.consult(
            session, held, ani, "P2", "boleh?", test_clock.now, key="k", holding_reply="Sebentar."
        )
        handover.sign_off(session, ani, test_clock.now)
    assert holder_of(held)[:2] == (None, TicketState.CONSULTING)
    with transaction() as session:
        consultations.answer(session, asked.id, staff("budi"), "Boleh.", test_clock.now)
    assert holder_of(held)[:2] == (None, TicketState.WAITING)
    with transaction() as session:
        tickets.take_over(session, held, ali, test_clock.now)
    assert holder_of(held)[:2] == (ali.id, TicketState.HELD)


def test_signing_off_ends_what_runs_and_keeps_what_is_planned(ani, test_clock):
    sign_on(ani, test_clock.now, hours=4)
    tomorrow = test_clock.now + timedelta(days=1)
    with transaction() as session:
        duty.plan(session, ani, tomorrow, tomorrow + timedelta(hours=8), test_clock.now)
        handover.sign_off(session, ani, test_clock.forward(minutes=5))
    assert names_on_duty(test_clock.now) == []
    assert names_on_duty(tomorrow) == ["ani"]


def test_who_takes_a_ticket_is_on_duty_from_then_on(open_ticket, ani, test_clock):
    assert names_on_duty(test_clock.now) == []
    with transaction() as session:
        tickets.take_over(session, open_ticket(), ani, test_clock.now)
    assert names_on_duty(test_clock.now) == ["ani"]


def test_a_shift_that_runs_is_cut_and_one_to_come_is_taken_away(ani, test_clock):
    sign_on(ani, test_clock.now, hours=4)
    later = test_clock.forward(hours=1)
    with transaction() as session:
        duty.plan(session, ani, later + timedelta(hours=9), later + timedelta(hours=10), later)
    with transaction() as session:
        for shift in session.scalars(select(DutyShift)):
            duty.cancel(session, shift, later)
    with transaction() as session:
        (left,) = session.scalars(select(DutyShift)).all()
    assert left.ends_at == later


def test_hours_with_nobody_are_found(ani, ali, test_clock):
    now = test_clock.now
    end = now + timedelta(hours=12)
    with transaction() as session:
        for officer, first, last in ((ani, 1, 4), (ali, 3, 5), (ani, 9, 14)):
            hours = [now + timedelta(hours=n) for n in (first, last)]
            duty.plan(session, officer, *hours, now)
        shifts = duty.shifts_between(session, now, end)
    found = [[(m - now) / timedelta(hours=1) for m in gap] for gap in duty.gaps(shifts, now, end)]
    assert found == [[0, 1], [5, 9]]


# --- transfer, release, capacity --------------------------------------------------------------


def test_a_ticket_is_transferred_to_who_is_on_duty(held, ani, ali, test_clock):
    sign_on(ali, test_clock.now, hours=2)
    with transaction() as session:
        handover.transfer(session, held, ani, ali, test_clock.now)
    assert holder_of(held) == (ali.id, TicketState.HELD, Floor.OFFICER)
    assert events_of(held)[-1] == ("transferred", ani.id)
    with pytest.raises(tickets.NotYours), transaction() as session:
        tickets.reply(session, held, ani, "Masih saya?", test_clock.now)


def test_nobody_is_given_a_ticket_who_is_not_on_duty(held, ani, ali, staff, test_clock):
    for receiver in (ali, staff("budi")):
        with pytest.raises(handover.NotOnDuty), transaction() as session:
            handover.transfer(session, held, ani, receiver, test_clock.now)
    assert holder_of(held)[0] == ani.id


def test_a_section_is_given_no_ticket_though_it_were_on_the_roster(held, ani, staff, test_clock):
    budi = staff("budi")
    sign_on(budi, test_clock.now, hours=2)
    with pytest.raises(handover.NotOnDuty), transaction() as session:
        handover.transfer(session, held, ani, budi, test_clock.now)


def test_only_the_holder_or_a_supervisor_moves_a_ticket(held, ali, ani, staff, test_clock):
    eko = staff("eko")
    sign_on(ali, test_clock.now, hours=2)
    for move in (handover.release, lambda s, t, o, n: handover.transfer(s, t, o, ali, n)):
        with pytest.raises(tickets.NotYours), transaction() as session:
            move(session, held, ali, test_clock.now)
    assert holder_of(held)[0] == ani.id
    with transaction() as session:
        handover.transfer(session, held, eko, ali, test_clock.now)
    assert holder_of(held)[0] == ali.id


def test_a_released_ticket_can_be_taken_by_another(held, ani, ali, test_clock):
    with transaction() as session:
        handover.release(session, held, ani, test_clock.now)
    assert holder_of(held) == (None, TicketState.WAITING, Floor.QUEUE)
    with transaction() as session:
        tickets.take_over(session, held, ali, test_clock.now)
    assert holder_of(held)[0] == ali.id


def test_a_closed_ticket_is_moved_by_nobody(held, ani, ali, staff, test_clock):
    sign_on(ali, test_clock.now, hours=2)
    with transaction() as session:
        tickets.close(session, held, ani, "answered", test_clock.now)
    for officer in (ani, staff("eko")):
        with pytest.raises(tickets.WrongState), transaction() as session:
            handover.transfer(session, held, officer, ali, test_clock.now)
    send_home_whom_duty_left(test_clock.forward(days=2))
    assert holder_of(held)[0] == ani.id  # who answered stays known


def limit(username: str, capacity_now: int) -> None:
    from bot.models import Staff

    with transaction() as session:
        member = session.scalars(select(Staff).where(Staff.username == username)).one()
        member.capacity = capacity_now


def test_who_holds_as_many_as_allowed_takes_no_more_but_what_is_urgent(
    held, open_ticket, ani, test_clock
):
    limit("ani", 1)
    second, urgent = open_ticket(GITA), open_ticket(HASAN)
    with transaction() as session:
        session.get_one(Ticket, urgent).reason = TicketReason.URGENT
    with pytest.raises(tickets.AtCapacity), transaction() as session:
        tickets.take_over(session, second, ani, test_clock.now)
    assert holder_of(second) == (None, TicketState.WAITING, Floor.QUEUE)
    with transaction() as session:
        tickets.take_over(session, urgent, ani, test_clock.now)
    assert holder_of(urgent)[0] == ani.id


def test_an_answered_ticket_takes_no_room(held, open_ticket, ani, test_clock):
    limit("ani", 1)
    with transaction() as session:
        tickets.reply(session, held, ani, "Sudah.", test_clock.now)
    with transaction() as session:
        tickets.take_over(session, open_ticket(GITA), ani, test_clock.now)
        assert capacity.loads(session) == {ani.id: 1}


def test_nobody_is_given_more_than_allowed(held, open_ticket, ani, ali, test_clock):
    limit("ali", 1)
    with transaction() as session:
        tickets.take_over(session, open_ticket(GITA), ali, test_clock.now)
    with pytest.raises(tickets.AtCapacity), transaction() as session:
        handover.transfer(session, held, ani, ali, test_clock.now)
    assert holder_of(held)[0] == ani.id


def test_a_conversation_is_silent_for_the_bot_while_its_ticket_waits_again(held, ani, test_clock):
    with transaction() as session:
        fence = session.scalars(select(Conversation.fence)).one()
        handover.release(session, held, ani, test_clock.now)
    with transaction() as session:
        conversation = session.scalars(
            select(Conversation).where(Conversation.address.has(value=FAJAR))
        ).one()
        assert conversation.floor is Floor.QUEUE
        assert conversation.fence > fence


def test_a_ticket_left_at_a_section_waits_in_the_queue_too(held, ani, test_clock):
    from bot.desk import consultations

    def waiting() -> list[int]:
        with transaction() as session:
            return list(session.scalars(select(Ticket.id).where(handover.waits_for_an_officer())))

    with transaction() as session:
        consultations.consult(session, held, ani, "P2", "boleh?", test_clock.now, key="k")
    assert waiting() == []
    with transaction() as session:
        handover.sign_off(session, ani, test_clock.now)
    assert waiting() == [held]


def test_the_worker_puts_back_what_was_left_and_calls_who_is_on_duty(
    held, ani, ali, test_clock, monkeypatch
):
    from bot import worker
    from bot.models import OfficerAlert, Staff

    with transaction() as session:
        session.get_one(Staff, ali.id).whatsapp = "whatsapp:+628121000002"
    test_clock.forward(hours=12)
    sign_on(ali, test_clock.now, hours=2)
    mill = worker.Worker(dialogue=object())
    monkeypatch.setattr(mill._stopping, "wait", lambda _: mill._stopping.set())
    mill._watch_duty()
    assert holder_of(held)[0] is None
    with transaction() as session:
        session.get_one(Ticket, held).clocks[0].breached_at = test_clock.now
    mill._stopping.clear()
    mill._watch_duty()
    with transaction() as session:
        assert session.scalars(select(OfficerAlert.staff_id)).all() == [ali.id]
