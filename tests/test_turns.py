"""Turns: in order per person, one at a time, one worker's, and silent while a person speaks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation import announce, locked
from bot.db import transaction
from bot.desk import tickets
from bot.models import (
    Conversation,
    DeliveryState,
    Floor,
    Message,
    Outbox,
    Speaker,
    Staff,
    Ticket,
    TicketReason,
    Turn,
    TurnOutcome,
)
from bot.turns import (
    LEASE,
    Lease,
    Said,
    TurnLost,
    begin_turn,
    finish_turn,
    lease_next,
    messages_of,
    next_wake,
    postpone_turn,
)
from tests.conftest import TestClock
from tests.threads import at_once

Write = Callable[..., str]
LookUp = Callable[[str], Staff]
WORDS = [Said("Jawaban bot")]


@pytest.fixture
def lease(test_clock: TestClock) -> Callable[[], Lease | None]:
    def next_lease() -> Lease | None:
        with transaction() as session:
            return lease_next(session, test_clock.now)

    return next_lease


@pytest.fixture
def begin(test_clock: TestClock) -> Callable[[Lease], Turn | None]:
    def begin_leased(lease: Lease) -> Turn | None:
        with transaction() as session:
            return begin_turn(session, lease, test_clock.now)

    return begin_leased


@pytest.fixture
def finish(test_clock: TestClock) -> Callable[..., None]:
    def finish_leased(lease: Lease, turn: Turn, said: list[Said] = WORDS) -> None:
        with transaction() as session:
            finish_turn(session, lease, turn, said, TurnOutcome.ANSWERED, test_clock.now)

    return finish_leased


NextLease = Callable[[], Lease | None]
Begin = Callable[[Lease], Turn | None]
Finish = Callable[..., None]


def conversation() -> Conversation:
    with transaction() as session:
        return session.scalars(select(Conversation).order_by(Conversation.id)).first()  # type: ignore[return-value]


def turns() -> list[Turn]:
    with transaction() as session:
        return list(session.scalars(select(Turn).order_by(Turn.id)))


def outgoing() -> list[tuple[str, Speaker, int | None]]:
    with transaction() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.message_id))
        return [(row.message.body, row.message.speaker, row.fence) for row in rows]


# --- one turn at a time, in order ---


def test_what_waits_becomes_one_turn_in_the_order_in_which_it_came(
    write: Write, lease: NextLease, begin: Begin
) -> None:
    write("satu")
    write("dua")
    write("tiga?")
    mine = lease()
    turn = begin(mine)
    assert turn.text == "satu\ndua\ntiga?"
    with transaction() as session:
        assert [m.body for m in messages_of(session, turn)] == ["satu", "dua", "tiga?"]


def test_while_a_turn_is_taken_nobody_else_gets_that_conversation(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    write("satu?")
    begin(lease())
    write("dua?")
    assert lease() is None
    test_clock.forward(seconds=LEASE.total_seconds() - 1)
    assert lease() is None


def test_a_message_during_a_turn_is_the_next_turn_at_once(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    write("satu?")
    mine = lease()
    first = begin(mine)
    write("dua?")
    finish(mine, first)
    again = lease()
    second = begin(again)
    assert (first.text, second.text) == ("satu?", "dua?")


def test_a_fragment_during_a_turn_still_waits_its_quiet_moment_for_the_rest(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("satu?")
    mine = lease()
    first = begin(mine)
    write("terus")
    finish(mine, first)
    assert lease() is None
    write("yang kedua?")
    assert begin(lease()).text == "terus\nyang kedua?"


def test_a_message_recorded_by_a_clock_behind_ours_is_not_forgotten(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    """The web process may run on a machine whose clock is a little off."""
    write("satu?")
    mine = lease()
    first = begin(mine)
    test_clock.forward(seconds=-5)
    write("dua")
    test_clock.forward(seconds=5)
    finish(mine, first)
    assert begin(lease()).text == "dua"


def test_after_the_last_turn_nothing_is_due(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    write("satu?")
    mine = lease()
    finish(mine, begin(mine))
    assert lease() is None
    with transaction() as session:
        assert next_wake(session) is None


def test_another_conversation_does_not_wait_for_a_slow_one(
    write: Write, lease: NextLease, begin: Begin
) -> None:
    write("satu?")
    begin(lease())
    write("lain?", From="whatsapp:+628114000002", WaId="")
    assert begin(lease()).text == "lain?"


def test_the_conversation_that_waits_longest_comes_first(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    for number in (3, 1, 2):
        write(f"dari {number}?", From=f"whatsapp:+62811400000{number}", WaId="")
        test_clock.forward(seconds=1)
    assert [begin(lease()).text for _ in range(3)] == ["dari 3?", "dari 1?", "dari 2?"]


def test_workers_at_once_share_the_conversations_and_none_gets_one_twice(
    write: Write, lease: NextLease
) -> None:
    for number in range(20):
        write("halo?", From=f"whatsapp:+6281150000{number:02d}", WaId="")
    leased: list[int] = []

    def work() -> None:
        while True:
            mine = lease()
            if mine is None:
                return
            leased.append(mine.conversation_id)

    at_once([work] * 6)
    assert len(leased) == len(set(leased)) == 20


def test_workers_at_once_keep_each_persons_order(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    people = [f"whatsapp:+6281160000{n:02d}" for n in range(4)]
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            mine = lease()
            if mine is None:
                continue
            turn = begin(mine)
            if turn is not None:
                finish(mine, turn, [Said(turn.text)])

    def talk() -> None:
        try:
            for number in range(8):
                for person in people:
                    write(f"{number:02d}?", From=person, WaId="")
            while True:
                with transaction() as session:
                    if next_wake(session) is None:
                        return
        finally:
            done.set()

    at_once([talk, work, work, work])
    with transaction() as session:
        for key in session.scalars(select(Conversation.id)):
            heard = session.scalars(
                select(Turn.text).where(Turn.conversation_id == key).order_by(Turn.id)
            )
            numbers = [line for text in heard for line in text.split("\n")]
            assert numbers == [f"{n:02d}?" for n in range(8)]


# --- leases ---


def test_a_killed_workers_turn_is_taken_up_again_and_is_the_same_turn(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    write("satu?")
    first = begin(lease())
    test_clock.forward(seconds=LEASE.total_seconds())
    again = begin(lease())
    assert (again.id, again.text) == (first.id, "satu?")
    assert again.attempts == 2
    assert len(turns()) == 1


def test_a_worker_killed_before_it_began_loses_nothing(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    write("satu?")
    lease()
    write("dua?")
    test_clock.forward(seconds=LEASE.total_seconds())
    assert begin(lease()).text == "satu?\ndua?"


def test_a_slow_worker_can_not_finish_what_another_has_taken_over(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("satu?")
    slow = lease()
    turn = begin(slow)
    test_clock.forward(seconds=LEASE.total_seconds())
    quick = lease()
    begin(quick)
    for late_step in (
        lambda: finish(slow, turn),
        lambda: begin(slow),
        lambda: _postpone(slow, test_clock),
    ):
        with pytest.raises(TurnLost):
            late_step()
    assert outgoing() == []
    finish(quick, turn)
    assert [words for words, _, _ in outgoing()] == ["Jawaban bot"]
    with pytest.raises(TurnLost):
        finish(slow, turn)


def _postpone(lease: Lease, clock: TestClock) -> None:
    with transaction() as session:
        postpone_turn(session, lease, clock.now, "later")


def test_two_workers_that_finish_at_once_answer_once(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    for _ in range(10):
        write("satu?")
        slow = lease()
        turn = begin(slow)
        test_clock.forward(seconds=LEASE.total_seconds())
        quick = lease()
        lost = []

        def try_to_finish(mine: Lease, turn: Turn = turn, lost: list[str] = lost) -> None:
            try:
                finish(mine, turn)
            except TurnLost:
                lost.append("lost")

        at_once([lambda s=slow: try_to_finish(s), lambda q=quick: try_to_finish(q)])  # type: ignore[misc]
        assert lost == ["lost"]
    assert len(outgoing()) == 10


def test_a_postponed_turn_comes_back_at_its_time_and_says_why(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    with transaction() as session:
        postpone_turn(session, mine, test_clock.now + timedelta(seconds=2), "Rasa is down")
    assert lease() is None
    test_clock.forward(seconds=2)
    assert begin(lease()).id == turn.id
    assert turns()[0].note == "Rasa is down"


def test_what_comes_while_a_turn_is_postponed_waits_for_its_turn(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    with transaction() as session:
        postpone_turn(session, mine, test_clock.now + timedelta(seconds=2), "later")
    write("dua?")
    retry = lease()
    again = begin(retry)
    assert (again.id, again.text) == (turn.id, "satu?")
    finish(retry, again)
    assert begin(lease()).text == "dua?"


def test_each_turn_has_a_tracker_of_its_own_unless_a_form_is_open_or_it_is_a_retry(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    epochs = []

    def take(form_open: bool) -> None:
        write("satu?")
        mine = lease()
        turn = begin(mine)
        epochs.append(conversation().tracker_epoch)
        with transaction() as session:
            session.get_one(Conversation, mine.conversation_id).form_open = form_open
        finish(mine, turn)

    take(form_open=False)
    take(form_open=True)
    take(form_open=False)
    take(form_open=False)
    assert epochs == [1, 2, 2, 3]
    write("lagi?")
    begin(lease())
    test_clock.forward(seconds=LEASE.total_seconds())
    begin(lease())
    assert conversation().tracker_epoch == 4


# --- the floor ---


def open_ticket_in(turn: Turn, clock: TestClock) -> Ticket:
    """What the action of a turn does when it hands over."""
    with transaction() as session:
        return tickets.open_ticket(
            session,
            locked(session, turn.conversation_id),
            TicketReason.ASKED_FOR_PERSON,
            asked_at=clock.now,
            now=clock.now,
            turn_id=turn.id,
        )


def test_words_of_the_bot_carry_the_fence_it_saw(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    finish(mine, turn)
    assert outgoing() == [("Jawaban bot", Speaker.BOT, conversation().fence)]
    assert turns()[0].outcome is TurnOutcome.ANSWERED


def test_an_officer_who_steps_in_during_a_turn_silences_the_bots_late_words(
    write: Write,
    lease: NextLease,
    begin: Begin,
    finish: Finish,
    test_clock: TestClock,
    staff: LookUp,
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    with transaction() as session:
        ticket = tickets.step_in(session, turn.conversation_id, staff("ani"), test_clock.now)
    finish(mine, turn)
    assert outgoing() == []
    [done] = [t for t in turns() if t.event is None]
    assert done.outcome is TurnOutcome.TICKETED
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        assert message.ticket_id == ticket.id


def test_the_words_of_the_turn_that_hands_over_go_out(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("petugas")
    mine = lease()
    turn = begin(mine)
    open_ticket_in(turn, test_clock)
    finish(mine, turn, [Said("Petugas akan membalas.")])
    assert conversation().floor is Floor.QUEUE
    assert outgoing() == [("Petugas akan membalas.", Speaker.BOT, conversation().fence)]
    assert turns()[0].outcome is TurnOutcome.TICKETED


def test_an_officer_quicker_than_the_handovers_own_words_silences_them(
    write: Write,
    lease: NextLease,
    begin: Begin,
    finish: Finish,
    test_clock: TestClock,
    staff: LookUp,
) -> None:
    write("petugas")
    mine = lease()
    turn = begin(mine)
    ticket = open_ticket_in(turn, test_clock)
    with transaction() as session:
        tickets.take_over(session, ticket.id, staff("ani"), test_clock.now)
    finish(mine, turn, [Said("Petugas akan membalas.")])
    assert outgoing() == []


def test_words_dropped_because_the_floor_came_and_went_are_not_told_as_an_answer(
    write: Write,
    lease: NextLease,
    begin: Begin,
    finish: Finish,
    test_clock: TestClock,
    staff: LookUp,
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    with transaction() as session:
        ticket = tickets.step_in(session, turn.conversation_id, staff("ani"), test_clock.now)
        tickets.hand_back(session, ticket.id, staff("ani"), test_clock.now)
    finish(mine, turn)
    assert outgoing() == []
    [done] = [t for t in turns() if t.event is None]
    assert (done.outcome, bool(done.note)) == (TurnOutcome.FAILED, True)


def test_what_comes_while_an_officer_has_the_floor_goes_onto_the_ticket(
    write: Write,
    lease: NextLease,
    begin: Begin,
    finish: Finish,
    test_clock: TestClock,
    staff: LookUp,
) -> None:
    write("satu?")
    with transaction() as session:
        ticket = tickets.step_in(session, conversation().id, staff("ani"), test_clock.now)
    mine = lease()
    assert begin(mine).event is not None  # the officer's arrival is told first
    finish(mine, turns()[0], [])
    mine = lease()
    turn = begin(mine)
    finish(mine, turn, [])
    with transaction() as session:
        message = session.scalars(select(Message)).one()
        done = session.get_one(Turn, turn.id)
    assert message.ticket_id == ticket.id
    assert done.outcome is TurnOutcome.TICKETED


# --- announcements ---


def put_announcement(event: str, clock: TestClock, **facts: object) -> None:
    with transaction() as session:
        announce(session, locked(session, conversation().id), event, clock.now, **facts)


def test_announcements_come_before_messages_one_a_turn_in_order(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("satu?")
    put_announcement("closed", test_clock, ticket="MC-2026-000001")
    put_announcement("handed_back", test_clock)
    told = []
    while mine := lease():
        turn = begin(mine)
        told.append((turn.text, turn.event))
        finish(mine, turn, [])
    assert told == [
        ("/EXTERNAL_closed", {"event": "closed", "ticket": "MC-2026-000001"}),
        ("/EXTERNAL_handed_back", {"event": "handed_back"}),
        ("satu?", None),
    ]


def test_an_announcement_is_the_desks_and_goes_out_whoever_has_the_floor(
    write: Write,
    lease: NextLease,
    begin: Begin,
    finish: Finish,
    test_clock: TestClock,
    staff: LookUp,
) -> None:
    write("satu?")
    with transaction() as session:
        tickets.step_in(session, conversation().id, staff("ani"), test_clock.now)
    mine = lease()
    finish(mine, begin(mine), [Said("Ani sekarang membalas Anda.")])
    assert outgoing() == [("Ani sekarang membalas Anda.", Speaker.DESK, None)]
    assert turns()[0].outcome is TurnOutcome.ANSWERED


def test_an_announcement_during_a_turn_wakes_the_conversation_afterwards(
    write: Write, lease: NextLease, begin: Begin, finish: Finish, test_clock: TestClock
) -> None:
    write("satu?")
    mine = lease()
    turn = begin(mine)
    put_announcement("closed", test_clock)
    assert lease() is None
    finish(mine, turn)
    assert begin(lease()).text == "/EXTERNAL_closed"


# --- what a turn is made of ---


def test_a_reaction_is_not_put_as_a_question(
    write: Write, lease: NextLease, begin: Begin, test_clock: TestClock
) -> None:
    write("\U0001f44d", MessageType="reaction")
    test_clock.forward(seconds=5)
    assert begin(lease()).text == ""


def test_a_reaction_beside_words_leaves_the_words(
    write: Write, lease: NextLease, begin: Begin
) -> None:
    write("\U0001f44d", MessageType="reaction")
    write("berapa batas bebas?")
    assert begin(lease()).text == "berapa batas bebas?"


def test_the_last_tapped_choice_counts(write: Write, lease: NextLease, begin: Begin) -> None:
    write("Satu", ButtonPayload="article:satu")
    write("Dua", ButtonPayload="article:dua")
    assert begin(lease()).payload == "article:dua"


def test_nothing_is_sent_for_a_turn_with_nothing_to_say(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    write("satu?")
    mine = lease()
    finish(mine, begin(mine), [])
    assert outgoing() == []


def test_several_sayings_keep_their_order_and_their_choices(
    write: Write, lease: NextLease, begin: Begin, finish: Finish
) -> None:
    write("satu?")
    mine = lease()
    finish(mine, begin(mine), [Said("a"), Said("b"), Said("c")])
    assert [words for words, _, _ in outgoing()] == ["a", "b", "c"]
    with transaction() as session:
        assert set(session.scalars(select(Outbox.state))) == {DeliveryState.QUEUED}
