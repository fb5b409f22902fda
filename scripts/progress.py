"""What a person sees while something long runs, and the log with the rest."""

from __future__ import annotations

import fcntl
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOGS_KEPT = 10
PLAIN_LINE_EVERY = 15.0  # seconds, where the output is no terminal


class Log:
    """A new file for this run; older ones beyond the last few are removed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("setup-*.log"))[: -(LOGS_KEPT - 1)]:
            old.unlink()
        self.path = folder / time.strftime("setup-%Y%m%d-%H%M%S.log")
        self._lock = threading.Lock()

    def write(self, who: str, line: str) -> None:
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {who}: {line}\n")


class Status:
    """What one long task is doing now."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.ended = False
        self.failed = False
        self._words: str | Callable[[], str] = "starting"

    def say(self, words: str | Callable[[], str]) -> None:
        self._words = words

    def end(self, words: str, failed: bool = False) -> None:
        self._words = words
        self.failed = failed
        self.ended = True

    def __str__(self) -> str:
        words = self._words if isinstance(self._words, str) else self._words()
        return f"{self.title}: {words}"


class Progress:
    """One moving line on a terminal; elsewhere a plain line now and then."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._started = time.monotonic()

    def line(self, text: str) -> None:
        self._erase()
        print(text, flush=True)

    def watch(self, tasks: list[Status]) -> None:
        """Shows the tasks until all have ended or one has failed."""
        told: set[str] = set()
        next_plain = 0.0
        while True:
            running = [task for task in tasks if not task.ended]
            for task in tasks:
                if task.ended and task.title not in told:
                    told.add(task.title)
                    self.line(f"  {task}")
            if not running or any(task.failed for task in tasks):
                return
            elapsed = time.monotonic() - self._started
            text = f"  {elapsed:4.0f} s  " + "   ".join(map(str, running))
            if self._terminal:
                width = shutil.get_terminal_size().columns - 1
                print("\r\033[K" + text[:width], end="", flush=True)
            elif elapsed >= next_plain:
                print(text, flush=True)
                next_plain = elapsed + PLAIN_LINE_EVERY
            time.sleep(0.2)

    def _erase(self) -> None:
        if self._terminal:
            print("\r\033[K", end="")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Waits until no other setup works in this checkout."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another setup is running in this checkout; waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
