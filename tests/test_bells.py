"""Notifications: soon, each once, many together."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from bot.bells import Bell, Bells

pytestmark = pytest.mark.slow

PATIENCE = 5.0  # seconds


class Heard:
    """What was rung, one list a ring."""

    def __init__(self) -> None:
        self.rings: list[list[Bell]] = []
        self.faults = 0
        self._news = threading.Condition()

    def ring(self, bells: Sequence[Bell]) -> None:
        with self._news:
            if self.faults:
                self.faults -= 1
                self._news.notify_all()
                raise OperationalError("pg_notify", {}, Exception("the database is away"))
            self.rings.append(list(bells))
            self._news.notify_all()

    def until(self, bell: Bell) -> None:
        with self._news:
            assert self._news.wait_for(lambda: any(bell in ring for ring in self.rings), PATIENCE)


def test_what_comes_in_a_rush_is_rung_together_and_each_bell_once(monkeypatch):
    monkeypatch.setattr("bot.bells.GATHER_SECONDS", 0.5)
    heard = Heard()
    bells = Bells(heard.ring)
    bells.add([("desk", "first")])
    heard.until(("desk", "first"))  # at once
    for number in range(20):
        bells.add([("turns", "{}"), ("desk", str(number))])
        time.sleep(0.005)  # time enough for a ring of its own
    heard.until(("desk", "19"))
    assert len(heard.rings) == 2
    assert heard.rings[1] == [("turns", "{}"), *(("desk", str(n)) for n in range(20))]


def test_a_database_that_is_away_does_not_end_the_ringing():
    heard = Heard()
    heard.faults = 1
    bells = Bells(heard.ring)
    bells.add([("turns", "{}")])
    with heard._news:
        assert heard._news.wait_for(lambda: heard.faults == 0, PATIENCE)
    bells.add([("outbox", "{}")])
    heard.until(("outbox", "{}"))
