"""The lines a person sees while the system starts: what is done, and the seconds it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_MOVES_EVERY = 0.5  # seconds
_PLAIN_LINE_AFTER = 10.0  # seconds without a terminal


@contextmanager
def step(title: str) -> Iterator[None]:
    """Shows that `title` is being done; a line stays when it is done."""
    started = time.monotonic()
    done = threading.Event()
    mover = threading.Thread(target=_move, args=(title, started, done), daemon=True)
    mover.start()
    try:
        yield
    except BaseException:
        _end(done, mover)
        raise
    _end(done, mover)
    say(f"  {title:<42} {time.monotonic() - started:5.1f} s")


def say(line: str = "") -> None:
    print(line, flush=True)


def _end(done: threading.Event, mover: threading.Thread) -> None:
    done.set()
    mover.join()
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


def _move(title: str, started: float, done: threading.Event) -> None:
    terminal = sys.stdout.isatty()
    wait = _MOVES_EVERY if terminal else _PLAIN_LINE_AFTER
    while not done.wait(wait):
        seconds = time.monotonic() - started
        if terminal:
            print(f"\r\033[K  {title} ... {seconds:.0f} s", end="", flush=True)
        else:
            say(f"  {title} ... {seconds:.0f} s")
