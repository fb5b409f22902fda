"""What a person can put right is said in one line, before anything is started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.launcher import checks, database
from bot.launcher.instance import Instance, stop
from bot.launcher.places import LaunchError
from bot.settings import ROOT, Settings


def settings(**values: object) -> Settings:
    free = {"web_port": 1, "data_dir": Path("/nowhere")}
    return Settings(_env_file=None, **{**free, **values})  # type: ignore[call-arg, arg-type]


def bot(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def free_ports() -> dict[str, object]:
    with socket.socket() as one, socket.socket() as other, socket.socket() as third:
        for each in (one, other, third):
            each.bind(("127.0.0.1", 0))
        return {
            "web_port": one.getsockname()[1],
            "rasa_url": f"http://127.0.0.1:{other.getsockname()[1]}",
            "actions_url": f"http://127.0.0.1:{third.getsockname()[1]}/webhook",
        }


def test_a_taken_port_is_named_with_its_setting_and_its_holder(
    taken_port: int, free_ports: dict[str, object]
) -> None:
    with pytest.raises(LaunchError) as refusal:
        checks.refuse_taken_ports(settings(**{**free_ports, "web_port": taken_port}))
    text = str(refusal.value)
    assert f"Port {taken_port} for web is taken" in text
    assert f"process {os.getpid()}" in text
    assert "WEB_PORT" in text
    assert "\n" not in text


def test_rasas_and_the_actions_ports_are_looked_at_too(
    taken_port: int, free_ports: dict[str, object]
) -> None:
    taken = f"http://127.0.0.1:{taken_port}"
    for name in ("rasa_url", "actions_url"):
        with pytest.raises(LaunchError, match=name.upper()):
            checks.refuse_taken_ports(settings(**{**free_ports, name: taken}))


def test_a_rasa_on_another_machine_needs_no_port_here(
    taken_port: int, free_ports: dict[str, object]
) -> None:
    elsewhere = settings(**{**free_ports, "rasa_url": f"http://rasa.internal:{taken_port}"})
    checks.refuse_taken_ports(elsewhere)


def test_one_port_for_two_programs_is_refused(free_ports: dict[str, object]) -> None:
    same = {**free_ports, "rasa_url": f"http://127.0.0.1:{free_ports['web_port']}"}
    with pytest.raises(LaunchError, match="WEB_PORT and RASA_URL"):
        checks.refuse_taken_ports(settings(**same))


def test_a_database_that_does_not_answer_is_one_line_without_its_password() -> None:
    unreachable = settings(database_url="postgresql://ani:sangat-rahasia@127.0.0.1:1/maraga")
    with pytest.raises(LaunchError) as refusal:
        database.refuse_unreachable(unreachable)
    assert str(refusal.value).startswith("DATABASE_URL: ")
    assert "rahasia" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_too_little_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "FREE_GIGABYTES", 1e6)
    with pytest.raises(LaunchError, match="DATA_DIR"):
        checks.refuse_full_disk(settings(data_dir=tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "web", "worker", "migrate", "stop"])
def test_a_wrong_setting_is_one_line_and_no_traceback(command: str) -> None:
    ended = bot(command, WEB_PORT="delapan ribu")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "WEB_PORT holds 'delapan ribu'" in ended.stderr


@pytest.mark.slow
def test_a_token_never_reaches_the_screen() -> None:
    ended = bot("run", TWILIO_ACCOUNT_SID="AC-not-a-sid", TWILIO_AUTH_TOKEN="sangat-rahasia")
    assert ended.returncode == 2
    assert "rahasia" not in ended.stderr


def test_the_running_system_is_not_started_twice(tmp_path: Path) -> None:
    here = settings(data_dir=tmp_path)
    first = Instance(here)
    first.claim()
    with pytest.raises(LaunchError, match=r"already runs.*make stop"):
        Instance(here).claim()
    first.release()


@pytest.mark.slow
def test_stopping_what_does_not_run_is_quiet(tmp_path: Path) -> None:
    ended = bot("stop", DATA_DIR=str(tmp_path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert stop(settings(data_dir=tmp_path)) is False
    assert list(tmp_path.iterdir()) == []
