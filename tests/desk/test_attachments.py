"""Files in a reply: which are taken, as which messages they go out, and how long they are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from bot.conversation import WindowClosed
from bot.db import transaction
from bot.desk import attachments, replies, tickets
from bot.desk.attachments import BadFile, TooManyFiles, checked, plain_name
from bot.desk.tickets import NotYours, WrongState
from bot.housekeeping import forget_what_is_over
from bot.models import Clock, DeliveryState, MediaFile, Message, Outbox, Person, Staff, TicketEvent
from bot.settings import settings
from tests.conftest import TestClock
from tests.threads import at_once

JPEG = b"\xff\xd8\xff" + b"j" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 20
PDF = b"%PDF-1.7 " + b"d" * 20
MEGABYTE = 1024 * 1024

Send = Callable[..., list[Message]]


@pytest.fixture
def send(held: int, test_clock: TestClock, ani: Staff) -> Send:
    """Ani replies with files: `send("ini suratnya", ("surat.pdf", PDF))`."""

    def reply(
        text: str, *files: tuple[str, bytes], key: str = "k", by: Staff = ani
    ) -> list[Message]:
        with transaction() as session:
            return attachments.reply(
                session, held, by, text, checked(files), test_clock.now, client_key=key
            )

    return reply


def sent() -> list[tuple[str, str]]:
    """Kind and words of each message of Ani's."""
    with transaction() as session:
        rows = session.scalars(
            select(Message).where(Message.staff_id.is_not(None)).order_by(Message.id)
        )
        return [(str(m.kind), m.body) for m in rows]


def kept() -> list[tuple[str | None, bytes | None]]:
    with transaction() as session:
        rows = session.scalars(
            select(MediaFile).order_by(MediaFile.id).options(undefer(MediaFile.content))
        )
        return [(file.name, file.content) for file in rows]


# --- as which messages ---


@pytest.mark.parametrize(
    ("text", "files", "messages"),
    [
        ("Ini fotonya.", [("a.jpg", JPEG)], [("image", "Ini fotonya.")]),
        ("", [("a.png", PNG)], [("image", "")]),
        ("  ", [("a.pdf", PDF)], [("document", "")]),
        ("Ini suratnya.", [("a.pdf", PDF)], [("text", "Ini suratnya."), ("document", "")]),
        (
            "Dua.",
            [("a.jpg", JPEG), ("b.pdf", PDF), ("c.png", PNG)],
            [("image", "Dua."), ("document", ""), ("image", "")],
        ),
        ("x" * 1024, [("a.jpg", JPEG)], [("image", "x" * 1024)]),
        ("x" * 1025, [("a.jpg", JPEG)], [("text", "x" * 1025), ("image", "")]),
        ("\U0001f600" * 513, [("a.jpg", JPEG)], [("text", "\U0001f600" * 513), ("image", "")]),
    ],
)
def test_each_file_is_a_message_and_words_go_under_a_picture_that_comes_first(
    send: Send,
    text: str,
    files: list[tuple[str, bytes]],
    messages: list[tuple[str, str]],
) -> None:
    send(text, *files)
    assert sent() == messages
    assert kept() == files


def test_a_file_without_words_is_a_reply_and_stops_the_clock(
    send: Send, held: int, ani: Staff, test_clock: TestClock
) -> None:
    [message] = send("", ("a.pdf", PDF))
    with transaction() as session:
        assert session.scalars(select(Clock)).one().stopped_at == test_clock.now
        event = session.scalars(select(TicketEvent).where(TicketEvent.kind == "replied")).one()
        assert event.staff_id == ani.id
        assert event.data == {"messages": [message.id], "files": 1}


def test_the_same_reply_sent_four_times_at_once_goes_out_once(send: Send) -> None:
    at_once([lambda: send("Surat", ("a.pdf", PDF), ("b.jpg", JPEG))] * 4)
    assert [kind for kind, _ in sent()] == ["text", "document", "image"]
    assert len(kept()) == 2


