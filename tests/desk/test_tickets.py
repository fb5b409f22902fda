"""Tickets: every step from every state, one holder, one number, one log that only grows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.conversation import SESSION_WINDOW, WindowClosed, locked
from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.tickets import AlreadyTaken, DeskError, NotYours, WrongState
from bot.models import (
    Announcement,
    Clock,
    Consultation,
    Conversation,
    Direction,
    Floor,
    Message,
    Outbox,
    Speaker,
    Staff,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
    Turn,
)
from bot.turns import begin_turn, finish_turn, lease_next
from tests.conftest import TestClock
from tests.desk.conftest import LookUp, OpenTicket
from tests.threads import at_once

Write = Callable[..., str]

WAITING, HELD, CONSULTING, ANSWERED, CLOSED = TicketState


def ticket_now(ticket_id: int) -> Ticket:
    with transaction() as session:
        ticket = session.get_one(Ticket, ticket_id)
        assert ticket.conversation
        return ticket


def events(ticket_id: int) -> list[str]:
    with transaction() as session:
        rows = select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket_id)
        return list(session.scalars(rows.order_by(TicketEvent.id)))


# --- every step from every state ---


def take(session: Session, ticket: int, officer: Staff, now: datetime) -> None:
    tickets.take_over(session, ticket, officer, now)


def reply(session: Session, ticket: int, officer: Staff, now: datetime) -> None:
    tickets.reply(session, ticket, officer, "Jawaban petugas", now)


def consult(session: Session, ticket: int, officer: Staff, now: datetime) -> None:
    consultations.consult(session, ticket, officer, "P2", "Bagaimana?", now, key="from-the-table")


def close(session: Session, ticket: int, officer: Staff, now: datetime) -> None:
    tickets.close(session, ticket, officer, "answered", now)


def hand_back(session: Session, ticket: int, officer: Staff, now: datetime) -> None:
    tickets.hand_back(session, ticket, officer, now)


Step = Callable[[Session, int, Staff, datetime], None]
STEPS: list[Step] = [take, reply, consult, close, hand_back]

# In every state but `waiting` the holder is Ani. What a step leads to, or how it is refused.
STEPS_OF_ANI = {
    WAITING: {take: HELD, reply: NotYours, consult: NotYours, close: NotYours, hand_back: NotYours},
    HELD: {take: HELD, reply: ANSWERED, consult: CONSULTING, close: CLOSED, hand_back: CLOSED},
    CONSULTING: {
        take: CONSULTING,
        reply: CONSULTING,
        consult: CONSULTING,
        close: CLOSED,
        hand_back: CLOSED,
    },
    ANSWERED: {
        take: ANSWERED,
        reply: ANSWERED,
        consult: CONSULTING,
        close: CLOSED,
        hand_back: CLOSED,
    },
    CLOSED: dict.fromkeys(STEPS, WrongState),
}
STEPS_OF_ALI = {
    state: {take: AlreadyTaken} | dict.fromkeys(STEPS[1:], NotYours)
    for state in (HELD, CONSULTING, ANSWERED)
} | {WAITING: STEPS_OF_ANI[WAITING], CLOSED: STEPS_OF_ANI[CLOSED]}

TABLE = [
    pytest.param(name, state, step, outcome, id=f"{name}-{state}-{step.__name__}")
    for name, steps in (("ani", STEPS_OF_ANI), ("ali", STEPS_OF_ALI))
    for state, row in steps.items()
    for step, outcome in row.items()
]


def bring_to(state: TicketState, ticket_id: int, ani: Staff, now: datetime) -> None:
    way: dict[TicketState, list[Step]] = {
        WAITING: [],
        HELD: [take],
        ANSWERED: [take, reply],
        CLOSED: [take, close],
    }
    with transaction() as session:
        if state is CONSULTING:
            take(session, ticket_id, ani, now)
            consultations.consult(session, ticket_id, ani, "PKC", "?", now, key="before")
        for step in way.get(state, []):
            step(session, ticket_id, ani, now)


@pytest.mark.parametrize(("name", "state", "step", "outcome"), TABLE)
def test_each_step_from_each_state_leads_where_the_table_says_or_is_refused(
    open_ticket: OpenTicket,
    staff: LookUp,
    test_clock: TestClock,
    name: str,
    state: TicketState,
    step: Step,
    outcome: TicketState | type[Exception],
) -> None:
    ticket_id = open_ticket()
    bring_to(state, ticket_id, staff("ani"), test_clock.now)
    before = (ticket_now(ticket_id).holder_id, events(ticket_id))
    if isinstance(outcome, TicketState):
        with transaction() as session:
            step(session, ticket_id, staff(name), test_clock.now)
        assert ticket_now(ticket_id).state is outcome
    else:
        with pytest.raises(outcome), transaction() as session:
            step(session, ticket_id, staff(name), test_clock.now)
        assert ticket_now(ticket_id).state is state
        assert (ticket_now(ticket_id).holder_id, events(ticket_id)) == before


@pytest.mark.parametrize(
    ("state", "floor"),
    [
        (WAITING, Floor.QUEUE),
        (HELD, Floor.OFFICER),
        (CONSULTING, Floor.OFFICER),
        (ANSWERED, Floor.OFFICER),
        (CLOSED, Floor.BOT),
    ],
)
def test_the_floor_follows_the_ticket_and_every_move_raises_the_fence(
    open_ticket: OpenTicket,
    ani: Staff,
    test_clock: TestClock,
    state: TicketState,
    floor: Floor,
) -> None:
    ticket_id = open_ticket()
    bring_to(state, ticket_id, ani, test_clock.now)
    conversation = ticket_now(ticket_id).conversation
    moves = {Floor.QUEUE: 1, Floor.OFFICER: 2, Floor.BOT: 3}
    assert (conversation.floor, conversation.fence) == (floor, moves[floor])


# --- who is first ---


@pytest.mark.slow
def test_of_two_officers_who_claim_at_once_one_wins_and_the_other_is_told_who(
    open_ticket: OpenTicket, ani: Staff, ali: Staff, test_clock: TestClock
) -> None:
    wins = {ani.name: 0, ali.name: 0}
    for round_ in range(50):
        ticket_id = open_ticket(f"whatsapp:+62811900{round_:04d}")
        told: list[str] = []
        won: list[str] = []

        def claim(
            officer: Staff,
            ticket_id: int = ticket_id,
            told: list[str] = told,
            won: list[str] = won,
        ) -> None:
            try:
                with transaction() as session:
                    tickets.take_over(session, ticket_id, officer, test_clock.now)
                won.append(officer.name)
            except AlreadyTaken as first:
                told.append(first.holder)

        at_once([lambda c=claim: c(ani), lambda c=claim: c(ali)])  # type: ignore[misc]
        assert len(won) == 1
        assert told == won
        wins[won[0]] += 1
        with transaction() as session:
            ticket = session.get_one(Ticket, ticket_id)
            assert ticket.holder is not None and ticket.holder.name == won[0]
        assert events(ticket_id).count("taken") == 1
    assert sum(wins.values()) == 50


def test_an_officer_who_clicks_twice_takes_once(
    open_ticket: OpenTicket, ani: Staff, test_clock: TestClock
) -> None:
    ticket_id = open_ticket()

    def claim() -> None:
        with transaction() as session:
            tickets.take_over(session, ticket_id, ani, test_clock.now)

    at_once([claim] * 4)
    assert events(ticket_id).count("taken") == 1
    with transaction() as session:
        told = session.scalars(select(Announcement.event)).all()
    assert told == ["officer_took_over"]


# --- opened once, numbered once ---


def open_by_turn(turn_id: int | None, now: datetime, conversation_id: int = 1) -> str:
    with transaction() as session:
        return tickets.open_ticket(
            session,
            locked(session, conversation_id),
            TicketReason.NO_ANSWER,
            asked_at=now,
            now=now,
            turn_id=turn_id,
        ).number


def a_turn(write: Write, clock: TestClock) -> Turn:
    write("halo?")
    with transaction() as session:
        lease = lease_next(session, clock.now)
        assert lease is not None
        turn = begin_turn(session, lease, clock.now)
        assert turn is not None
        finish_turn(session, lease, turn, [], turn.outcome, clock.now)  # type: ignore[arg-type]
        return turn


def test_a_retried_action_finds_its_ticket_again(write: Write, test_clock: TestClock) -> None:
    turn = a_turn(write, test_clock)
    numbers = {open_by_turn(turn.id, test_clock.now) for _ in range(3)}
    assert len(numbers) == 1
    with transaction() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1
        assert len(session.scalars(select(Clock)).all()) == 1


def test_an_action_retried_from_many_sides_at_once_makes_one_ticket(
    write: Write, test_clock: TestClock
) -> None:
    turn = a_turn(write, test_clock)
    numbers: list[str] = []
    at_once([lambda: numbers.append(open_by_turn(turn.id, test_clock.now))] * 6)
    assert len(set(numbers)) == 1


def test_an_action_retried_after_the_ticket_was_closed_opens_no_second(
    write: Write, ani: Staff, test_clock: TestClock
) -> None:
    turn = a_turn(write, test_clock)
    number = open_by_turn(turn.id, test_clock.now)
    with transaction() as session:
        take(session, 1, ani, test_clock.now)
        close(session, 1, ani, test_clock.now)
    assert open_by_turn(turn.id, test_clock.now) == number
    assert ticket_now(1).conversation.floor is Floor.BOT


def test_a_conversation_has_one_open_ticket_whoever_asks_for_another(
    held: int, test_clock: TestClock
) -> None:
    number = open_by_turn(None, test_clock.now)
    assert number == ticket_now(held).number
    assert ticket_now(held).conversation.floor is Floor.OFFICER


def test_the_database_itself_refuses_a_second_open_ticket(held: int) -> None:
    with pytest.raises(DBAPIError, match="ix_ticket_one_open"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO ticket (number, conversation_id, state, reason, opened_at) "
                "VALUES ('x', 1, 'waiting', 'media', now())"
            )
        )


def test_numbers_are_unique_and_without_gaps_when_many_open_at_once(
    write: Write, test_clock: TestClock
) -> None:
    for person in range(12):
        write("halo?", From=f"whatsapp:+6281170000{person:02d}", WaId="")
    numbers: list[str] = []
    at_once(
        [
            lambda c=c: numbers.append(open_by_turn(None, test_clock.now, c))  # type: ignore[misc]
            for c in range(1, 13)
        ]
    )
    assert sorted(numbers) == [f"MC-2026-{n:06d}" for n in range(1, 13)]


def test_numbers_begin_anew_when_the_year_does_in_makassar_not_in_greenwich(
    write: Write, test_clock: TestClock
) -> None:
    for person in range(4):
        write("halo?", From=f"whatsapp:+6281170000{person:02d}", WaId="")
    last_second = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    midnight = last_second + timedelta(seconds=1)
    assert [
        open_by_turn(None, last_second, 1),
        open_by_turn(None, midnight, 2),
        open_by_turn(None, midnight, 3),
        open_by_turn(None, last_second, 4),
    ] == ["MC-2026-000001", "MC-2027-000001", "MC-2027-000002", "MC-2026-000002"]


def test_the_turns_messages_are_on_the_ticket_it_opens(write: Write, test_clock: TestClock) -> None:
    turn = a_turn(write, test_clock)
    open_by_turn(turn.id, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(Message.ticket_id)).one() == 1


# --- replies ---


def clocks() -> list[Clock]:
    with transaction() as session:
        return list(session.scalars(select(Clock).order_by(Clock.id)))


def outgoing() -> list[Message]:
    with transaction() as session:
        return list(session.scalars(select(Message).where(Message.direction == Direction.OUT)))


def test_a_reply_is_queued_in_the_officers_name_and_stops_the_clock(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    test_clock.forward(minutes=9)
    with transaction() as session:
        tickets.reply(session, held, ani, "Silakan datang.", test_clock.now)
    [message] = outgoing()
    assert (message.body, message.speaker) == ("Silakan datang.", Speaker.OFFICER)
    assert (message.staff_id, message.ticket_id) == (ani.id, held)
    [clock] = clocks()
    assert (clock.stopped_at, clock.breached_at) == (test_clock.now, None)


def test_a_takeover_alone_does_not_stop_the_clock(held: int) -> None:
    assert clocks()[0].stopped_at is None


def test_a_late_reply_records_the_breach_at_the_moment_it_happened(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    due = clocks()[0].due_at
    test_clock.forward(minutes=11)
    with transaction() as session:
        tickets.reply(session, held, ani, "Maaf menunggu.", test_clock.now)
    assert (clocks()[0].breached_at, clocks()[0].stopped_at) == (due, test_clock.now)


def test_a_reply_at_the_last_moment_is_in_time(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    test_clock.now = clocks()[0].due_at
    with transaction() as session:
        tickets.reply(session, held, ani, "Tepat waktu.", test_clock.now)
    assert clocks()[0].breached_at is None


@pytest.mark.parametrize(
    ("late", "refused"),
    [(timedelta(seconds=-1), False), (timedelta(0), True), (timedelta(days=3), True)],
)
def test_outside_the_window_free_text_is_refused_and_nothing_is_queued(
    held: int, ani: Staff, test_clock: TestClock, late: timedelta, refused: bool
) -> None:
    now = test_clock.now + SESSION_WINDOW + late
    if not refused:
        with transaction() as session:
            tickets.reply(session, held, ani, "Masih boleh.", now)
        return
    with pytest.raises(WindowClosed), transaction() as session:
        tickets.reply(session, held, ani, "Terlambat.", now)
    assert outgoing() == []
    assert ticket_now(held).state is HELD
    assert clocks()[0].stopped_at is None


@pytest.mark.parametrize("nothing", ["", "  ", "\n\t"])
def test_an_empty_reply_is_refused(
    held: int, ani: Staff, test_clock: TestClock, nothing: str
) -> None:
    with pytest.raises(DeskError), transaction() as session:
        tickets.reply(session, held, ani, nothing, test_clock.now)
    assert clocks()[0].stopped_at is None


def test_a_double_click_sends_once_even_at_once(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    def send() -> None:
        with transaction() as session:
            tickets.reply(session, held, ani, "Sekali saja.", test_clock.now, client_key="k1")

    at_once([send] * 6)
    assert [m.body for m in outgoing()] == ["Sekali saja."]
    assert events(held).count("replied") == 1
    with transaction() as session:
        tickets.reply(session, held, ani, "Sekali saja.", test_clock.now, client_key="k2")
    assert len(outgoing()) == 2


def test_an_officers_words_carry_no_fence_so_that_closing_does_not_cancel_them(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        tickets.reply(session, held, ani, "Selesai.", test_clock.now)
        close(session, held, ani, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(Outbox.fence)).all() == [None]


# --- the applicant writes on ---


def take_turns(clock: TestClock) -> None:
    """Let the worker's turns go by, the dialogue saying nothing."""
    while True:
        with transaction() as session:
            lease = lease_next(session, clock.now)
            if lease is None:
                return
            turn = begin_turn(session, lease, clock.now)
            if turn is not None:
                finish_turn(session, lease, turn, [], turn.outcome, clock.now)  # type: ignore[arg-type]


