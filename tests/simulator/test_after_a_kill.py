"""What the stand-in owes survives its process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from sqlalchemy import update

from bot.clock import now
from bot.db import transaction
from bot.models.simulator import SimulatorPost
from bot.simulator.faults import Faults
from bot.simulator.forms import new_sid
from bot.simulator.ledger import Sending, accept_sending
from bot.simulator.postman import claim_due, posting
from tests.simulator.conftest import FAJAR, FROM, Service, eventually, twilio_client

pytestmark = pytest.mark.slow


def _accept(service: Service) -> None:
    sending = Sending(FAJAR, FROM, "halo", None, None, f"{service.address}/whatsapp/status")
    with transaction() as session:
        accept_sending(session, new_sid("SM"), sending, Faults(), None, now())


def test_what_a_stopped_process_had_in_hand_is_posted_at_the_next_start(service: Service) -> None:
    _accept(service)
    with transaction() as session:
        session.execute(update(SimulatorPost).values(claimed_until=now() + timedelta(hours=1)))
    with posting():
        eventually(lambda: len(service.told) == 4)
    assert service.statuses() == ["queued", "sent", "delivered", "read"]


def test_two_postmen_do_not_take_the_same_form(service: Service) -> None:
    _accept(service)
    later = now() + timedelta(seconds=5)
    taken, _ = claim_due(later)
    assert len(taken) == 1  # the first of its lane
    assert claim_due(later)[0] == []


def _start_standin(port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "--factory", "bot.simulator:standin_app"),
            *("--port", str(port), "--log-level", "critical"),
        ],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )

    def answers() -> bool:
        try:
            requests.get(f"http://127.0.0.1:{port}/simulator/network", timeout=2)
        except requests.ConnectionError:
            return False
        return True

    eventually(answers, seconds=30)
    return process


def test_a_killed_standin_forgets_nothing(service: Service, network: Callable[..., None]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    network(delay_ms=400)
    client = twilio_client(f"http://127.0.0.1:{port}")
    process = _start_standin(port)
    sids = []
    for n in range(5):
        sent = client.messages.create(
            to=FAJAR, from_=FROM, body=f"{n}", status_callback=f"{service.address}/whatsapp/status"
        )
        sids.append(sent.sid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process = _start_standin(port)
    try:
        assert [m.sid for m in client.messages.list(to=FAJAR)] == sids[::-1]
        reached = {(sid, status) for sid in sids for status in ("queued", "read")}
        eventually(
            lambda: (
                reached <= {(t.form["MessageSid"], t.form["MessageStatus"]) for t in service.told}
            ),
            seconds=15,
        )
    finally:
        process.terminate()
        process.wait()
        client.http_client.session.close()
