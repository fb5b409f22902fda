"""A stand-in for Twilio on a port of its own, and a service that writes down what it is told."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
import uvicorn
from starlette.applications import Starlette
from twilio.request_validator import RequestValidator
from twilio.rest import Client

FROM = "whatsapp:+62000000000"
FAJAR = "whatsapp:+628114000001"


def eventually(check: Callable[[], object], seconds: float = 6.0) -> object:
    """What `check` answers once that is true; fails when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@dataclass
class Told:
    """One form as the service got it."""

    path: str
    form: dict[str, str]
    signed: bool


@dataclass
class Service:
    """Stands where the web process does: takes forms, answers what it is set to."""

    address: str
    told: list[Told] = field(default_factory=list)
    # Answers for the next forms, then 200 again.
    answers: list[int] = field(default_factory=list)

    def inbound(self) -> list[Told]:
        return [told for told in self.told if told.path == "/whatsapp/inbound"]

    def statuses(self) -> list[str]:
        return [t.form["MessageStatus"] for t in self.told if "MessageStatus" in t.form]


PDF = b"%PDF-1.7 surat"
PNG = bytes.fromhex(  # one grey dot
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6368000000820081777cd72e0000000049454e44ae426082"
)


@dataclass
class Files:
    """A web server with files to be sent: the Content-Type and bytes of each path."""

    address: str
    answers: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def files() -> Iterator[Files]:
    files = Files(address="")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.asked.append(self.path)
            content_type, content = files.answers.get(self.path, ("", b""))
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    files.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield files
    server.shutdown()
    thread.join()
    server.server_close()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            from bot.settings import settings

            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
            signed = RequestValidator(settings().auth_token).validate(
                service.address + self.path, form, self.headers.get("X-Twilio-Signature", "")
            )
            service.told.append(Told(self.path, form, signed))
            self.send_response(service.answers.pop(0) if service.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def service(database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service's public address points at a recorder for the length of the test."""
    from bot.settings import settings

    service = Service(address="")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    server.daemon_threads = True
    service.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("PUBLIC_URL", service.address)
    settings.cache_clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield service
    server.shutdown()
    thread.join()
    server.server_close()
    monkeypatch.undo()
    settings.cache_clear()


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """The app on a free port of this machine; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        eventually(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def standin(service: Service) -> Iterator[str]:
    """The stand-in's address, with its postman at work."""
    from bot.simulator import standin_app

    with serving(standin_app()) as address:
        yield address


def twilio_client(address: str, token: str | None = None) -> Client:
    from bot.settings import settings

    client = Client(settings().account_sid, token or settings().auth_token)
    client.api.base_url = address
    return client


@pytest.fixture
def client(standin: str) -> Iterator[Client]:
    """Twilio's own client, pointed at the stand-in."""
    client = twilio_client(standin)
    yield client
    client.http_client.session.close()


@pytest.fixture
def network(database: None) -> Callable[..., None]:
    """Sets the stand-in's faults: `network(fail_rate=1, fail_kind="429")`."""
    from bot.db import transaction
    from bot.simulator.faults import Faults, faults_from, set_faults

    def change(**facts: object) -> None:
        with transaction() as session:
            set_faults(session, faults_from(facts, Faults()))

    return change