def test_a_message_after_the_reply_starts_the_clock_again_from_when_it_was_sent(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    take_turns(test_clock)
    with transaction() as session:
        tickets.reply(session, held, ani, "Silakan datang.", test_clock.now)
    test_clock.forward(hours=1)
    write("kapan?")
    sent_at = test_clock.now
    test_clock.forward(seconds=30)
    take_turns(test_clock)
    first, second = clocks()
    assert first.stopped_at is not None
    assert (second.started_at, second.stopped_at) == (sent_at, None)
    assert second.due_at == sent_at + timedelta(minutes=10)
    assert ticket_now(held).state is HELD


def test_a_message_while_the_clock_runs_starts_no_second_one(
    held: int, write: Write, test_clock: TestClock
) -> None:
    take_turns(test_clock)
    due = clocks()[0].due_at
    test_clock.forward(minutes=5)
    write("halo, masih menunggu.")
    take_turns(test_clock)
    assert [clock.due_at for clock in clocks()] == [due]


def test_a_thumbs_up_on_the_reply_waits_for_nobody(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    take_turns(test_clock)
    with transaction() as session:
        tickets.reply(session, held, ani, "Silakan datang.", test_clock.now)
    write("\U0001f44d", MessageType="reaction")
    test_clock.forward(seconds=5)
    take_turns(test_clock)
    assert ticket_now(held).state is ANSWERED
    assert len(clocks()) == 1
    with transaction() as session:
        assert set(session.scalars(select(Message.ticket_id))) == {held}


def test_what_is_written_after_closing_is_the_bots_again(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    with transaction() as session:
        close(session, held, ani, test_clock.now)
    take_turns(test_clock)
    sid = write("pertanyaan baru?")
    take_turns(test_clock)
    with transaction() as session:
        message = session.scalars(select(Message).where(Message.message_sid == sid)).one()
        assert message.ticket_id is None
        assert session.scalars(select(Conversation.floor)).one() is Floor.BOT


# --- closing and rating ---


def test_closing_stops_every_clock_and_tells_the_applicant_once(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        consult(session, held, ani, test_clock.now)
        close(session, held, ani, test_clock.now)
    assert all(clock.stopped_at == test_clock.now for clock in clocks())
    with pytest.raises(WrongState), transaction() as session:
        close(session, held, ani, test_clock.now)
    with transaction() as session:
        told = session.scalars(select(Announcement.event)).all()
    assert told.count("closed") == 1


def test_a_ticket_handed_back_asks_for_no_rating_and_a_closed_one_does(
    open_ticket: OpenTicket, ani: Staff, test_clock: TestClock
) -> None:
    for sender, step in (("whatsapp:+628110001", close), ("whatsapp:+628110002", hand_back)):
        ticket_id = open_ticket(sender)
        with transaction() as session:
            take(session, ticket_id, ani, test_clock.now)
            step(session, ticket_id, ani, test_clock.now)
        asked = ticket_now(ticket_id).rating_asked_at is not None
        assert asked is (step is close)


def test_the_first_rating_counts_and_one_off_the_scale_is_refused(
    held: int, test_clock: TestClock
) -> None:
    with transaction() as session:
        ticket = session.get_one(Ticket, held)
        for stars in (0, 6, -1):
            with pytest.raises(ValueError, match="1 to 5"):
                tickets.record_rating(session, ticket, stars, test_clock.now)
        tickets.record_rating(session, ticket, 4, test_clock.now)
        tickets.record_rating(session, ticket, 1, test_clock.now)
    assert ticket_now(held).rating == 4
    assert events(held).count("rated") == 1


# --- the log ---


def test_every_step_is_logged_with_who_and_when(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    test_clock.forward(minutes=1)
    with transaction() as session:
        reply(session, held, ani, test_clock.now)
        consult(session, held, ani, test_clock.now)
        close(session, held, ani, test_clock.now)
    assert events(held) == [
        "opened",
        "clock_started",
        "taken",
        "clock_stopped",
        "replied",
        "section_consulted",
        "closed",
    ]
    with transaction() as session:
        by_ani = session.scalars(
            select(TicketEvent)
            .where(TicketEvent.kind.in_(["taken", "replied", "closed"]))
            .order_by(TicketEvent.id)
        ).all()
    assert {event.staff_id for event in by_ani} == {ani.id}
    assert {event.at for event in by_ani[1:]} == {test_clock.now}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ticket_event SET kind = 'never happened'",
        "UPDATE ticket_event SET at = now() WHERE kind = 'taken'",
        "DELETE FROM ticket_event",
        "DELETE FROM ticket",
        "DELETE FROM person",
    ],
)
def test_the_log_refuses_to_be_changed(held: int, change: str) -> None:
    before = events(held)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(change))
    assert events(held) == before


def test_not_even_retention_may_rewrite_the_log(held: int) -> None:
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text("SET LOCAL maraga.retention = 'on'"))
        session.execute(text("UPDATE ticket_event SET kind = 'never happened'"))


def test_a_step_that_fails_leaves_no_entry(held: int, ali: Staff, test_clock: TestClock) -> None:
    before = events(held)
    with pytest.raises(NotYours), transaction() as session:
        tickets.reply(session, held, ali, "bukan tiket saya", test_clock.now)
    assert events(held) == before


def test_no_officer_is_told_about_a_ticket_that_does_not_exist(
    ani: Staff, test_clock: TestClock
) -> None:
    with pytest.raises(Exception, match="No row"), transaction() as session:
        tickets.take_over(session, 12345, ani, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(Consultation)).all() == []
