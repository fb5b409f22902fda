"""Files attached to a reply: taken once, shown like received ones, refused with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot import clock
from bot.console import uploads
from bot.db import transaction
from bot.desk import tickets
from bot.models import MediaFile, Message, Note, Speaker, Staff

PDF = b"%PDF-1.7 surat"
JPEG = b"\xff\xd8\xff foto"
MEGABYTE = 1024 * 1024

Files = list[tuple[str, bytes]]


@pytest.fixture
def held(ticket: Callable[..., int]) -> int:
    """A ticket that Ani holds."""
    number = ticket()
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, clock.now())
    return number


def send(console, path: str, files: Files, csrf: str | None = None, **form: str):
    """Post the form with files as a browser does."""
    fields = {"csrf": console.csrf if csrf is None else csrf, "client_key": "k", **form}
    parts = [("files", (name, content, "application/pdf")) for name, content in files]
    return console.client.post(path, data=fields, files=parts, headers={"X-Console": "1"})


def reply_to(number: int) -> str:
    return f"/console/tickets/{number}/reply"


def sent() -> list[tuple[str, str]]:
    with transaction() as session:
        found = session.scalars(
            select(Message).where(Message.speaker == Speaker.OFFICER).order_by(Message.id)
        )
        return [(str(m.kind), m.body) for m in found]


def test_what_was_sent_is_shown_in_the_conversation_and_opens(as_, held):
    ani = as_("ani")
    files = [("Foto paket.jpg", JPEG), ("Surat Tagihan.pdf", PDF)]
    answer = send(ani, reply_to(held), files, text="Ini keduanya.")
    assert answer.json() == {"goto": f"/console/tickets/{held}"}
    assert sent() == [("image", "Ini keduanya."), ("document", "")]
    page = ani.get(f"/console/tickets/{held}").text
    assert 'alt="Gambar dari petugas"' in page
    assert "Surat-Tagihan.pdf" in page
    pictures, documents = (
        set(re.findall(rf'{attribute}="(/console/media/\d+)"', page))
        for attribute in ("src", "href")
    )
    [picture] = pictures
    [document] = documents - pictures
    assert ani.get(picture).content == JPEG
    opened = ani.get(document)
    assert (opened.content, opened.headers["content-type"]) == (PDF, "application/pdf")
    assert 'filename="Surat-Tagihan.pdf"' in opened.headers["content-disposition"]
    assert as_("budi").get(document).status_code == 404


def test_a_double_click_sends_files_once(as_, held):
    ani = as_("ani")
    for _ in range(2):
        assert send(ani, reply_to(held), [("a.pdf", PDF)], text="Ini.").status_code == 200
    assert sent() == [("text", "Ini."), ("document", "")]


def test_the_same_form_without_files_sends_words(as_, held):
    answer = as_("ani")
    assert send(answer, reply_to(held), [("", b"")], text="Hanya kata.").status_code == 200
    assert sent() == [("text", "Hanya kata.")]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (
            [("baik.pdf", PDF), ("halaman.pdf", b"<html><script>")],
            "halaman.pdf tidak dilampirkan: hanya JPEG, PNG dan PDF yang bisa dikirim.",
        ),
        (
            [("besar {0}.jpg", JPEG.ljust(5 * MEGABYTE + 1))],
            "besar {0}.jpg tidak dilampirkan: gambar paling besar 5 MB, PDF 16 MB.",
        ),
        (
            [("a.pdf", PDF)] * 6,
            "Paling banyak 5 berkas dan 32 MB sekali kirim. Kirim sisanya sesudah ini.",
        ),
    ],
)
def test_what_can_not_be_sent_is_refused_with_the_reason_and_nothing_goes_out(
    as_, held, files, sentence
):
    answer = send(as_("ani"), reply_to(held), files, text="Ini.")
    assert (answer.status_code, answer.json()) == (422, {"refused": sentence})
    assert sent() == []


def test_a_form_that_is_too_large_is_not_even_read(as_, held, monkeypatch):
    ani = as_("ani")
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 10_000)
    monkeypatch.setattr("starlette.requests.Request.form", lambda *_, **__: pytest.fail("read"))
    answer = send(ani, reply_to(held), [("a.pdf", PDF.ljust(10_000))])
    assert answer.status_code == 413
    assert "terlalu besar" in answer.json()["refused"]


def test_nobody_else_sends_files(as_, anybody, held, monkeypatch):
    path = reply_to(held)
    for username in ("budi", "dewi"):
        assert send(as_(username), path, [("a.pdf", PDF)]).status_code == 404
    assert send(as_("ali"), path, [("a.pdf", PDF)]).status_code == 409
    assert send(as_("ani"), path, [("a.pdf", PDF)], csrf="guessed").status_code == 403
    monkeypatch.setattr("starlette.requests.Request.form", lambda *_, **__: pytest.fail("read"))
    assert send(anybody, path, [("a.pdf", PDF)]).status_code == 401
    assert sent() == []


def test_a_note_takes_no_files(as_, held):
    with transaction() as session:
        conversation = session.scalars(select(Message.conversation_id)).first()
    answer = send(
        as_("ani"), f"/console/conversations/{conversation}/note", [("a.pdf", PDF)], note="x"
    )
    assert answer.status_code in (400, 403)  # its form is no form with files
    with transaction() as session:
        assert session.scalars(select(Note)).all() == []
        assert session.scalars(select(MediaFile)).all() == []


def test_a_form_that_is_none_is_refused(as_, held):
    ani = as_("ani")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = ani.client.post(reply_to(held), content=b"nonsense", headers=headers)
    assert answer.status_code in (400, 403)
    assert sent() == []
