"""An article's PDF on its way to the applicant: after the answer, once, and never over a person."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select, update

from bot.conversation import locked
from bot.db import transaction
from bot.desk import tickets
from bot.dialogue import Put
from bot.faq import attachments
from bot.housekeeping import forget_what_is_over
from bot.models import (
    Attachment,
    Conversation,
    DeliveryState,
    MediaFile,
    Message,
    Outbox,
    Speaker,
    Staff,
)
from bot.sending_files import Attached
from bot.settings import settings
from bot.turn_taking import take_next_turn
from bot.turns import Said
from bot.whatsapp.outbound import send_next
from tests.conftest import FAJAR, TestClock
from tests.whatsapp.messages_api import MessagesApi

LookUp = Callable[[str], Staff]

PDF = b"%PDF-1.7 formulir"
NAME = "Formulir-Keberatan.pdf"


class Answering:
    """A dialogue that gives an article with its PDF."""

    def __init__(self, *attached: Attached) -> None:
        self.words = [Said("Begini caranya."), Said(attached=attached)]

    def ask(self, _: Put) -> list[Said]:
        return self.words

    def already_said(self, _: Put) -> list[Said] | None:
        return None


@pytest.fixture
def sha256(database: None, test_clock: TestClock) -> str:
    with transaction() as session:
        return attachments.keep(session, PDF, test_clock.now)


@pytest.fixture
def answer(write: Callable[..., str], sha256: str, test_clock: TestClock) -> Callable[..., None]:
    """Fajar asks and is answered; nothing is sent yet."""

    def ask_and_answer(words: str = "cara mengajukan keberatan?", sum_: str = sha256) -> None:
        write(words)
        test_clock.forward(seconds=5)
        assert take_next_turn(Answering(Attached(NAME, sum_)))  # type: ignore[arg-type]

    return ask_and_answer


def send_all() -> None:
    while send_next():
        pass


def test_the_document_follows_the_answer_at_an_address_of_its_own(
    messages_api: MessagesApi, answer: Callable[..., None], get
) -> None:
    answer()
    send_all()
    words, document = messages_api.posts
    assert words["Body"] == "Begini caranya."
    with transaction() as session:
        file = session.scalars(select(MediaFile)).one()
        message = session.get_one(Message, file.message_id)
        assert (message.speaker, str(message.kind), message.body) == (Speaker.BOT, "document", "")
    assert document == {
        "To": FAJAR,
        "From": settings().whatsapp_from,
        "MediaUrl": f"{settings().public_address}/whatsapp/media/{file.token}/{NAME}",
        "StatusCallback": f"{settings().public_address}/whatsapp/status?m={message.id}",
    }
    assert len(file.token) >= 43  # 256 random bits
    fetched = get(urlsplit(document["MediaUrl"]).path)
    assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.headers["content-disposition"] == f'inline; filename="{NAME}"'


def test_its_address_answers_only_while_it_is_on_its_way(
    messages_api: MessagesApi, answer: Callable[..., None], get, test_clock: TestClock
) -> None:
    answer()
    with transaction() as session:
        file = session.scalars(select(MediaFile)).one()
    path = f"/whatsapp/media/{file.token}/{NAME}"
    assert get(path).status_code == 404
    send_all()
    assert get(path).status_code == 200
    with transaction() as session:
        session.get_one(Outbox, file.message_id).state = DeliveryState.DELIVERED
    assert get(path).status_code == 404


def test_it_is_not_sent_once_an_officer_has_taken_over(
    messages_api: MessagesApi, answer: Callable[..., None], staff: LookUp, test_clock: TestClock
) -> None:
    answer()
    assert send_next()  # the words
    with transaction() as session:
        conversation = locked(session, session.scalars(select(Conversation.id)).one())
        tickets.step_in(session, conversation.id, staff("ani"), test_clock.now)
    send_all()
    assert ["MediaUrl" in post for post in messages_api.posts] == [False]
    with transaction() as session:
        file = session.scalars(select(MediaFile)).one()
        assert session.get_one(Outbox, file.message_id).state is DeliveryState.CANCELLED


def test_however_often_it_is_sent_its_bytes_are_kept_once_and_for_as_long_as_a_message_has_them(
    messages_api: MessagesApi, answer: Callable[..., None], sha256: str, test_clock: TestClock
) -> None:
    for question in ("caranya?", "sekali lagi?"):
        answer(question)
    send_all()
    with transaction() as session:
        files = session.scalars(select(MediaFile)).all()
        assert [file.attachment_sha256 for file in files] == [sha256] * 2
        assert session.scalars(select(MediaFile.content)).all() == [None, None]
        assert len({file.token for file in files}) == 2
    test_clock.forward(days=8)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
        assert session.scalars(select(Attachment.sha256)).all() == [sha256]
        session.execute(update(MediaFile).values(attachment_sha256=None))
        forget_what_is_over(session, test_clock.now)
        assert session.scalars(select(Attachment.sha256)).all() == []


def test_a_pdf_that_is_nowhere_does_not_keep_the_answer_back(
    messages_api: MessagesApi, answer: Callable[..., None]
) -> None:
    answer(sum_="0" * 64)
    send_all()
    assert [post["Body"] for post in messages_api.posts] == ["Begini caranya."]
