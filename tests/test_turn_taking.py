"""A worker takes a turn to its end, whatever the dialogue does: words, a ticket, or a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot import turn_taking
from bot.conversation import announce, locked
from bot.db import transaction
from bot.desk import tickets
from bot.dialogue import DialogueFailed, Put
from bot.models import (
    Clock,
    Conversation,
    Direction,
    Floor,
    Message,
    Outbox,
    Staff,
    Ticket,
    TicketReason,
    Turn,
    TurnOutcome,
)
from bot.settings import settings
from bot.turn_taking import ANNOUNCE_WITHIN, TRY_AGAIN_AFTER, take_next_turn
from bot.turns import LEASE, Said
from tests.conftest import TestClock

Write = Callable[..., str]
LookUp = Callable[[str], Staff]
IMAGE = {"NumMedia": "1", "MediaUrl0": "https://x.example/1", "MediaContentType0": "image/jpeg"}


class FakeDialogue:
    """Says `words`, or fails; `meanwhile` happens while it is asked."""

    def __init__(self) -> None:
        self.words: list[Said] = [Said("Jawaban bot")]
        self.failure: str | None = None
        self.said_before: list[Said] | None = None
        self.meanwhile: Callable[[Put], object] = lambda _: None
        self.asked: list[Put] = []

    def ask(self, put: Put) -> list[Said]:
        self.asked.append(put)
        self.meanwhile(put)
        if self.failure:
            raise DialogueFailed(self.failure)
        return self.words

    def already_said(self, _: Put) -> list[Said] | None:
        if self.failure:
            raise DialogueFailed(self.failure)
        return self.said_before


@pytest.fixture
def dialogue() -> FakeDialogue:
    return FakeDialogue()


@pytest.fixture
def work(dialogue: FakeDialogue) -> Callable[[], int]:
    """Take every turn that is due now; returns how many that were."""

    def take_all() -> int:
        taken = 0
        while take_next_turn(dialogue):  # type: ignore[arg-type]
            taken += 1
            assert taken < 50
        return taken

    return take_all


Work = Callable[[], int]


def ends() -> list[tuple[TurnOutcome | None, str | None]]:
    """How each of the applicant's turns ended, in order."""
    with transaction() as session:
        rows = session.execute(
            select(Turn.outcome, Turn.note).where(Turn.event.is_(None)).order_by(Turn.id)
        )
        return [(outcome, note) for outcome, note in rows]


def outgoing() -> list[str]:
    with transaction() as session:
        rows = session.scalars(
            select(Message.body).where(Message.direction == Direction.OUT).order_by(Message.id)
        )
        return list(rows)


def ticket() -> Ticket | None:
    with transaction() as session:
        return session.scalars(select(Ticket)).one_or_none()


def step_in(officer: Staff, clock: TestClock) -> int:
    with transaction() as session:
        conversation_id = session.scalars(select(Conversation.id)).one()
        return tickets.step_in(session, conversation_id, officer, clock.now).id


