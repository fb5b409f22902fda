"""The whole service as `make run` starts it, and the network beyond it, for tests from outside.

The service has its own embedded PostgreSQL and speaks to Twilio's stand-in as to Twilio: with
an account configured, so that its own simulator is off. The stand-in is a process of its own
with its own database, and so sees everything that reaches "Twilio" whatever is killed here.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
from sqlalchemy import Engine, create_engine, text
from twilio.request_validator import RequestValidator

from bot.launcher.database import create_embedded, mark_prepared, wait_for_embedded
from bot.launcher.manager import Manager, State
from bot.launcher.postgres import embedded_address
from bot.settings import (
    ROOT,
    SIMULATOR_ACCOUNT_SID,
    SIMULATOR_AUTH_TOKEN,
    SIMULATOR_FROM,
    Settings,
)

ACCOUNT_SID = "AC" + "7" * 32
AUTH_TOKEN = "a-token-of-the-tests"
SENDER = "whatsapp:+14155238886"

_SENT = (
    'SELECT sid, "to", body, status, created_at FROM simulator_message '
    "WHERE direction = 'outbound-api' AND (CAST(:to AS text) IS NULL OR \"to\" = :to) ORDER BY id"
)
_numbers = itertools.count(1)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(what: str, holds: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true value of `holds`; fails naming `what` when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = holds()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def somebody() -> str:
    """The WhatsApp address of an applicant whom nobody else plays in this run."""
    return f"whatsapp:+6281199{next(_numbers):06d}"


class StandIn:
    """Twilio's stand-in as a process, and what it has seen."""

    def __init__(self, database_address: str, log: Path, niceness: int = 0) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = os.environ | {
            "DATABASE_URL": database_address,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "PUBLIC_URL": self.url,
        }
        command = ["nice", "-n", str(niceness), sys.executable]
        command += ["-m", "uvicorn", "--factory", "bot.simulator:standin_app"]
        command += ["--port", str(self.port), "--log-level", "warning"]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        self._engine = create_engine(
            database_address.replace("postgresql://", "postgresql+psycopg://")
        )
        wait_for("the stand-in answers", self._answers)

    def sent(self, to: str | None = None) -> list[dict[str, Any]]:
        """What the service has sent, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(text(_SENT), {"to": to}).mappings()
            return [dict(row) for row in rows]

    def faults(self, **values: Any) -> None:
        """Make the network misbehave, or behave again with no values."""
        plain = {"delay_ms": 0, "fail_rate": 0, "duplicate": False, "reorder": False}
        settings = ", ".join(f"{name} = :{name}" for name in (plain | values))
        with self._engine.begin() as connection:
            connection.execute(
                text("INSERT INTO simulator_faults (id) VALUES (1) ON CONFLICT DO NOTHING")
            )
            connection.execute(text(f"UPDATE simulator_faults SET {settings}"), plain | values)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._engine.dispose()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/2010-04-01/", timeout=1).status_code < 500
        except httpx.HTTPError:
            return False


@dataclass
class Service:
    """The running service: speak to it as Twilio and as an officer's browser do."""

    folder: Path
    twilio_url: str | None  # None: the simulator is on
    extra: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.web_port, rasa_port, actions_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in _ours()},
            "DATA_DIR": str(self.folder),
            "WEB_PORT": str(self.web_port),
            "PUBLIC_URL": self.url,
            "RASA_URL": f"http://127.0.0.1:{rasa_port}",
            "ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
            **(_account(self.twilio_url) if self.twilio_url else {}),
            "RATE_LIMIT_PER_MINUTE": "1000",
            "CI": "true",
            **self.extra,
        }

    def start(self, seconds: float = 500.0) -> None:
        """Start it with the README's command and wait until every part is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._http = httpx.Client(base_url=self.url, timeout=10, trust_env=False)
        self.log = self.folder / "run.log"
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for("the service is ready", self._ready_or_dead, seconds)
        self.engine: Engine = create_engine(embedded_address(self.folder), pool_pre_ping=True)

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        self.engine.dispose()
        self._http.close()
        os.kill(self._process.pid, signal.SIGINT)
        return self._process.wait(30)

    def readiness(self) -> dict[str, str]:
        """`/readyz` as it stands; empty while nobody answers."""
        try:
            answer: dict[str, str] = self._http.get("/readyz").json()
        except (httpx.HTTPError, ValueError):
            return {}
        return answer

    def is_ready(self) -> bool:
        """Whether every part is."""
        parts = self.readiness()
        return bool(parts) and all(state == "ready" for state in parts.values())

    def programs(self) -> list[State]:
        """What the process manager runs, with process ids."""
        return Manager(Settings(data_dir=self.folder)).states()

    def pid(self, program: str) -> int:
        """The process that the manager runs for a program now; 0 while there is none."""
        return next((s.pid for s in self.programs() if s.group == program), 0)

    def kill(self, program: str) -> None:
        """kill -9 of one program's process."""
        for state in self.programs():
            if state.group == program and state.pid:
                os.kill(state.pid, signal.SIGKILL)

    @contextmanager
    def killed(self, program: str) -> Iterator[None]:
        """kill -9 of one program's process, which the manager notices after the block."""
        process = psutil.Process(self.pid(program))
        manager = process.parent()
        assert manager is not None
        manager.suspend()
        try:
            process.kill()
            yield
        finally:
            manager.resume()

    @contextmanager
    def paused(self, program: str) -> Iterator[None]:
        """A program's process stands still for the length of the block: there, and mute."""
        pid = self.pid(program)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def beside(self, command: str, log: Path, **settings: str) -> Iterator[None]:
        """One more process of ours (`python -m bot web`, say) for the length of the block."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", command],
                cwd=ROOT,
                env=self.environment | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)

    def signature(self, path: str, form: dict[str, str]) -> str:
        """What Twilio would sign this form with."""
        token = AUTH_TOKEN if self.twilio_url else SIMULATOR_AUTH_TOKEN
        return str(RequestValidator(token).compute_signature(f"{self.url}{path}", form))

    def post(
        self,
        path: str,
        form: dict[str, str],
        signature: str | None = None,
        at: str | None = None,
    ) -> httpx.Response:
        """A form as Twilio posts it, signed unless a signature is given, to `at` or to us."""
        signed = self.signature(path, form) if signature is None else signature
        address = f"{at or self.url}{path}"
        return self._http.post(address, data=form, headers={"X-Twilio-Signature": signed})

    def sent(self, to: str | None = None) -> list[dict[str, Any]]:
        """What its own simulator was given to send, oldest first."""
        return self.rows(_SENT, to=to)

    def form(self, person: str, body: str, sid: str | None = None, **fields: str) -> dict[str, str]:
        """A message's form, for the account that this service has."""
        sid = sid or message_sid(f"{person}/{body}/{time.monotonic_ns()}")
        if self.twilio_url is None:
            fields = {"AccountSid": SIMULATOR_ACCOUNT_SID, "To": SIMULATOR_FROM, **fields}
        return inbound_form(person, body, sid, **fields)

    def say(self, person: str, body: str, sid: str | None = None, **fields: str) -> str:
        """One message of a person; returns its MessageSid. Retries on 5xx as Twilio does."""
        form = self.form(person, body, sid, **fields)

        def accepted() -> bool:
            try:
                return self.post("/whatsapp/inbound", form).status_code == 200
            except httpx.HTTPError:
                return False

        wait_for("the webhook accepts", accepted, 60)
        return form["MessageSid"]

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the service's own database."""
        with self.engine.connect() as connection:
            return [dict(r) for r in connection.execute(text(statement), values).mappings()]

    def change(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def tickets(self, person: str) -> list[dict[str, Any]]:
        """A person's tickets, oldest first."""
        return self.rows(
            "SELECT t.*, c.floor FROM ticket t JOIN conversation c ON c.id = t.conversation_id "
            "JOIN address a ON a.person_id = c.person_id WHERE a.value = :person ORDER BY t.id",
            person=person,
        )

    def turns(self, person: str) -> list[dict[str, Any]]:
        """A person's turns, announcements among them, oldest first."""
        return self.rows(
            "SELECT turn.* FROM turn JOIN conversation c ON c.id = turn.conversation_id "
            "JOIN address a ON a.person_id = c.person_id WHERE a.value = :person ORDER BY turn.id",
            person=person,
        )

    def is_settled(self, person: str) -> bool:
        """Whether nothing more will be done or sent for a person unless something happens."""
        # In the order in which one leads to the other, so that nothing slips by in between.
        untold = self.rows(
            "SELECT 1 FROM announcement n JOIN conversation c ON c.id = n.conversation_id "
            "JOIN address a ON a.person_id = c.person_id WHERE a.value = :person "
            "AND n.turn_id IS NULL",
            person=person,
        )
        idle = all(turn["finished_at"] for turn in self.turns(person))
        waiting = self.rows(
            "SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id "
            "JOIN address a ON a.person_id = c.person_id "
            "LEFT JOIN turn ON turn.id = m.turn_id LEFT JOIN outbox o ON o.message_id = m.id "
            "WHERE a.value = :person AND (m.direction = 'in' AND turn.finished_at IS NULL "
            "OR o.state IN ('queued', 'sending', 'unknown'))",
            person=person,
        )
        return idle and not untold and not waiting

    def _ready_or_dead(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"the service ended:\n{self.log.read_text()[-2000:]}")
        # The launcher looks on for a moment; a process that dies while it does stops the start.
        return self.is_ready() and "Ctrl-C stops it" in self.log.read_text()


class Chat:
    """One applicant on WhatsApp: writes to the webhook, reads what reaches Twilio."""

    def __init__(self, service: Service, beyond: Service | StandIn) -> None:
        self.person = somebody()
        self.name = f"Fajar {self.person[-4:]}"
        self.service = service
        self._beyond = beyond

    def write(self, body: str, **fields: str) -> str:
        """Send one message; its MessageSid."""
        return self.service.say(self.person, body, **fields)

    def read(self) -> list[str]:
        """Everything that this person was sent."""
        return [message["body"] for message in self._beyond.sent(self.person)]

    def ask(self, body: str, **fields: str) -> str:
        """Send one message and wait for the one that comes back."""
        before = len(self.read())
        self.write(body, **fields)
        wait_for(f"a reply to {body!r}", lambda: len(self.read()) > before)
        return self.read()[before]

    def settle(self) -> None:
        """Wait until nothing more comes by itself."""
        wait_for("it is over", lambda: self.service.is_settled(self.person))


def message_sid(seed: str) -> str:
    """A MessageSid, the same for the same seed."""
    return "SM" + hashlib.md5(seed.encode()).hexdigest()


def inbound_form(person: str, body: str, sid: str, **fields: str) -> dict[str, str]:
    """The form of a text message as Twilio sends it."""
    return {
        "MessageSid": sid,
        "SmsMessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": person,
        "To": SENDER,
        "Body": body,
        "NumMedia": "0",
        "ProfileName": "Fajar",
        "WaId": person.removeprefix("whatsapp:+"),
        "MessageType": "text",
        "ApiVersion": "2010-04-01",
        **fields,
    }


def _account(twilio_url: str) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_WHATSAPP_FROM": SENDER,
        "TWILIO_API_BASE_URL": twilio_url,
    }


