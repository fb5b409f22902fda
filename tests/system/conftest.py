"""The running service, started once for all tests from outside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.service import Service, StandIn, create_database


@pytest.fixture(scope="session")
def stand_in(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Twilio's stand-in, a process of its own."""
    address = create_database(database_server, "beyond")
    process = StandIn(address, tmp_path_factory.mktemp("standin") / "log")
    yield process
    process.stop()


@pytest.fixture(scope="session")
def service(stand_in: StandIn, model: Path) -> Iterator[Service]:
    """The service as `make run` starts it, with an account at the stand-in."""
    folder = Path(tempfile.mkdtemp(prefix="maraga-"))
    shutil.copytree(model.parent, folder / "rasa")
    running = Service(folder, stand_in.url)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def trial(model: Path) -> Iterator[Service]:
    """The service without an account: with the phone, the stand-in and the demo accounts."""
    folder = Path(tempfile.mkdtemp(prefix="maraga-"))
    shutil.copytree(model.parent, folder / "rasa")
    running = Service(folder, None)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)
