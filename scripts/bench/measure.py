"""One measurement: questions to one system at one rate, and what came of each."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import psutil

from bench.load import Form, Shot, send_on_schedule

# How long after the last question replies are still waited for.
SETTLE_SECONDS = 30.0


class System(Protocol):
    """What is measured."""

    name: str

    def form(self, person: str, question: str) -> Form:
        """The webhook form with which `person` asks."""

    def reply_moments(self, shots: Sequence[Shot]) -> Mapping[str, float]:
        """When Twilio's stand-in had the first reply to each form, by MessageSid."""

    def processes(self) -> Mapping[str, int]:
        """Its programs' process ids, to account for their CPU time."""

    def rest(self) -> None:
        """Wait until all that was asked before is done with, so that it slows nothing."""


@dataclass(frozen=True)
class Result:
    """What one measurement found. Latencies are in seconds, sorted."""

    system: str
    conversation: str
    per_second: float
    shots: Sequence[Shot]
    acknowledgements: Sequence[float]
    replies: Sequence[float]
    failures: Mapping[str, int]
    seconds: float
    cpu: Mapping[str, float] = field(default_factory=dict)  # of each program, seconds

    @property
    def sender_lag(self) -> float:
        """How late the sender itself was at worst, in seconds."""
        return max(shot.sent - shot.due for shot in self.shots)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of sorted values; not a number when there are none."""
    if not values:
        return math.nan
    return values[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def ask(
    system: System,
    conversation: str,
    people: Sequence[str],
    questions: Sequence[str],
    per_second: float,
    seconds: float,
    others: Mapping[str, int],
    settle_seconds: float = SETTLE_SECONDS,
) -> Result:
    """Ask `questions` in turn, each by the next of `people`, and wait for the replies.

    It begins when all that was asked before is done with. `others` are the process ids of
    programs outside the system, such as Twilio's stand-in.
    """
    count = round(per_second * seconds)
    forms = [
        system.form(people[n % len(people)], questions[n % len(questions)]) for n in range(count)
    ]
    system.rest()
    cpu: dict[str, float] = {}
    started = time.monotonic()
    with cpu_time({**system.processes(), **others}, cpu):
        shots = send_on_schedule(forms, per_second)
        replied = _wait_for_replies(system, shots, settle_seconds)
    return Result(
        system=system.name,
        conversation=conversation,
        per_second=per_second,
        shots=shots,
        acknowledgements=sorted(s.answered - s.due for s in shots if s.accepted),
        replies=sorted(replied[s.sid] - s.due for s in shots if s.sid in replied),
        failures=_failures(shots, replied),
        seconds=time.monotonic() - started,
        cpu=cpu,
    )


def _wait_for_replies(
    system: System, shots: Sequence[Shot], settle_seconds: float
) -> Mapping[str, float]:
    until = time.monotonic() + settle_seconds
    while True:
        replied = system.reply_moments(shots)
        if len(replied) >= len(shots) or time.monotonic() > until:
            return replied
        time.sleep(1.0)


def _failures(shots: Sequence[Shot], replied: Mapping[str, float]) -> dict[str, int]:
    found = Counter(
        "no answer in 15 s" if shot.status == 0 else f"HTTP {shot.status}"
        for shot in shots
        if not shot.accepted
    )
    unanswered = sum(1 for shot in shots if shot.sid not in replied)
    if unanswered:
        found["no reply"] = unanswered
    return dict(found)


@contextmanager
def cpu_time(processes: Mapping[str, int], spent: dict[str, float]) -> Iterator[None]:
    """Writes into `spent` the CPU seconds that each process tree used during the block."""
    before = {name: _tree_seconds(pid) for name, pid in processes.items()}
    yield
    for name, pid in processes.items():
        spent[name] = _tree_seconds(pid) - before[name]


def _tree_seconds(pid: int) -> float:
    total = 0.0
    try:
        root = psutil.Process(pid)
        # Everything else is a child of the sender.
        children = [] if pid == os.getpid() else root.children(recursive=True)
        for process in [root, *children]:
            times = process.cpu_times()
            total += times.user + times.system
    except psutil.NoSuchProcess:
        pass
    return total
