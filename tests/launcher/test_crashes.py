"""The embedded PostgreSQL under the process manager, killed in every way."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from bot.launcher import database, postgres
from bot.launcher.manager import Manager
from bot.launcher.places import cluster_folder, log_folder, own_folder, run_folder, socket_folder
from bot.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # The name holds what configuration files and addresses trip over.
    data_dir = tmp_path / "50% data"
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Settings(_env_file=None, data_dir=data_dir)  # type: ignore[call-arg]


@pytest.fixture
def manager(here: Settings) -> Iterator[Manager]:
    own_folder(run_folder(here.data_dir))
    own_folder(log_folder(here.data_dir))
    manager = Manager(here)
    try:
        manager.start()
        postgres.prepare(here.data_dir)
        manager.start_program("postgres")
        database.wait_for_embedded(here)
        database.create_embedded(here)
        database.create_parts(here)
        yield manager
    finally:
        manager.stop()
        for name in ("pg", "run"):
            shutil.rmtree(socket_folder(here.data_dir, name), ignore_errors=True)


def connect(settings: Settings) -> psycopg.Connection[tuple[object, ...]]:
    address = settings.database_address.replace("+psycopg", "", 1)
    return psycopg.connect(address, autocommit=True)


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def server(settings: Settings) -> int:
    pid = postgres.running_server(cluster_folder(settings.data_dir))
    assert pid is not None
    return pid


def test_a_killed_server_comes_back_with_what_was_committed(
    manager: Manager, here: Settings
) -> None:
    with connect(here) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (42)")
    busy = connect(here)
    busy.execute("SELECT 1")
    before = server(here)
    os.kill(before, signal.SIGKILL)
    until(lambda: postgres.running_server(cluster_folder(here.data_dir)) not in (None, before))
    until(lambda: database.answers(here.database_address))
    busy.close()
    with connect(here) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(42,)]


def test_a_killed_backend_takes_nobody_else_along(manager: Manager, here: Settings) -> None:
    before = server(here)
    with connect(here) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
    until(lambda: database.answers(here.database_address))
    assert server(here) == before


def test_nothing_outlives_a_killed_manager(manager: Manager, here: Settings) -> None:
    left = psutil.Process(server(here))
    parent = left.parent()
    assert parent is not None
    parent.kill()
    parent.wait(5)
    left.wait(10)
    assert postgres.running_server(cluster_folder(here.data_dir)) is None


def test_the_server_listens_nowhere_but_on_its_socket(manager: Manager, here: Settings) -> None:
    family = [psutil.Process(server(here)), *psutil.Process(server(here)).children()]
    assert [one for process in family for one in process.net_connections("inet")] == []


def test_stopping_leaves_no_process_and_no_lock(manager: Manager, here: Settings) -> None:
    process = psutil.Process(server(here))
    manager.stop()
    assert not process.is_running()
    assert not (cluster_folder(here.data_dir) / "postmaster.pid").exists()
