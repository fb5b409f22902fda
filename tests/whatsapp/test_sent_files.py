"""Officers' files on their way: the address Twilio is told, while it answers, sent never twice."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from bot.conversation import locked, queue_reply
from bot.db import transaction
from bot.models import (
    Conversation,
    DeliveryState,
    MediaFile,
    Message,
    Outbox,
    Speaker,
    Staff,
    Ticket,
    TicketReason,
    TicketState,
)
from bot.sending_files import OutgoingFile, queue_file
from bot.settings import settings
from bot.whatsapp.outbound import send_next
from tests.conftest import FAJAR, TestClock
from tests.whatsapp.messages_api import Fault, MessagesApi, Refused

PDF = b"%PDF-1.7 surat"
PNG = b"\x89PNG\r\n\x1a\n foto"

Queue = Callable[..., int]


@pytest.fixture
def queue(write: Callable[..., str], test_clock: TestClock) -> Queue:
    """Queue a file for Fajar: `queue("a.pdf", "application/pdf", PDF, "ini")`; the message's id."""
    write("halo?")
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        ticket = Ticket(
            number="MC-1",
            conversation_id=conversation.id,
            state=TicketState.HELD,
            reason=TicketReason.ASKED_FOR_PERSON,
            opened_at=test_clock.now,
        )
        session.add(ticket)
        session.flush()
        ticket_id = ticket.id

    def put(name: str, content_type: str, content: bytes, caption: str = "") -> int:
        with transaction() as session:
            conversation = session.scalars(select(Conversation)).one()
            return queue_file(
                session,
                conversation,
                OutgoingFile(name, content_type, content),
                caption,
                now=test_clock.now,
                ticket_id=ticket_id,
                staff_id=session.scalars(select(Staff.id).limit(1)).one(),
            ).id

    return put


def path_of(message_id: int) -> str:
    with transaction() as session:
        file = session.scalars(select(MediaFile).where(MediaFile.message_id == message_id)).one()
        return f"/whatsapp/media/{file.token}/{file.name}"


def state(message_id: int) -> DeliveryState:
    with transaction() as session:
        return session.get_one(Outbox, message_id).state


def test_twilio_is_told_where_the_file_is_and_gets_it_there(
    messages_api: MessagesApi, queue: Queue, get
) -> None:
    message_id = queue("surat.pdf", "application/pdf", PDF)
    send_next()
    [post] = messages_api.posts
    assert post == {
        "To": FAJAR,
        "From": settings().whatsapp_from,
        "MediaUrl": settings().public_address + path_of(message_id),
        "StatusCallback": f"{settings().public_address}/whatsapp/status?m={message_id}",
    }
    answer = get(urlsplit(post["MediaUrl"]).path)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="surat.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_words_go_under_a_picture(messages_api: MessagesApi, queue: Queue) -> None:
    queue("foto.png", "image/png", PNG, "Ini fotonya.")
    send_next()
    assert messages_api.posts[0]["Body"] == "Ini fotonya."
    assert messages_api.posts[0]["MediaUrl"].endswith("/foto.png")


def test_the_address_answers_only_while_the_file_is_on_its_way(
    messages_api: MessagesApi, queue: Queue, get, test_clock: TestClock
) -> None:
    message_id = queue("surat.pdf", "application/pdf", PDF)
    path = path_of(message_id)
    assert get(path).status_code == 404  # not yet
    send_next()
    assert get(path).status_code == 200
    for wrong in (path + "x", path.replace("surat", "foto"), "/whatsapp/media/1/surat.pdf"):
        assert get(wrong).status_code == 404, wrong
    for reached, status in (
        (DeliveryState.SENT, 200),
        (DeliveryState.DELIVERED, 404),
        (DeliveryState.FAILED, 404),
        (DeliveryState.UNKNOWN, 200),
    ):
        with transaction() as session:
            session.get_one(Outbox, message_id).state = reached
        assert get(path).status_code == status, reached
    test_clock.forward(hours=4)
    assert get(path).status_code == 404


def test_a_later_attempt_opens_the_address_again(
    messages_api: MessagesApi, queue: Queue, get, test_clock: TestClock
) -> None:
    message_id = queue("surat.pdf", "application/pdf", PDF)
    messages_api.next_answers.append(Refused(429, 20429))
    send_next()
    assert state(message_id) is DeliveryState.QUEUED
    test_clock.forward(hours=5)
    assert get(path_of(message_id)).status_code == 404
    send_next()
    assert get(path_of(message_id)).status_code == 200
    assert len(messages_api.sent) == 1


@pytest.mark.parametrize("caption", ["", "Ini."])
def test_a_send_that_may_have_happened_is_found_by_its_words_or_the_lack_of_any(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock, caption: str
) -> None:
    before = queue("satu.png", "image/png", PNG, caption)
    send_next()
    message_id = queue("dua.png", "image/png", PNG, caption)
    messages_api.next_answers.append(Fault.BROKEN_STORED)
    send_next()
    assert state(message_id) is DeliveryState.UNKNOWN
    test_clock.forward(seconds=1)
    send_next()
    assert state(message_id) is DeliveryState.ACCEPTED
    with transaction() as session:
        sids = [session.get_one(Message, one).message_sid for one in (before, message_id)]
    assert sids == [m["sid"] for m in messages_api.sent]


def test_a_file_that_never_left_is_not_taken_for_other_words_and_is_sent_again(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    """Another message to the same person, which our tables don't know, is not this file."""
    message_id = queue("satu.png", "image/png", PNG)
    messages_api.take({"To": FAJAR, "From": settings().whatsapp_from, "Body": "dari tempat lain"})
    messages_api.next_answers.append(Fault.BROKEN)
    send_next()
    for seconds in (1, 3, 8, 0):
        test_clock.forward(seconds=seconds)
        send_next()
    assert state(message_id) is DeliveryState.ACCEPTED
    assert messages_api.sent[-1]["MediaUrl"].endswith("/satu.png")


def test_words_and_files_go_out_in_the_order_in_which_they_were_queued(
    messages_api: MessagesApi, queue: Queue, test_clock: TestClock
) -> None:
    queue("a.pdf", "application/pdf", PDF)
    queue("b.png", "image/png", PNG)
    with transaction() as session:
        conversation = locked(session, session.scalars(select(Conversation.id)).one())
        queue_reply(session, conversation, "sudah", speaker=Speaker.OFFICER, now=test_clock.now)
    while send_next():
        pass
    told = [
        form.get("MediaUrl", form.get("Body", "")).rsplit("/")[-1] for form in messages_api.sent
    ]
    assert told == ["a.pdf", "b.png", "sudah"]
