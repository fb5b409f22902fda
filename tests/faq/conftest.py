"""The toy knowledge base, published."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.db import transaction
from bot.models import Turn
from bot.turns import begin_turn, lease_next
from tests.conftest import TestClock


@pytest.fixture
def turn_of(write: Callable[..., str], test_clock: TestClock) -> Callable[..., Turn]:
    """The turn that Fajar's words begin, still unfinished: `turn_of("berapa?")`."""

    def begin(words: str, **fields: str) -> Turn:
        write(words, **fields)
        test_clock.forward(seconds=5)
        with transaction() as session:
            lease = lease_next(session, test_clock.now)
            assert lease is not None
            turn = begin_turn(session, lease, test_clock.now)
            assert turn is not None
            return turn

    return begin
