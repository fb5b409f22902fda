"""Ctrl-C and starting again. Last of the folder's tests that use the trial, as it restarts it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from tests.system.crowd import crowd
from tests.system.service import Service, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(700)]

# The promise, on a machine of one's own.
SECOND_START_WITHIN = 30.0  # seconds


def processes_of(folder: Path) -> list[str]:
    """Every process that runs on this data folder."""
    found = []
    for process in psutil.process_iter():
        try:
            belongs = (
                str(folder) in " ".join(process.cmdline())
                or folder in Path(process.cwd()).parents
                or process.environ().get("DATA_DIR") == str(folder)
            )
            if belongs and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
        except psutil.Error:
            continue
    return found


def test_ctrl_c_leaves_no_process_behind_and_a_second_start_is_quick(trial: Service) -> None:
    assert len(processes_of(trial.folder)) > 6, "the search finds what runs"
    status = trial.stop()
    assert status == 0, trial.log.read_text()[-2000:]
    wait_for("all have ended", lambda: processes_of(trial.folder) == [], 10)
    started = time.monotonic()
    trial.start()
    took = time.monotonic() - started
    print(f"\nsecond start: {took:.1f} s, load {os.getloadavg()[0]:.1f}")
    said = trial.log.read_text()
    assert "training" not in said
    assert "Traceback" not in said
    assert took < SECOND_START_WITHIN * max(2.0, crowd()), said
