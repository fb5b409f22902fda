"""Telling other processes that there is something to look at, once it is committed.

PostgreSQL commits one transaction with notifications at a time and holds the next one back until
the first is on the disk. So they are not sent with the rows they tell of but after them, all that
have gathered at once, in a transaction that writes nothing: no commit waits for another's.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

# In a rush, bells gather this long between two rings. Nobody notices, and it saves most of them.
GATHER_SECONDS = 0.05

Bell = tuple[str, str]  # a channel and the facts for who listens there


class Bells:
    """Bells to ring soon, by a thread of their own. Safe to use from any thread."""

    def __init__(self, ring: Callable[[Sequence[Bell]], None]) -> None:
        self._ring = ring
        self._waiting: dict[Bell, None] = {}
        self._news = threading.Condition()
        self._ringing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, bells: Iterable[Bell]) -> None:
        """Have these rung soon, each once, also if the process ends now."""
        with self._news:
            self._waiting.update(dict.fromkeys(bells))
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_ringing, daemon=True)
                self._thread.start()
                atexit.register(self._ring_waiting)
            self._news.notify()

    def _keep_ringing(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting)
            self._ring_waiting()
            time.sleep(GATHER_SECONDS)

    def _ring_waiting(self) -> None:
        with self._ringing:
            with self._news:
                bells = list(self._waiting)
                self._waiting.clear()
            if not bells:
                return
            try:
                self._ring(bells)
            except SQLAlchemyError as error:
                # Who listens looks by itself before long, and at once when it is connected again.
                log.warning("notifications were not sent: %s", type(error).__name__)
