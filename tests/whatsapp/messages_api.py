"""A server that answers as Twilio's Messages API does, well or badly, as a test tells it."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Fault(Enum):
    """What may go wrong with a send; in the STORED ones Twilio has the message all the same."""

    BROKEN = auto()
    BROKEN_STORED = auto()
    ERROR_500 = auto()
    ERROR_500_STORED = auto()
    SILENCE_STORED = auto()  # no answer until the test ends
    NO_JSON_STORED = auto()


STORED = {Fault.BROKEN_STORED, Fault.ERROR_500_STORED, Fault.SILENCE_STORED, Fault.NO_JSON_STORED}


@dataclass(frozen=True)
class Refused:
    """An answer in Twilio's error format; with `problem` in that of RFC 9457."""

    status: int
    code: int
    message: str = "refused"
    problem: bool = False


class MessagesApi:
    """`sent` holds the forms of all messages that Twilio has, `posts` of all that were tried."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.posts: list[dict[str, str]] = []
        self.lookups: list[dict[str, str]] = []
        self.next_answers: deque[Fault | Refused] = deque()
        self.list_is_down = False
        self.arrived = threading.Event()
        self.go_on = threading.Event()  # ends a SILENCE, and a wait of `hold`
        self.hold = False
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> MessagesApi:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def bodies(self) -> list[str]:
        """The texts that Twilio has, in the order in which they came."""
        return [form.get("Body", "") for form in self.sent]

    def take(self, form: dict[str, str]) -> Fault | Refused | dict[str, str]:
        with self._lock:
            self.posts.append(form)
            fault = self.next_answers.popleft() if self.next_answers else None
            if fault is not None and fault not in STORED:
                return fault
            message = form | {
                "sid": f"SMf{len(self.sent) + 1:031x}",
                "date": format_datetime(datetime.now(UTC)),
            }
            self.sent.append(message)
        return fault or message

    def list_for(self, query: dict[str, str]) -> list[dict[str, str]]:
        with self._lock:
            self.lookups.append(query)
            return [m for m in reversed(self.sent) if m["To"] == query["To"]]


def _resource(message: dict[str, str]) -> dict[str, Any]:
    """The Message resource, as far as anybody reads it."""
    return {
        "sid": message["sid"],
        "status": "queued",
        "body": message.get("Body", ""),
        "to": message["To"],
        "from": message["From"],
        "date_created": message["date"],
    }


def _handler(api: MessagesApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[-1] for k, v in parse_qs(body, keep_blank_values=True).items()}
            api.arrived.set()
            if api.hold:
                api.go_on.wait(10)
            outcome = api.take(form)
            if isinstance(outcome, Refused):
                self._answer(outcome.status, _error(outcome))
            elif isinstance(outcome, Fault):
                self._fail(outcome)
            else:
                self._answer(201, json.dumps(_resource(outcome)))

        def do_GET(self) -> None:
            query = {k: v[-1] for k, v in parse_qs(urlsplit(self.path).query).items()}
            listed = [_resource(m) for m in api.list_for(query)]
            if api.list_is_down:
                self._answer(503, "")
                return
            page = {"messages": listed, "page": 0, "page_size": 50, "next_page_uri": None}
            self._answer(200, json.dumps(page))

        def _fail(self, fault: Fault) -> None:
            if fault in (Fault.ERROR_500, Fault.ERROR_500_STORED):
                self._answer(500, json.dumps({"message": f"failed for {api.posts[-1]['To']}"}))
            elif fault is Fault.NO_JSON_STORED:
                self._answer(201, "<html>")
            elif fault is Fault.SILENCE_STORED:
                api.go_on.wait(10)
            self.close_connection = True

        def _answer(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: the test's output stays readable."""

    return Handler


def _error(refused: Refused) -> str:
    error = {"status": refused.status, "code": refused.code, "message": refused.message}
    if refused.problem:
        error |= {"type": "https://www.twilio.com/docs/errors", "title": refused.message}
    return json.dumps(error)
