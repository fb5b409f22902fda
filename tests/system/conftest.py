"""The running service, started once for all tests from outside."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.system.service import Service, StandIn, create_database


@pytest.fixture(scope="session")
def stand_in(database_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Twilio's stand-in, a process of its own."""
    address = create_database(database_server, "beyond")
    process = StandIn(address, tmp_path_factory.mktemp("standin") / "log")
    yield process
    process.stop()


@pytest.fixture(scope="session")
def service(stand_in: StandIn) -> Iterator[Service]:
    """The service as `make run` starts it, with an account at the stand-in."""
    folder = Path(tempfile.mkdtemp(prefix="maraga-"))
    _lend_model(folder)
    running = Service(folder, stand_in.url)
    running.start()
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _lend_model(folder: Path) -> None:
    """A model trained from the same inputs need not be trained again."""
    trained = Path(os.environ.get("MARAGA_MODEL", ROOT / "var" / "rasa"))
    if trained.exists():
        shutil.copytree(trained, folder / "rasa")
