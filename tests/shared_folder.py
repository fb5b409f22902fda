"""A folder that the processes of one test run share: made by the first, removed by the last."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


@contextmanager
def shared_folder(name: str, fill: Callable[[Path], None]) -> Iterator[Path]:
    """The folder, filled, for the length of the block; whoever comes while it is made waits."""
    folder = _place(name)
    with _place(f"{name}.used").open("a") as used:
        with one_at_a_time(name):
            if not folder.exists():
                _made(folder, fill)
            fcntl.flock(used, fcntl.LOCK_SH)
        yield folder
        with one_at_a_time(name):
            try:
                fcntl.flock(used, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return  # somebody still uses it
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Of the processes of this run one is in the block; the others wait."""
    with _place(f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _place(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"maraga-{_RUN}-{name}"


def _made(folder: Path, fill: Callable[[Path], None]) -> None:
    folder.mkdir()
    try:
        fill(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
