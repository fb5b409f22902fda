"""A process of the running system ends with its manager, and yields to those people wait for."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# Set for processes that belong to a process manager and must not outlive it.
MANAGED = "MARAGA_MANAGED"
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl(2)


def end_with_manager(by: signal.Signals = signal.SIGTERM) -> None:
    """Has the system send us `by` when our parent dies, even by kill -9; Linux only."""
    if os.environ.get(MANAGED) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, by.value, 0, 0, 0)


def yield_to_webhook() -> None:
    """Has this process give way to the webhook and the database, its neighbours.

    Twilio and the officers wait for those two; a turn can wait a few milliseconds. It takes the
    smaller share where all are busy, and on Linux it interrupts neither when it wakes up.
    """
    _take_less(10, "SCHED_BATCH")


def yield_to_all() -> None:
    """Has this process take only what all others leave, as nobody waits for what it does."""
    _take_less(19, "SCHED_IDLE")


def _take_less(niceness: int, policy: str) -> None:
    """Niceness and, where the system has it, policy; a process of no manager keeps its own."""
    if not os.environ.get(MANAGED):
        return
    os.nice(niceness)
    if hasattr(os, policy):
        os.sched_setscheduler(0, getattr(os, policy), os.sched_param(0))