def _ours() -> set[str]:
    """Settings of the surroundings that must not leak into a service under test."""
    return {name.upper() for name in Settings.model_fields}


def create_database(server_address: str, name: str) -> str:
    """A new migrated database on a server, for the stand-in alone."""
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    address = re.sub(r"/[^/?]+\?", f"/{name}?", server_address, count=1)
    environment = os.environ | {"DATABASE_URL": address}
    subprocess.run([sys.executable, "-m", "bot", "migrate"], cwd=ROOT, env=environment, check=True)
    return address


def fill_data_folder(folder: Path) -> None:
    """Make the embedded database in this data folder, with its tables and first contents."""
    ours = Settings(data_dir=folder, database_url=None)
    kept = {name: value for name, value in os.environ.items() if name not in _ours()}
    environment = kept | {"DATA_DIR": str(folder)}
    command = [sys.executable, "-m", "bot"]
    postgres = subprocess.Popen([*command, "postgres"], cwd=ROOT, env=environment)
    try:
        wait_for_embedded(ours)
        create_embedded(ours)
        for step in ("migrate", "seed"):
            subprocess.run([*command, step], cwd=ROOT, env=environment, check=True)
        mark_prepared(ours)
    finally:
        postgres.send_signal(signal.SIGINT)
        postgres.wait(30)
