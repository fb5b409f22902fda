"""The service for a command that needs it: the running one, or one started for the command."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.launcher.places import LaunchError, log_folder, own_folder
from bot.launcher.ready import says_ok
from bot.settings import ROOT, settings

START_SECONDS = 300


@contextmanager
def running_service() -> Iterator[None]:
    """The running service; started here, and stopped after, when there is none."""
    if _is_ready():
        yield
        return
    print("Starting the service for this; it takes a moment...", file=sys.stderr)
    own_folder(log_folder(settings().data_dir))
    log = log_folder(settings().data_dir) / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, log)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not _is_ready():
        if process.poll() is not None or time.monotonic() > until:
            words = log.read_text().strip().splitlines()
            raise LaunchError(f"The service did not start: {words[-1] if words else 'no reason'}")
        time.sleep(0.3)


def _is_ready() -> bool:
    return says_ok(f"{settings().public_address}/readyz")
