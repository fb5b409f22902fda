"""The worker: takes turns, sends the outbox, watches the clocks. Run as many as needed."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from bot import clock
from bot.db import OUTBOX, TURNS, psycopg_address, transaction
from bot.desk.clocks import mark_due_clocks
from bot.dialogue import Dialogue
from bot.heartbeat import beat
from bot.housekeeping import forget_what_is_over
from bot.settings import settings
from bot.turn_taking import take_next_turn
from bot.turns import next_wake
from bot.whatsapp.outbound import next_attempt, send_next

log = logging.getLogger(__name__)

# How long a thread sleeps at most, should a notification be lost.
LONGEST_SLEEP = 1.0
HEARTBEAT_SECONDS = 2.0


class Bell:
    """Wakes sleeping threads when PostgreSQL notifies, and remembers that it rang."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._count = 0

    def ring(self) -> None:
        """Wake everybody."""
        with self._rung:
            self._count += 1
            self._rung.notify_all()

    @property
    def count(self) -> int:
        return self._count

    def wait(self, heard: int, seconds: float) -> None:
        """Sleep at most `seconds`, or not at all if it rang since `heard`."""
        with self._rung:
            if self._count == heard:
                self._rung.wait(seconds)


class Worker:
    """Threads that each do one kind of thing over and over until told to stop."""

    def __init__(self, dialogue: Dialogue | None = None) -> None:
        self._stopping = threading.Event()
        self._turns = Bell()
        self._outbox = Bell()
        self._dialogue = dialogue or Dialogue()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads and return."""
        loops: list[tuple[str, Callable[[], None]]] = [
            ("listen", self._listen),
            ("clocks", self._watch_clocks),
            ("housekeeping", self._keep_house),
        ]
        loops += [(f"turns-{n}", self._take_turns) for n in range(settings().turn_threads)]
        loops += [(f"send-{n}", self._send) for n in range(settings().send_threads)]
        for name, loop in loops:
            thread = threading.Thread(target=self._guarded, args=(loop,), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float = 10.0) -> None:
        """Let each thread finish what it is at."""
        self._stopping.set()
        self._turns.ring()
        self._outbox.ring()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _guarded(self, loop: Callable[[], None]) -> None:
        """Run a loop again after a failure: a database that restarts is no reason to die."""
        while not self._stopping.is_set():
            try:
                loop()
            except (SQLAlchemyError, psycopg.Error) as error:
                log.warning("database: %s; trying again", type(error).__name__)
            except Exception:
                log.exception("unexpected failure; going on")
            self._stopping.wait(0.5)

    def _take_turns(self) -> None:
        while not self._stopping.is_set():
            heard = self._turns.count
            if take_next_turn(self._dialogue):
                continue
            with transaction() as session:
                due = next_wake(session)
            self._turns.wait(heard, _sleep_until(due))

    def _send(self) -> None:
        while not self._stopping.is_set():
            heard = self._outbox.count
            if send_next():
                continue
            with transaction() as session:
                due = next_attempt(session)
            self._outbox.wait(heard, _sleep_until(due))

    def _listen(self) -> None:
        bells = {TURNS: self._turns, OUTBOX: self._outbox}
        with psycopg.connect(psycopg_address(), autocommit=True, connect_timeout=3) as connection:
            for channel in bells:
                connection.execute(f"LISTEN {channel}")
            for bell in bells.values():
                bell.ring()  # whatever was told while nobody listened
            while not self._stopping.is_set():
                for notification in connection.notifies(timeout=1.0):
                    bells[notification.channel].ring()

    def _watch_clocks(self) -> None:
        while not self._stopping.is_set():
            with transaction() as session:
                mark_due_clocks(session, clock.now())
                beat(session, "worker", clock.now())
            self._stopping.wait(HEARTBEAT_SECONDS)

    def _keep_house(self) -> None:
        while not self._stopping.is_set():
            with transaction() as session:
                forget_what_is_over(session, clock.now())
            self._stopping.wait(timedelta(hours=1).total_seconds())


def _sleep_until(due: datetime | None) -> float:
    """Seconds to sleep; a row that is due but taken by another thread is no reason to spin."""
    if due is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(0.02, (due - clock.now()).total_seconds()))


def run() -> None:
    """Work until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker()
    worker.start()
    log.info("working")
    stop.wait()
    worker.stop()
