"""The parts that the service consists of: each may be away, or be there twice."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bot.launcher.postgres import embedded_address
from bot.settings import ROOT
from tests.system.service import Chat, Service, StandIn, free_port, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(700)]

INBOUND = "/whatsapp/inbound"
SECRET = "nomor paspor saya A1234567"


def test_every_part_is_told_by_name_and_the_one_that_is_away_is_named(service: Service) -> None:
    parts = ("actions", "database", "rasa", "worker")
    assert service.readiness() == dict.fromkeys(parts, "ready")
    service.kill("actions")
    missing = wait_for("it is missed", lambda: not service.is_ready() and service.readiness())
    assert [name for name in parts if missing[name] != "ready"] == ["actions"]
    with httpx.Client(base_url=service.url, trust_env=False) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 503
    wait_for("it is back", service.is_ready, 120)


def test_while_the_database_is_down_the_webhook_asks_twilio_to_try_again(
    service: Service, chat: Callable[[], Chat], tmp_path: Path
) -> None:
    fajar = chat()
    form = service.form(fajar.person, f"{SECRET}, mau bicara dengan petugas")
    log, port = tmp_path / "web.log", free_port()
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    with service.beside("web", log, WEB_PORT=str(port), DATABASE_URL=nowhere):
        other = f"http://127.0.0.1:{port}"
        wait_for("it listens", lambda: _is_alive(other))
        refusal = service.post(INBOUND, form, at=other)
        assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "2")
        ready = httpx.get(f"{other}/readyz", trust_env=False, timeout=10)
        assert ready.status_code == 503
        assert ready.json()["database"] != "ready"
    said = log.read_text()
    assert "the database is down, Twilio is asked to try again" in said
    assert "A1234567" not in said
    assert fajar.person.removeprefix("whatsapp:+") not in said


def test_a_message_that_met_a_killed_database_is_answered_when_twilio_tries_again(
    service: Service, chat: Callable[[], Chat]
) -> None:
    fajar = chat()
    form = service.form(fajar.person, "mau bicara dengan petugas")
    with service.killed("postgres"):
        assert service.post(INBOUND, form).status_code == 503
    answers: list[int] = []

    def accepted() -> bool:
        answers.append(service.post(INBOUND, form).status_code)
        return answers[-1] == 200

    wait_for("the webhook accepts again", accepted, 60)
    assert set(answers) <= {503, 200}, answers
    wait_for("a reply", fajar.read, 60)
    wait_for("every part is ready again", service.is_ready, 120)
    fajar.settle()
    assert len(fajar.read()) == 1
    assert len(service.tickets(fajar.person)) == 1


def test_two_web_and_two_worker_processes_share_the_work_once_each_and_in_order(
    service: Service, stand_in: StandIn, chat: Callable[[], Chat], tmp_path: Path
) -> None:
    port = free_port()
    database = embedded_address(service.folder)
    second_web = service.beside(
        "web", tmp_path / "web.log", WEB_PORT=str(port), DATABASE_URL=database
    )
    second_worker = service.beside("worker", tmp_path / "worker.log", DATABASE_URL=database)
    crowd = [chat() for _ in range(4)]
    words = [f"pertanyaan ke-{n}: berapa batas bebas barang kiriman?" for n in range(6)]
    with second_web, second_worker:
        doors = [service.url, f"http://127.0.0.1:{port}"]
        wait_for("the second web listens", lambda: _is_alive(doors[1]))
        wait_for(
            "the second worker works", lambda: "working" in (tmp_path / "worker.log").read_text()
        )
        for n, text in enumerate(words):
            for fajar in crowd:
                form = service.form(fajar.person, text)
                # Twilio may call twice, and reach either.
                for door in (doors[n % 2], doors[(n + 1) % 2]):
                    assert service.post(INBOUND, form, at=door).status_code == 200
        for fajar in crowd:
            fajar.settle()
    for fajar in crowd:
        turns = service.turns(fajar.person)
        assert "\n".join(turn["text"] for turn in turns).splitlines() == words
        queued = service.rows(
            "SELECT message_sid FROM message JOIN outbox ON message_id = message.id "
            'WHERE "to" = :to ORDER BY message.id',
            to=fajar.person,
        )
        sent = [message["sid"] for message in stand_in.sent(fajar.person)]
        assert sent == [row["message_sid"] for row in queued]
        # Who asks the same again comes to an officer: that is said once, then the bot is silent.
        outcomes = Counter(turn["outcome"] for turn in turns)
        assert outcomes.keys() <= {"answered", "ticketed"}
        assert len(sent) == outcomes["answered"] + min(1, outcomes["ticketed"])


def test_a_taken_port_is_told_in_one_line_and_nothing_is_started(
    service: Service, tmp_path: Path
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        refused = subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=service.environment | {"WEB_PORT": str(taken), "DATA_DIR": str(tmp_path / "var")},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert refused.returncode == 2
    assert refused.stdout == ""
    lines = refused.stderr.splitlines()
    assert len(lines) == 1
    assert str(taken) in lines[0]
    assert "WEB_PORT" in lines[0]
    assert not (tmp_path / "var" / "pg").exists()


def _is_alive(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
