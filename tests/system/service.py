"""The whole service as `make run` starts it, and the network beyond it, for tests from outside.

The service has its own embedded PostgreSQL and speaks to Twilio's stand-in as to Twilio: with
an account configured, so that its own simulator is off. The stand-in is a process of its own
with its own database, and so sees everything that reaches "Twilio" whatever is killed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import Engine, create_engine, text
from twilio.request_validator import RequestValidator

from bot.launcher.manager import Manager, State
from bot.launcher.postgres import embedded_address
from bot.settings import ROOT, Settings

ACCOUNT_SID = "AC" + "7" * 32
AUTH_TOKEN = "a-token-of-the-tests"
SENDER = "whatsapp:+14155238886"


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


class StandIn:
    """Twilio's stand-in as a process, and what it has seen."""

    def __init__(self, database_address: str, log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = os.environ | {
            "DATABASE_URL": database_address,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "PUBLIC_URL": self.url,
        }
        command = [sys.executable, "-m", "uvicorn", "--factory", "bot.simulator:standin_app"]
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
        statement = (
            'SELECT sid, "to", body, status, created_at FROM simulator_message '
            "WHERE direction = 'outbound-api' AND (CAST(:to AS text) IS NULL OR \"to\" = :to) ORDER BY id"
        )
        with self._engine.connect() as connection:
            rows = connection.execute(text(statement), {"to": to}).mappings()
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
        self._http = httpx.Client(base_url=self.url, timeout=10, trust_env=False)

    def start(self, seconds: float = 240.0) -> None:
        """Start it with the README's command and wait until every part is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
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

    def kill(self, program: str) -> None:
        """kill -9 of one program's process."""
        for state in self.programs():
            if state.group == program and state.pid:
                os.kill(state.pid, signal.SIGKILL)

    def post(self, path: str, form: dict[str, str], signature: str | None = None) -> httpx.Response:
        """A form as Twilio posts it, signed unless a signature is given."""
        url = f"{self.url}{path}"
        signed = RequestValidator(AUTH_TOKEN).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signed if signature is None else signature}
        return self._http.post(path, data=form, headers=headers)

    def say(self, person: str, body: str, sid: str | None = None, **fields: str) -> str:
        """One message of a person; returns its MessageSid. Retries on 5xx as Twilio does."""
        sid = sid or message_sid(f"{person}/{body}/{time.monotonic_ns()}")
        form = inbound_form(person, body, sid, **fields)

        def accepted() -> bool:
            try:
                return self.post("/whatsapp/inbound", form).status_code == 200
            except httpx.HTTPError:
                return False

        wait_for("the webhook accepts", accepted, 60)
        return sid

    def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Rows of the service's own database."""
        with self.engine.connect() as connection:
            return [dict(r) for r in connection.execute(text(statement), values).mappings()]

    def change(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def _ready_or_dead(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"the service ended:\n{self.log.read_text()[-2000:]}")
        return self.is_ready()


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
