"""One connection a process that listens to the database, fanned out to the open pages."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg

from bot.db import DESK, psycopg_address

log = logging.getLogger(__name__)

RECONNECT_AFTER = 0.5  # seconds
MOST_PENDING = 100

Change = dict[str, object]  # such as {"ticket": 42, "conversation": 7}
EVERYTHING: Change = {"all": True}


class Subscription:
    """The changes that one open page has not been told yet."""

    def __init__(self) -> None:
        self._pending: list[Change] = []
        self._told = asyncio.Event()

    def tell(self, change: Change) -> None:
        """Keep the change; a page that reads too slowly is told to look at everything."""
        if len(self._pending) >= MOST_PENDING:
            self._pending = [EVERYTHING]
        elif change not in self._pending:
            self._pending.append(change)
        self._told.set()

    async def changes(self, seconds: float) -> list[Change]:
        """What has changed, as soon as something has; nothing after `seconds`."""
        try:
            await asyncio.wait_for(self._told.wait(), seconds)
        except TimeoutError:
            return []
        self._told.clear()
        pending, self._pending = self._pending, []
        return pending


class Hub:
    """Subscriptions of this process's open pages. Lives in one event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()

    @contextmanager
    def subscription(self) -> Iterator[Subscription]:
        """Be told of changes for the length of the block."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Pass on what the database notifies, for the length of the block."""
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _tell(self, change: Change) -> None:
        for subscription in self._subscriptions:
            subscription.tell(change)

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.Error as error:
                log.warning("database: %s; listening again soon", type(error).__name__)
            await asyncio.sleep(RECONNECT_AFTER)

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            psycopg_address(),
            autocommit=True,
            connect_timeout=3,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        ) as connection:
            await connection.execute(f"LISTEN {DESK}")
            self._tell(EVERYTHING)  # whatever was told while nobody listened
            async for notification in connection.notifies():
                self._tell(_read(notification.payload))


def _read(payload: str) -> Change:
    try:
        facts = json.loads(payload)
    except ValueError:
        return EVERYTHING
    if not isinstance(facts, dict):
        return EVERYTHING
    return {key: facts[key] for key in ("ticket", "conversation") if facts.get(key) is not None}
