"""How long a question takes and what memory it needs: alone, on one core, one after another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from bench.measure import percentile
from threadpoolctl import threadpool_limits

_WARM_UP = 20


@dataclass(frozen=True)
class Pace:
    """Seconds a question, sorted, and the bytes that the process held in the end."""

    seconds: Sequence[float]
    memory: int

    @classmethod
    def of(cls, seconds: Sequence[float], memory: int) -> Pace:
        """The pace without the first questions, which only warm up."""
        return cls(sorted(seconds[_WARM_UP:]), memory)

    def milliseconds(self, percent: float) -> str:
        return f"{percentile(self.seconds, percent) * 1000:.1f} ms"

    def mebibytes(self) -> str:
        return f"{self.memory / 2**20:.0f} MiB"


def pace(ask: Callable[[str], object], questions: Sequence[str]) -> Pace:
    """The pace of `ask`."""
    seconds = []
    with _one_core(), threadpool_limits(1):
        for question in questions:
            started = time.perf_counter()
            ask(question)
            seconds.append(time.perf_counter() - started)
    return Pace.of(seconds, psutil.Process().memory_info().rss)


@contextmanager
def _one_core() -> Iterator[None]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
