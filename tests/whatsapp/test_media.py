"""Applicants' files: from Twilio's hosts alone, once, and known by their first bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from bot.db import transaction
from bot.file_types import safe_type
from bot.models import MediaFile
from bot.settings import settings
from bot.whatsapp import media
from tests.conftest import TestClock

Write = Callable[..., str]

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


class Files:
    """Twilio's file server as a test tells it: the status, headers and bytes of each path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append((self.path, self.headers.get("Authorization")))
                status, headers, content = files.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def files(change_settings: Callable[..., None]) -> Iterator[Files]:
    """A server that stands where Twilio's API would."""
    one = Files()
    thread = threading.Thread(target=one.server.serve_forever, args=(0.01,))
    thread.start()
    change_settings(TWILIO_API_BASE_URL=one.address)
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


@pytest.fixture
def receive(write: Write) -> Callable[..., None]:
    """Fajar sends a file that lies at `url`."""

    def send(url: str, content_type: str = "image/png") -> None:
        write("", NumMedia="1", MediaUrl0=url, MediaContentType0=content_type)

    return send


def the_file() -> MediaFile:
    with transaction() as session:
        return session.scalars(select(MediaFile).options(undefer(MediaFile.content))).one()


def test_a_file_is_fetched_once_with_the_accounts_name_and_kept(
    files: Files, receive: Callable[..., None]
) -> None:
    files.answers["/m"] = (200, {}, PNG)
    receive(f"{files.address}/m")
    assert media.fetch_next()
    assert not media.fetch_next()
    file = the_file()
    assert (file.content, file.size, file.safe_type) == (PNG, len(PNG), "image/png")
    [(_, credentials)] = files.asked
    assert (credentials or "").startswith("Basic ")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/metadata",
        "https://evil.example/twilio.com",
        "https://nottwilio.com/x",
        "http://media.twiliocdn.com/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_foreign_address_is_never_asked(
    files: Files, receive: Callable[..., None], url: str
) -> None:
    receive(url)
    media.fetch_next()
    assert the_file().fault == "refused"
    assert files.asked == []


def test_a_redirect_to_a_foreign_address_is_not_followed(
    files: Files, receive: Callable[..., None]
) -> None:
    files.answers["/m"] = (307, {"Location": "http://169.254.169.254/latest"}, b"")
    receive(f"{files.address}/m")
    media.fetch_next()
    assert the_file().fault == "refused"


def test_redirects_come_to_an_end(files: Files, receive: Callable[..., None]) -> None:
    files.answers["/m"] = (307, {"Location": "/m"}, b"")
    receive(f"{files.address}/m")
    media.fetch_next()
    assert the_file().fault == "refused"
    assert len(files.asked) == media.MOST_REDIRECTS + 1


def test_what_is_gone_or_too_large_is_said_and_not_asked_for_again(
    files: Files, receive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(f"{files.address}/gone")
    media.fetch_next()
    monkeypatch.setattr(media, "LARGEST", 10)
    files.answers["/m"] = (200, {}, PNG)
    receive(f"{files.address}/m")
    media.fetch_next()
    assert not media.fetch_next()
    with transaction() as session:
        faults = session.scalars(select(MediaFile.fault).order_by(MediaFile.id)).all()
    assert faults == ["gone", "too_large"]


def test_what_can_not_be_reached_is_tried_again_later_and_given_up_at_last(
    files: Files, receive: Callable[..., None], test_clock: TestClock
) -> None:
    files.answers["/m"] = (503, {}, b"")
    receive(f"{files.address}/m")
    for after in media.RETRY_AFTER:
        assert media.fetch_next()
        assert not media.fetch_next()
        assert the_file().fault is None
        test_clock.now += after
    assert media.fetch_next()
    assert the_file().fault == "unreachable"


def test_a_worker_killed_while_fetching_leaves_the_file_to_the_next(
    files: Files, receive: Callable[..., None], test_clock: TestClock
) -> None:
    files.answers["/m"] = (200, {}, PNG)
    receive(f"{files.address}/m")
    with transaction() as session:
        assert media._begin(session, test_clock.now) is not None
    assert not media.fetch_next()
    test_clock.now += media.LEASE
    assert media.fetch_next()
    assert the_file().safe_type == "image/png"


@pytest.mark.parametrize(
    ("content", "stated", "known"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", "image/webp"),
        (b"%PDF-1.7", "application/pdf", "application/pdf"),
        (b"OggS\0", "audio/ogg; codecs=opus", "audio/ogg"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4", "audio/mp4"),
        (b"\0\0\0\x18ftypisom", "video/mp4", "video/mp4"),
        (b"<svg onload=alert(1)>", "image/svg+xml", None),
        (b"<html><script>", "image/png", None),
        (b"PK\x03\x04", "application/pdf", None),
        (b"", "image/png", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, stated: str, known: str | None) -> None:
    assert safe_type(content, stated) == known


def test_the_stand_in_counts_as_twilio(change_settings: Callable[..., None]) -> None:
    change_settings(TWILIO_API_BASE_URL="")
    assert media._credentials(f"{settings().twilio_api}/2010-04-01/x") is not None
