"""The outbox against a server that answers as Twilio does: in order, none lost, none twice."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation import Choice, locked, move_floor, queue_reply, queue_template
from bot.db import transaction
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
    TicketState,
)
from bot.settings import settings
from bot.whatsapp import outbound, twilio_client
from bot.whatsapp.outbound import LOOK_UP_AFTER, RETRY_AFTER, SENDING_LEASE, send_next
from bot.whatsapp.status import record_status
from tests.conftest import FAJAR, MONDAY_MORNING, TestClock
from tests.threads import at_once
from tests.whatsapp.messages_api import Fault, MessagesApi, Refused

Write = Callable[..., str]
ChangeSettings = Callable[..., None]
Queue = Callable[..., int]

OTHER = "whatsapp:+628114000002"
OPENED = {
    "state": TicketState.HELD,
    "reason": TicketReason.ASKED_FOR_PERSON,
    "opened_at": MONDAY_MORNING,
}


@pytest.fixture
def queue(write: Write, test_clock: TestClock) -> Queue:
    """Queue words of the bot to Fajar or another: `queue("Jawaban")`; returns their id."""

    def put(words: str, to: str = FAJAR, *, fenced: bool = True, **more: object) -> int:
        with transaction() as session:
            known = _conversation(session, to)
        if known is None:
            write("halo?", From=to, WaId="")
        with transaction() as session:
            conversation = _conversation(session, to)
            [message] = queue_reply(
                session,
                conversation,
                words,
                speaker=Speaker.BOT,
                now=test_clock.now,
                fence=conversation.fence if fenced else None,
                **more,  # type: ignore[arg-type]
            )
        return message.id

    return put


def _conversation(session, to):  # type: ignore[no-untyped-def]
    return session.scalars(
        select(Conversation).join(Conversation.address).where(Conversation.address.has(value=to))
    ).one_or_none()


def row(message_id: int) -> Outbox:
    with transaction() as session:
        outbox = session.get_one(Outbox, message_id)
        assert outbox.message
        return outbox


def state(message_id: int) -> DeliveryState:
    return row(message_id).state


def send_all() -> int:
    """Send what is due now; returns how many rows were worked on."""
    worked = 0
    while send_next():
        worked += 1
        assert worked < 100
    return worked


# --- the way it should go ---


def test_what_is_queued_is_posted_once_as_twilio_takes_it(
    messages_api: MessagesApi, queue: Queue
) -> None:
    message_id = queue("Batasnya *USD 3*.\nPaham?")
    assert send_all() == 1
    [post] = messages_api.posts
    assert post == {
        "To": FAJAR,
        "From": settings().whatsapp_from,
        "Body": "Batasnya *USD 3*.\nPaham?",
        "StatusCallback": f"{settings().public_address}/whatsapp/status?m={message_id}",
    }
    assert state(message_id) is DeliveryState.ACCEPTED
    assert row(message_id).message.message_sid == messages_api.sent[0]["sid"]
    assert send_all() == 0


def test_an_approved_template_goes_out_at_any_time_with_its_variables(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    queue("halo")
    send_all()
    test_clock.forward(hours=25)
    with transaction() as session:
        conversation = _conversation(session, FAJAR)
        session.add(Ticket(id=1, number="MC-1", conversation_id=conversation.id, **OPENED))
        session.flush()
        message = queue_template(
            session,
            conversation,
            "Yth. Fajar, jawaban Anda sudah ada.",
            content_sid="HX" + "a" * 32,
            variables={"1": "Fajar"},
            now=test_clock.now,
            ticket_id=1,
            staff_id=session.scalars(select(Staff.id).limit(1)).one(),
            client_key="t",
        )
    send_all()
    post = messages_api.posts[-1]
    assert "Body" not in post
    assert post["ContentSid"] == "HX" + "a" * 32
    assert post["ContentVariables"] == '{"1": "Fajar"}'
    assert state(message.id) is DeliveryState.ACCEPTED


def test_choices_go_out_as_a_content_template_with_short_titles(
    messages_api: MessagesApi, queue: Queue
) -> None:
    long_title = "Batas nilai paket dari luar negeri"
    queue("1. Batas", choices=[Choice(long_title, "article:a"), Choice("Cek IMEI", "article:b")])
    send_all()
    [post] = messages_api.posts
    assert "Body" not in post
    assert post["ContentSid"] == settings().choices_content_sid
    assert long_title not in post["ContentVariables"]
    assert "article:b" in post["ContentVariables"]


def test_without_a_template_choices_go_out_as_the_numbered_text(
    messages_api: MessagesApi, queue: Queue, change_settings: ChangeSettings
) -> None:
    change_settings(
        TWILIO_ACCOUNT_SID="AC" + "1" * 32,
        TWILIO_AUTH_TOKEN="t",
        TWILIO_WHATSAPP_FROM="+14155238886",
        PUBLIC_URL="https://maraga.example",
    )
    queue("1. Batas\n2. Cek", choices=[Choice("Batas", "article:a")])
    send_all()
    assert messages_api.bodies == ["1. Batas\n2. Cek"]


def test_a_long_text_goes_out_in_parts_in_order(
    messages_api: MessagesApi, write: Write, test_clock: TestClock
) -> None:
    write("halo?")
    text = " ".join(f"Kalimat nomor {n} berakhir di sini." for n in range(150))
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        queue_reply(session, conversation, text, speaker=Speaker.BOT, now=test_clock.now)
    send_all()
    assert len(messages_api.bodies) > 3
    assert all(body.endswith(".") and len(body) <= 1600 for body in messages_api.bodies)
    assert " ".join(messages_api.bodies) == text


# --- order ---


def test_one_conversations_messages_go_out_in_order_however_long_the_first_takes(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Refused(429, 20429))
    for words in ("satu", "dua", "tiga"):
        queue(words)
    assert send_all() == 1
    assert messages_api.bodies == []
    test_clock.forward(seconds=1)
    send_all()
    assert messages_api.bodies == ["satu", "dua", "tiga"]


def test_another_conversation_does_not_wait(messages_api: MessagesApi, queue: Queue) -> None:
    messages_api.next_answers.append(Refused(429, 20429))
    queue("satu")
    queue("dua")
    queue("lain", OTHER)
    send_all()
    assert messages_api.bodies == ["lain"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", [Refused(400, 63024), Fault.ERROR_500, Fault.BROKEN, Fault.BROKEN_STORED]
)
def test_order_holds_through_every_fault_and_nothing_is_lost_or_doubled(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    fault: Fault | Refused,
) -> None:
    messages_api.next_answers.append(fault)
    for words in ("satu", "dua"):
        queue(words)
    for _ in range(40):
        send_all()
        test_clock.forward(seconds=1)
    refused = isinstance(fault, Refused)
    assert messages_api.bodies == (["dua"] if refused else ["satu", "dua"])


@pytest.mark.slow
def test_six_senders_at_once_send_no_row_twice_and_keep_each_order(
    messages_api: MessagesApi, queue: Queue
) -> None:
    people = [f"whatsapp:+62811700{n:04d}" for n in range(6)]
    for number in range(5):
        for person in people:
            queue(f"{number}", person)

    def sender() -> None:
        while True:
            if not send_next():
                with transaction() as session:
                    open_rows = session.scalars(
                        select(Outbox).where(Outbox.state != DeliveryState.ACCEPTED)
                    ).all()
                if not open_rows:
                    return

    at_once([sender] * 6)
    assert len(messages_api.posts) == 30
    for person in people:
        assert [p["Body"] for p in messages_api.sent if p["To"] == person] == list("01234")


# --- surely not sent ---


@pytest.mark.parametrize(
    "answer",
    [Refused(429, 20429), Refused(400, 63018), Refused(429, 20429, problem=True)],
    ids=["429", "63018", "429-rfc9457"],
)
def test_too_many_requests_is_tried_again_with_growing_pauses_and_fails_in_the_end(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock, answer: Refused
) -> None:
    messages_api.next_answers.extend([answer] * 50)
    message_id = queue("halo")
    pauses = []
    while True:
        send_next()
        if state(message_id) is DeliveryState.FAILED:
            break
        pauses.append(row(message_id).next_attempt_at - test_clock.now)
        test_clock.now = row(message_id).next_attempt_at
    assert pauses == sorted(pauses) == list(RETRY_AFTER)
    assert row(message_id).error_code == answer.code
    assert len(messages_api.posts) == len(RETRY_AFTER) + 1
    assert messages_api.lookups == []


@pytest.mark.parametrize("code", [63016, 21610, 63024, 21211])
@pytest.mark.parametrize("problem", [False, True], ids=["twilio", "rfc9457"])
def test_a_refusal_fails_at_once_with_its_code_and_is_not_tried_again(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock, code: int, problem: bool
) -> None:
    messages_api.next_answers.append(Refused(400, code, problem=problem))
    message_id = queue("halo")
    send_all()
    assert (state(message_id), row(message_id).error_code) == (DeliveryState.FAILED, code)
    test_clock.forward(days=1)
    send_all()
    assert len(messages_api.posts) == 1


def test_a_server_that_refuses_the_connection_is_tried_again_without_looking_up(
    queue: Queue, messages_api: MessagesApi, change_settings: ChangeSettings, test_clock: TestClock
) -> None:
    message_id = queue("halo")
    change_settings(TWILIO_API_BASE_URL="http://127.0.0.1:9")
    send_all()
    assert state(message_id) is DeliveryState.QUEUED
    assert row(message_id).lookups == 0
    change_settings(TWILIO_API_BASE_URL=messages_api.address)
    test_clock.forward(seconds=1)
    send_all()
    assert messages_api.bodies == ["halo"]


# --- perhaps sent ---

PERHAPS = [
    Fault.BROKEN,
    Fault.BROKEN_STORED,
    Fault.ERROR_500,
    Fault.ERROR_500_STORED,
    Fault.SILENCE_STORED,
    Fault.NO_JSON_STORED,
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", PERHAPS, ids=lambda f: f.name)
def test_a_send_that_may_have_happened_is_unknown_and_ends_as_sent_exactly_once(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    messages_api.next_answers.append(fault)
    message_id = queue("halo")
    with monkeypatch.context() as impatient:
        if fault is Fault.SILENCE_STORED:
            impatient.setattr(twilio_client, "TIMEOUT_SECONDS", 0.3)
        twilio_client._client.cache_clear()
        send_next()
    twilio_client._client.cache_clear()
    assert state(message_id) is DeliveryState.UNKNOWN
    assert messages_api.lookups == []
    for _ in range(40):
        test_clock.forward(seconds=1)
        send_all()
    assert messages_api.bodies == ["halo"]
    assert state(message_id) is DeliveryState.ACCEPTED
    assert row(message_id).message.message_sid == messages_api.sent[0]["sid"]
    stored = fault.name.endswith("STORED")
    assert len(messages_api.posts) == (1 if stored else 2)
    assert len(messages_api.lookups) == (1 if stored else len(LOOK_UP_AFTER))


@pytest.mark.slow
def test_an_unknown_send_is_not_repeated_while_twilios_list_can_not_be_had(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Fault.BROKEN_STORED)
    messages_api.list_is_down = True
    message_id = queue("halo")
    for _ in range(60):
        send_all()
        test_clock.forward(seconds=5)
    assert len(messages_api.posts) == 1
    assert state(message_id) is DeliveryState.UNKNOWN
    messages_api.list_is_down = False
    test_clock.forward(seconds=30)
    send_all()
    assert state(message_id) is DeliveryState.ACCEPTED
    assert len(messages_api.posts) == 1


def test_looking_up_asks_for_this_person_from_before_the_first_attempt_on(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Fault.BROKEN_STORED)
    queue("halo")
    send_all()
    test_clock.forward(seconds=2)
    send_all()
    [query] = messages_api.lookups
    assert (query["To"], query["From"]) == (FAJAR, settings().whatsapp_from)
    assert query["DateSent>"] < (test_clock.now - timedelta(minutes=1)).isoformat()


def test_the_same_words_sent_before_are_not_taken_for_the_unknown_send(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    first = queue("Baik.")
    send_all()
    messages_api.next_answers.append(Fault.BROKEN)
    second = queue("Baik.")
    for _ in range(40):
        send_all()
        test_clock.forward(seconds=1)
    assert messages_api.bodies == ["Baik.", "Baik."]
    assert row(first).message.message_sid != row(second).message.message_sid


def test_an_unknown_send_told_by_its_callback_needs_no_look_up(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Fault.BROKEN_STORED)
    message_id = queue("halo")
    send_all()
    form = {"MessageSid": messages_api.sent[0]["sid"], "MessageStatus": "delivered"}
    with transaction() as session:
        assert record_status(session, form, message_id)
    test_clock.forward(minutes=5)
    send_all()
    assert state(message_id) is DeliveryState.DELIVERED
    assert messages_api.lookups == []


def test_a_callback_that_overtakes_the_answer_is_not_undone_by_it(
    messages_api: MessagesApi, queue: Queue
) -> None:
    message_id = queue("halo")
    messages_api.hold = True
    sender = threading.Thread(target=send_next)
    sender.start()
    messages_api.arrived.wait(10)
    form = {"MessageSid": f"SMf{1:031x}", "MessageStatus": "delivered"}
    with transaction() as session:
        assert record_status(session, form, message_id)
    messages_api.go_on.set()
    sender.join()
    assert state(message_id) is DeliveryState.DELIVERED


@pytest.mark.slow
def test_a_server_error_that_never_ends_fails_the_message_so_that_the_next_may_go(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.extend([Fault.ERROR_500] * 30)
    message_id = queue("halo")
    for _ in range(400):
        if state(message_id) is DeliveryState.FAILED:
            break
        send_all()
        test_clock.forward(seconds=10)
    assert state(message_id) is DeliveryState.FAILED
    assert row(message_id).error
    assert len(messages_api.posts) == len(RETRY_AFTER) + 1


# --- a worker is killed, or stalls ---


class Killed(BaseException):
    """Like kill -9: nothing of ours runs after it."""


def test_a_worker_killed_while_sending_leaves_an_unknown_send_that_is_looked_up(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message_id = queue("halo")
    with monkeypatch.context() as dying:

        def die(*_: object) -> None:
            raise Killed

        dying.setattr(outbound, "_record_accepted", die)
        with pytest.raises(Killed):
            send_next()
    assert (state(message_id), messages_api.bodies) == (DeliveryState.SENDING, ["halo"])
    assert send_all() == 0  # another worker leaves it alone while it may still be at it
    test_clock.forward(seconds=SENDING_LEASE.total_seconds())
    send_all()
    assert (state(message_id), messages_api.bodies) == (DeliveryState.ACCEPTED, ["halo"])


def test_a_worker_killed_before_it_posted_is_made_good_after_looking_up(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message_id = queue("halo")
    with monkeypatch.context() as dying:

        def die(*_: object, **__: object) -> str:
            raise Killed

        dying.setattr(twilio_client, "send", die)
        with pytest.raises(Killed):
            send_next()
    for _ in range(60):
        test_clock.forward(seconds=1)
        send_all()
    assert (state(message_id), messages_api.bodies) == (DeliveryState.ACCEPTED, ["halo"])
    assert len(messages_api.lookups) == len(LOOK_UP_AFTER)


def test_a_refusal_that_comes_after_another_worker_sent_does_not_send_again(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message_id = queue("halo")
    send = twilio_client.send

    def stall(*_: object, **__: object) -> str:
        """While this worker stood still, another looked up, sent, and was told the SID."""
        monkeypatch.setattr(twilio_client, "send", send)
        for _ in range(60):
            test_clock.forward(seconds=1)
            send_all()
        raise twilio_client.SendError("too many", code=20429, retryable=True)

    monkeypatch.setattr(twilio_client, "send", stall)
    send_next()
    test_clock.forward(minutes=5)
    send_all()
    assert (state(message_id), messages_api.bodies) == (DeliveryState.ACCEPTED, ["halo"])


# --- the floor ---


def move_fajars_floor(floor: Floor) -> None:
    with transaction() as session:
        key = session.scalars(select(Conversation.id).order_by(Conversation.id).limit(1)).one()
        move_floor(locked(session, key), floor)


def test_words_of_the_bot_are_cancelled_when_the_floor_moved_before_they_went_out(
    messages_api: MessagesApi, queue: Queue
) -> None:
    late = queue("jawaban bot")
    move_fajars_floor(Floor.OFFICER)
    send_all()
    assert messages_api.posts == []
    assert state(late) is DeliveryState.CANCELLED
    assert row(late).error


def test_words_without_a_fence_go_out_whoever_has_the_floor(
    messages_api: MessagesApi, queue: Queue
) -> None:
    queue("jawaban bot")
    queue("kata petugas", fenced=False)
    move_fajars_floor(Floor.OFFICER)
    send_all()
    assert messages_api.bodies == ["kata petugas"]


def test_words_that_wait_for_a_retry_are_cancelled_too_when_the_floor_moves(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Refused(429, 20429))
    late = queue("jawaban bot")
    send_all()
    move_fajars_floor(Floor.QUEUE)
    test_clock.forward(seconds=5)
    send_all()
    assert (messages_api.bodies, state(late)) == ([], DeliveryState.CANCELLED)


def test_an_unknown_send_that_did_not_happen_is_not_made_good_after_the_floor_moved(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Fault.BROKEN)
    late = queue("jawaban bot")
    send_all()
    move_fajars_floor(Floor.OFFICER)
    for _ in range(40):
        test_clock.forward(seconds=1)
        send_all()
    assert (messages_api.bodies, state(late)) == ([], DeliveryState.CANCELLED)


def test_a_floor_that_moved_away_and_back_cancels_all_the_same(
    messages_api: MessagesApi, queue: Queue
) -> None:
    late = queue("jawaban bot")
    move_fajars_floor(Floor.OFFICER)
    move_fajars_floor(Floor.BOT)
    send_all()
    assert (messages_api.bodies, state(late)) == ([], DeliveryState.CANCELLED)


@pytest.mark.slow
def test_a_takeover_waits_for_a_send_that_is_being_decided_and_no_send_follows_it(
    messages_api: MessagesApi, queue: Queue
) -> None:
    """Takeover and sending at once, many times: what was posted was decided before."""
    for round_ in range(15):
        person = f"whatsapp:+62811800{round_:04d}"
        late = queue("jawaban bot", person)
        moved: list[Outbox] = []

        def take_over(person: str = person, late: int = late, moved: list = moved) -> None:  # type: ignore[type-arg]
            with transaction() as session:
                conversation = _conversation(session, person)
                move_floor(locked(session, conversation.id), Floor.OFFICER)
            moved.append(row(late))

        at_once([send_next, take_over])
        posted = any(p["To"] == person for p in messages_api.posts)
        if moved[0].state is DeliveryState.QUEUED:
            assert not posted, "sent after the takeover was complete"
        assert state(late) is (DeliveryState.ACCEPTED if posted else DeliveryState.CANCELLED)


# --- the window of 24 hours ---


@pytest.mark.parametrize("fenced", [True, False], ids=["bot", "officer"])
def test_outside_the_window_no_free_text_goes_out_and_the_row_says_why(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock, fenced: bool
) -> None:
    late = queue("Tiket Anda ditutup.", fenced=fenced)
    test_clock.forward(hours=24)
    send_all()
    assert messages_api.posts == []
    assert (state(late), row(late).error_code) == (DeliveryState.FAILED, 63016)


def test_a_second_before_the_window_closes_it_still_goes_out(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    queue("Tiket Anda ditutup.")
    test_clock.forward(hours=24, seconds=-1)
    send_all()
    assert messages_api.bodies == ["Tiket Anda ditutup."]


def test_an_unknown_send_is_looked_up_even_after_the_window_closed(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    messages_api.next_answers.append(Fault.BROKEN_STORED)
    message_id = queue("halo")
    send_all()
    test_clock.forward(hours=25)
    send_all()
    assert state(message_id) is DeliveryState.ACCEPTED


# --- what the log may know ---


def test_neither_the_words_nor_the_number_of_a_failed_send_reach_the_log(
    messages_api: MessagesApi,
    queue: Queue,
    test_clock: TestClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    messages_api.next_answers.extend(
        [
            Refused(400, 21211, f"Invalid 'To' number: {FAJAR}"),
            Refused(429, 20429, f"Too many for {FAJAR}"),
            Fault.ERROR_500,
            Fault.BROKEN,
            Fault.NO_JSON_STORED,
        ]
    )
    queue("KATA-RAHASIA")
    queue("KATA-RAHASIA dua")
    for _ in range(60):
        send_all()
        test_clock.forward(seconds=1)
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot"))
    assert "was not sent: 21211" in ours
    assert "may have been sent" in ours
    assert "RAHASIA" not in ours
    assert "628114000001" not in ours
    assert not any(r.exc_info for r in caplog.records)


def test_a_double_click_on_the_same_reply_is_stored_once(
    write: Write, test_clock: TestClock
) -> None:
    write("halo?")
    with pytest.raises(Exception, match="client_key"), transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        for _ in range(2):
            queue_reply(
                session,
                conversation,
                "Baik.",
                speaker=Speaker.OFFICER,
                now=test_clock.now,
                client_key="k1",
            )
    with transaction() as session:
        assert session.scalars(select(Message).where(Message.client_key == "k1")).all() == []
