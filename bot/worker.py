"""The worker: takes forms and files in, takes turns, sends the outbox, watches the clocks.

Run as many as needed.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from bot import clock
from bot.db import FORMS, OUTBOX, QUESTIONS, TURNS, psycopg_address, transaction
from bot.desk.alerts import raise_alerts
from bot.desk.clocks import mark_due_clocks
from bot.desk.handover import hand_over, left_behind
from bot.desk.standing import nudge_officers
from bot.desk.telling_next import tell_next
from bot.dialogue import Dialogue
from bot.faq.loop import grouping_is_due
from bot.faq.regulations import carry_out_due
from bot.faq.withdrawing import suspend_expired
from bot.heartbeat import beat
from bot.housekeeping import forget_what_is_over
from bot.settings import ROOT, settings
from bot.turn_taking import next_lease, take_turn
from bot.whatsapp.alerts import send_next_alert
from bot.whatsapp.intake import take_in_waiting
from bot.whatsapp.media import fetch_next
from bot.whatsapp.outbound import carry_out, next_sending

log = logging.getLogger(__name__)

# How long a thread sleeps at most, should a notification be lost.
LONGEST_SLEEP = 1.0
HEARTBEAT_SECONDS = 2.0
REGULATIONS_SECONDS = 60.0
# Between two people who are told of a change, so that answers to others are never behind many.
TELLING_PACE_SECONDS = 0.5
GROUPING_SECONDS = 60.0  # between two looks whether the open questions are to be grouped


Job = TypeVar("Job")


class Jobs(Generic[Job]):
    """Jobs that lie in a table, for several threads: one looks for the next, the rest work or wait.

    Were all of them woken by every notification, most would ask the database in vain.
    """

    def __init__(
        self, look: Callable[[], Job | datetime | None], stopping: threading.Event
    ) -> None:
        """`look` takes a due job, or tells when the next one is due, or None if none waits."""
        self._look = look
        self._stopping = stopping
        self._looking = threading.Lock()
        self._rung = threading.Event()

    def ring(self) -> None:
        """Have a look now: there may be something due."""
        self._rung.set()

    def take(self) -> Job | None:
        """The next job, as soon as one is due; None when we are to stop."""
        with self._looking:
            while not self._stopping.is_set():
                self._rung.clear()
                found = self._look()
                if found is not None and not isinstance(found, datetime):
                    return found
                self._rung.wait(_sleep_until(found))
        return None


class Worker:
    """Threads that each do one kind of thing over and over until told to stop."""

    def __init__(self, dialogue: Dialogue | None = None) -> None:
        self._stopping = threading.Event()
        self._turns = Jobs(next_lease, self._stopping)
        self._outbox = Jobs(next_sending, self._stopping)
        self._forms_rung = threading.Event()
        self._questions_rung = threading.Event()
        self._dialogue = dialogue or Dialogue()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads and return."""
        loops: list[tuple[str, Callable[[], None]]] = [
            ("listen", self._listen),
            ("intake", self._take_forms_in),
            ("clocks", self._watch_clocks),
            ("duty", self._watch_duty),
            ("media", self._fetch_media),
            ("alerts", self._send_alerts),
            ("regulations", self._watch_regulations),
            ("telling", self._tell_people),
            ("housekeeping", self._keep_house),
            ("questions", self._group_questions),
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
        self._forms_rung.set()
        self._questions_rung.set()
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

    def _take_forms_in(self) -> None:
        while not self._stopping.is_set():
            self._forms_rung.clear()
            if not take_in_waiting():
                self._forms_rung.wait(LONGEST_SLEEP)

    def _take_turns(self) -> None:
        while (lease := self._turns.take()) is not None:
            take_turn(lease, self._dialogue)

    def _send(self) -> None:
        while (sending := self._outbox.take()) is not None:
            carry_out(sending)

    def _fetch_media(self) -> None:
        while not self._stopping.is_set():
            if not fetch_next():
                self._stopping.wait(LONGEST_SLEEP)

    def _listen(self) -> None:
        bells: dict[str, Callable[[], None]] = {
            FORMS: self._forms_rung.set,
            TURNS: self._turns.ring,
            OUTBOX: self._outbox.ring,
            QUESTIONS: self._questions_rung.set,
        }
        with psycopg.connect(psycopg_address(), autocommit=True, connect_timeout=3) as connection:
            for channel in bells:
                connection.execute(f"LISTEN {channel}")
            for ring in bells.values():
                ring()  # whatever was told while nobody listened
            while not self._stopping.is_set():
                for notification in connection.notifies(timeout=1.0):
                    bells[notification.channel]()

    def _watch_clocks(self) -> None:
        while not self._stopping.is_set():
            with transaction() as session:
                mark_due_clocks(session, clock.now())
                nudge_officers(session, clock.now())
                beat(session, "worker", clock.now())
            self._stopping.wait(HEARTBEAT_SECONDS)

    def _watch_duty(self) -> None:
        """What is left with somebody who went home goes back; who is on duty is called."""
        while not self._stopping.is_set():
            with transaction() as session:
                left = left_behind(session, clock.now())
            for ticket_id in left:
                with transaction() as session:
                    hand_over(session, ticket_id, clock.now())
            with transaction() as session:
                raise_alerts(session, clock.now())
            self._stopping.wait(HEARTBEAT_SECONDS)

    def _send_alerts(self) -> None:
        while not self._stopping.is_set():
            if not send_next_alert():
                self._stopping.wait(HEARTBEAT_SECONDS)

    def _watch_regulations(self) -> None:
        """When a regulation's day has come, what rests on it is flagged or suspended."""
        while not self._stopping.is_set():
            with transaction() as session:
                carry_out_due(session, clock.now())
            self._stopping.wait(REGULATIONS_SECONDS)

    def _tell_people(self) -> None:
        while not self._stopping.is_set():
            with transaction() as session:
                told = tell_next(session, clock.now())
            self._stopping.wait(TELLING_PACE_SECONDS if told else HEARTBEAT_SECONDS)

    def _keep_house(self) -> None:
        while not self._stopping.is_set():
            with transaction() as session:
                forget_what_is_over(session, clock.now())
                suspend_expired(session, clock.now())
            self._stopping.wait(timedelta(hours=1).total_seconds())

    def _group_questions(self) -> None:
        self._stopping.wait(GROUPING_SECONDS)  # a start has more urgent things to do
        while not self._stopping.is_set():
            self._questions_rung.wait(GROUPING_SECONDS)
            self._questions_rung.clear()
            with transaction() as session:
                due = grouping_is_due(session, clock.now())
            if due and not self._stopping.is_set():
                _group_questions_apart()


def _group_questions_apart() -> None:
    """In a process of its own: what it takes is much memory, for seconds, once an hour."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faq", "group"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        log.warning("grouping the open questions ended with %s", done.returncode)


def _sleep_until(due: datetime | None) -> float:
    """Seconds to sleep; a row that is due but can't be taken yet is no reason to spin."""
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