def test_only_the_holder_sends_files_and_only_while_whatsapp_takes_them(
    send: Send, held: int, ali: Staff, ani: Staff, test_clock: TestClock
) -> None:
    with pytest.raises(NotYours):
        send("", ("a.pdf", PDF), by=ali)
    test_clock.forward(hours=25)
    with pytest.raises(WindowClosed):
        send("", ("a.pdf", PDF))
    with transaction() as session:
        tickets.hand_back(session, held, ani, test_clock.now)
    with pytest.raises(WrongState):
        send("", ("a.pdf", PDF))
    assert kept() == []


# --- which files ---


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("virus.pdf", b"MZ\x90\0", "type"),
        ("halaman.pdf", b"<html><script>alert(1)</script>", "type"),
        ("gerak.gif", b"GIF89a", "type"),
        ("suara.ogg", b"OggS", "type"),
        ("kosong.pdf", b"", "type"),
        ("besar.jpg", JPEG.ljust(5 * MEGABYTE + 1, b"x"), "size"),
        ("besar.pdf", PDF.ljust(16 * MEGABYTE + 1, b"x"), "size"),
    ],
)
def test_what_whatsapp_would_not_take_is_refused_by_its_bytes(
    name: str, content: bytes, why: str
) -> None:
    with pytest.raises(BadFile) as bad:
        checked([("baik.jpg", JPEG), (name, content)])
    assert (bad.value.name, bad.value.why) == (name, why)


def test_the_largest_files_are_taken_and_their_number_is_limited() -> None:
    largest = [
        ("a.jpg", JPEG.ljust(5 * MEGABYTE, b"x")),
        ("b.pdf", PDF.ljust(16 * MEGABYTE, b"x")),
    ]
    assert [file.content_type for file in checked(largest)] == ["image/jpeg", "application/pdf"]
    with pytest.raises(TooManyFiles):
        checked([("a.jpg", JPEG)] * 6)
    with pytest.raises(TooManyFiles):
        checked(largest[1:] * 2 + [("c.jpg", JPEG)])


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Surat Keputusan (1).PDF", "Surat-Keputusan-1.pdf"),
        ("foto.html", "foto.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ani\\tagihan.jpg", "tagihan.pdf"),
        ("Pièce jointe\r\nX: y.pdf", "Piece-jointe-X-y.pdf"),
        ("\u901a\u77e5.pdf", "berkas.pdf"),
        ("...", "berkas.pdf"),
        ("x" * 200 + ".pdf", "x" * 60 + ".pdf"),
    ],
)
def test_a_name_is_plain_and_ends_as_what_the_file_is(name: str, plain: str) -> None:
    assert plain_name(name, "application/pdf") == plain


# --- afterwards ---


def test_a_failed_file_is_sent_again_with_its_words_under_another_address(
    send: Send, ani: Staff, test_clock: TestClock
) -> None:
    [failed] = send("Ini fotonya.", ("a.jpg", JPEG))
    with transaction() as session:
        session.get_one(Outbox, failed.id).state = DeliveryState.FAILED
    for _ in range(2):
        with transaction() as session:
            replies.resend(session, failed.id, ani, test_clock.now)
    assert sent() == [("image", "Ini fotonya.")] * 2
    assert kept() == [("a.jpg", JPEG)] * 2
    with transaction() as session:
        tokens = session.scalars(select(MediaFile.token)).all()
    assert len(set(tokens)) == 2
    assert min(len(token or "") for token in tokens) >= 43  # 256 random bits


def test_files_go_with_the_person_when_the_retention_ends(
    send: Send, held: int, ani: Staff, test_clock: TestClock
) -> None:
    send("", ("a.pdf", PDF))
    with transaction() as session:
        tickets.hand_back(session, held, ani, test_clock.now)
        session.scalars(select(Person)).one().created_at = test_clock.now
    test_clock.forward(days=settings().retention_days - 1)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
    assert len(kept()) == 1
    test_clock.forward(days=2)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
    assert kept() == []