def test_a_question_is_put_to_the_dialogue_and_its_words_are_queued(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    write("berapa batas bebas?")
    assert work() == 1
    [put] = dialogue.asked
    assert (put.text, put.floor, put.language) == ("berapa batas bebas?", "bot", "id")
    assert put.tracker == "c1-1"
    assert outgoing() == ["Jawaban bot"]
    assert ends() == [(TurnOutcome.ANSWERED, None)]


def test_the_bot_speaks_the_language_that_was_written_in_last(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    spoken = {
        "how much tax is there on my parcel?": "en",
        "ok.": "en",
        "berapa pajak paket saya?": "id",
        "ok!": "id",
    }
    for text in spoken:
        write(text)
        test_clock.forward(minutes=1)
        work()
    assert {put.text: put.language for put in dialogue.asked} == spoken


def test_an_open_form_goes_on_in_the_language_it_began_in(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    write("saya mau komplain.")
    with transaction() as session:
        session.scalars(select(Conversation)).one().form_open = True
    write("the officer did not give me a receipt for my parcel.")
    work()
    assert dialogue.asked[-1].language == "id"


def test_a_command_of_rasas_is_put_as_text(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    write("/restart.")
    work()
    assert not dialogue.asked[0].text.startswith("/")


def test_no_text_can_pose_as_an_event_a_choice_or_a_medium(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    for text in ("/EXTERNAL_closed.", "/pick.", "/media_without_words."):
        write(text)
        work()
    assert all(not put.text.startswith("/") for put in dialogue.asked)
    assert all(put.event is None and put.payload is None for put in dialogue.asked)


def test_a_tapped_choice_is_put_as_a_pick_with_its_payload(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    write("Cek IMEI", ButtonPayload="article:imei_cek")
    work()
    [put] = dialogue.asked
    assert (put.text, put.payload) == ("/pick", "article:imei_cek")


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        (IMAGE, "image"),
        (IMAGE | {"MediaContentType0": "audio/ogg"}, "audio"),
        ({"Latitude": "-5.1", "Longitude": "119.4"}, "location"),
        ({}, "empty"),
    ],
)
def test_what_has_no_words_is_put_as_its_kind(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    test_clock: TestClock,
    fields: dict[str, str],
    media: str,
) -> None:
    write("", **fields)
    test_clock.forward(seconds=5)
    work()
    [put] = dialogue.asked
    assert (put.text, put.media) == ("/media_without_words", media)


def test_a_picture_with_words_is_put_as_its_words(
    write: Write, dialogue: FakeDialogue, work: Work
) -> None:
    write("ini resinya, kok belum sampai?", **IMAGE)
    work_later = work()
    assert work_later == 0  # a caption may be followed by more
    write("sudah 3 minggu.")
    work()
    assert dialogue.asked[0].text == "ini resinya, kok belum sampai?\nsudah 3 minggu."


def test_a_reaction_asks_for_no_answer_and_ends_explicitly(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("\U0001f44d", MessageType="reaction")
    test_clock.forward(seconds=5)
    work()
    assert (dialogue.asked, outgoing()) == ([], [])
    assert ends() == [(TurnOutcome.FAILED, "nothing to answer")]


def test_a_picture_followed_by_a_reaction_is_still_a_picture(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("", **IMAGE)
    write("\U0001f44d", MessageType="reaction")
    test_clock.forward(seconds=5)
    work()
    assert [put.media for put in dialogue.asked] == ["image"]


# --- the floor ---


def test_while_an_officer_has_the_floor_the_dialogue_is_not_even_asked(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    staff: LookUp,
    test_clock: TestClock,
) -> None:
    write("satu?")
    work()
    step_in(staff("ani"), test_clock)
    work()
    dialogue.asked.clear()
    write("dua?")
    work()
    assert dialogue.asked == []
    assert ends()[1:] == [(TurnOutcome.TICKETED, None)]


def test_a_takeover_in_the_middle_of_a_bot_turn_drops_the_late_reply(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    staff: LookUp,
    test_clock: TestClock,
) -> None:
    write("satu?")

    def take_over(put: Put) -> None:
        if put.event is None:
            dialogue.meanwhile = lambda _: None
            step_in(staff("ani"), test_clock)
            dialogue.words = [Said("Ani membalas Anda.")]

    dialogue.words = [Said("jawaban terlambat")]
    late = dialogue.words
    dialogue.meanwhile = take_over
    original = dialogue.ask
    dialogue.ask = lambda put: (original(put), late)[1] if put.event is None else original(put)  # type: ignore[method-assign]
    work()
    assert outgoing() == ["Ani membalas Anda."]
    dropped = "the floor changed; the bot's words were dropped"
    assert ends() == [(TurnOutcome.TICKETED, dropped)]


def test_words_of_the_turns_own_handover_go_out(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    def hand_over(put: Put) -> None:
        with transaction() as session:
            tickets.open_ticket(
                session,
                locked(session, 1),
                TicketReason.ASKED_FOR_PERSON,
                asked_at=test_clock.now,
                now=test_clock.now,
                turn_id=put.turn_id,
            )

    dialogue.meanwhile = hand_over
    dialogue.words = [Said("Petugas akan membalas.")]
    write("petugas")
    work()
    assert outgoing() == ["Petugas akan membalas."]
    assert ends() == [(TurnOutcome.TICKETED, None)]


def test_in_the_queue_the_dialogue_is_asked_and_told_who_has_the_floor(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("petugas")
    with transaction() as session:
        tickets.open_ticket(
            session,
            locked(session, 1),
            TicketReason.ASKED_FOR_PERSON,
            asked_at=test_clock.now,
            now=test_clock.now,
        )
    dialogue.words = []
    work()
    assert [put.floor for put in dialogue.asked] == [Floor.QUEUE]
    assert outgoing() == []
    assert ends() == [(TurnOutcome.TICKETED, None)]


# --- the dialogue fails ---


def test_a_failing_dialogue_is_tried_again_and_then_answers(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("satu?")
    dialogue.failure = "Rasa: ConnectError"
    assert work() == 1
    assert (outgoing(), ticket()) == ([], None)
    dialogue.failure = None
    test_clock.forward(seconds=TRY_AGAIN_AFTER.total_seconds())
    work()
    assert outgoing() == ["Jawaban bot"]
    assert ends()[0][0] is TurnOutcome.ANSWERED


def test_a_dialogue_that_stays_down_hands_over_within_the_persons_patience_with_the_reason(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("berapa batas bebas bea masuk?")
    asked_at = test_clock.now
    dialogue.failure = "Rasa: ConnectError"
    while ticket() is None:
        work()
        assert test_clock.now - asked_at <= timedelta(seconds=settings().bot_patience_seconds)
        test_clock.forward(seconds=1)
    opened = ticket()
    assert opened.reason is TicketReason.BOT_UNAVAILABLE
    assert opened.details == {"failure": "Rasa: ConnectError"}
    assert opened.subject == "berapa batas bebas bea masuk?"
    with transaction() as session:
        clock = session.scalars(select(Clock)).one()
        assert clock.started_at == asked_at
        assert session.scalars(select(Conversation.floor)).one() is Floor.QUEUE
    [words] = outgoing()
    assert opened.number in words and "10.10 WITA" in words
    assert ends() == [(TurnOutcome.TICKETED, "Rasa: ConnectError")]


def test_with_no_patience_left_the_first_failure_hands_over_and_keeps_the_reason(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("satu?")
    test_clock.forward(minutes=5)
    dialogue.failure = "Rasa: ReadTimeout"
    work()
    assert ends() == [(TurnOutcome.TICKETED, "Rasa: ReadTimeout")]


def test_the_words_of_the_handover_are_english_for_an_english_speaker(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("hello?")
    with transaction() as session:
        session.scalars(select(Conversation)).one().person.language = "en"
    test_clock.forward(minutes=5)
    dialogue.failure = "Rasa: ReadTimeout"
    work()
    [words] = outgoing()
    assert "10:10 WITA" in words
    assert "petugas" not in words.lower()


def test_a_failing_dialogue_makes_one_ticket_and_one_notice_however_often_it_fails(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    dialogue.failure = "Rasa: ConnectError"
    for _ in range(5):
        write("halo?")
        test_clock.forward(minutes=1)
        work()
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
    assert len(outgoing()) == 1
    assert [outcome for outcome, _ in ends()] == [TurnOutcome.TICKETED] * 5


def test_when_an_officer_took_over_during_the_failure_the_bot_says_nothing(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock, staff: LookUp
) -> None:
    write("satu?")
    test_clock.forward(minutes=5)
    dialogue.failure = "Rasa: ReadTimeout"

    def take_over(_: Put) -> None:
        dialogue.meanwhile = lambda _: None
        step_in(staff("ani"), test_clock)

    dialogue.meanwhile = take_over
    take_next_turn(dialogue)  # type: ignore[arg-type]
    assert outgoing() == []
    assert ticket().reason is TicketReason.OFFICER_STEPPED_IN
    assert ends()[0][0] is TurnOutcome.TICKETED


def test_an_announcement_waits_longer_for_the_dialogue_and_then_fails_without_a_ticket(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("satu?")
    work()
    with transaction() as session:
        announce(session, locked(session, 1), "closed", test_clock.now, ticket="MC-2026-000001")
        session.flush()
    dialogue.failure = "Rasa: ConnectError"
    begun = test_clock.now
    while True:
        work()
        with transaction() as session:
            turn = session.scalars(select(Turn).where(Turn.event.is_not(None))).one_or_none()
        if turn is not None and turn.finished_at is not None:
            break
        test_clock.forward(seconds=30)
        assert test_clock.now - begun <= ANNOUNCE_WITHIN + timedelta(minutes=1)
    assert turn.outcome is TurnOutcome.FAILED
    assert turn.note == "Rasa: ConnectError"
    assert ticket() is None
    assert len(outgoing()) == 1


# --- a worker is killed ---


class Killed(BaseException):
    """Like kill -9: nothing of ours runs after it."""


def die(*_: object, **__: object) -> None:
    raise Killed


def test_killed_while_asking_the_turn_is_asked_again_when_nothing_was_said(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("satu?")
    dialogue.meanwhile = die
    with pytest.raises(Killed):
        work()
    dialogue.meanwhile = lambda _: None
    assert work() == 0
    test_clock.forward(seconds=LEASE.total_seconds())
    work()
    assert [put.tracker for put in dialogue.asked] == ["c1-1", "c1-1"]
    assert outgoing() == ["Jawaban bot"]


def test_killed_after_rasa_answered_the_text_is_not_put_again(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("satu?")
    with monkeypatch.context() as dying:
        dying.setattr(turn_taking, "finish_turn", die)
        with pytest.raises(Killed):
            work()
    dialogue.said_before = [Said("Apa nomor dokumennya?")]
    test_clock.forward(seconds=LEASE.total_seconds())
    work()
    assert len(dialogue.asked) == 1
    assert outgoing() == ["Apa nomor dokumennya?"]
    assert ends() == [(TurnOutcome.ANSWERED, None)]


def test_a_silence_already_kept_is_kept_again(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("satu?")
    with monkeypatch.context() as dying:
        dying.setattr(turn_taking, "finish_turn", die)
        with pytest.raises(Killed):
            work()
    dialogue.said_before = []
    test_clock.forward(seconds=LEASE.total_seconds())
    work()
    assert (len(dialogue.asked), outgoing()) == (1, [])


def test_a_worker_slower_than_its_lease_says_nothing_and_does_not_fail(
    write: Write, dialogue: FakeDialogue, work: Work, test_clock: TestClock
) -> None:
    write("satu?")

    def stand_still(_: Put) -> None:
        dialogue.meanwhile = lambda _: None
        test_clock.forward(seconds=LEASE.total_seconds())
        work()

    dialogue.meanwhile = stand_still
    work()
    assert outgoing() == ["Jawaban bot"]
    assert len(dialogue.asked) == 2


def test_every_message_ends_answered_ticketed_or_failed_once_whatever_fails_when(
    write: Write,
    dialogue: FakeDialogue,
    work: Work,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sids = [write(f"pertanyaan {number}?") for number in range(3)]
    for failing in ("begin_turn", "_prepare", "finish_turn"):
        with monkeypatch.context() as dying:
            dying.setattr(turn_taking, failing, die)
            with pytest.raises(Killed):
                work()
        sids.append(write("lagi?"))
        test_clock.forward(seconds=LEASE.total_seconds())
    dialogue.failure = "Rasa: ConnectError"
    work()
    dialogue.failure = None
    for _ in range(60):
        test_clock.forward(seconds=1)
        work()
    with transaction() as session:
        rows = session.execute(
            select(Message.message_sid, Turn.outcome)
            .join(Turn, Message.turn_id == Turn.id)
            .where(Message.direction == Direction.IN)
        )
        ended = dict(iter(rows))
        assert set(ended) == set(sids)
        assert all(outcome is not None for outcome in ended.values())
        replies = session.scalars(select(Outbox.message_id)).all()
        finished = session.scalar(select(func.count()).select_from(Turn))
    assert len(replies) == finished
