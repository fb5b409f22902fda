"""One running system a data folder: the lock that says so, and stopping it from elsewhere."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from pathlib import Path
from typing import IO

from bot.launcher.manager import Manager
from bot.launcher.places import LaunchError, run_folder
from bot.settings import Settings

STOP_SECONDS = 30


class Instance:
    """Held by the launcher for as long as it lives, however it ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file: IO[str] | None = None

    def claim(self) -> None:
        """Raises LaunchError when the system already runs on this data folder."""
        self._file = _open(self._settings)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            with self._file:
                raise LaunchError(
                    f"Maraga Care already runs here (process {_holder(self._file)}, "
                    f"http://127.0.0.1:{self._settings.web_port}); `make stop` stops it."
                ) from None
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        if self._file is not None:
            self._file.close()


def stop(settings: Settings) -> bool:
    """Stops the system that runs on this data folder; False when there was none."""
    if not _lock_file(settings).exists():
        return False
    with _open(settings) as file:
        if _is_free(file):
            return _stop_leftover(settings)
        os.kill(_holder(file), signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while not _is_free(file):
            if time.monotonic() > until:
                raise LaunchError(f"Process {_holder(file)} does not stop.")
            time.sleep(0.1)
    return True


def _stop_leftover(settings: Settings) -> bool:
    manager = Manager(settings)
    if not manager.answers():
        return False
    manager.stop()
    return True


def _lock_file(settings: Settings) -> Path:
    return run_folder(settings.data_dir) / "launcher.pid"


def _open(settings: Settings) -> IO[str]:
    file = _lock_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("a+")


def _is_free(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _holder(file: IO[str]) -> int:
    file.seek(0)
    try:
        return int(file.read())
    except ValueError:
        raise LaunchError("Maraga Care is just starting or stopping here; try again.") from None
