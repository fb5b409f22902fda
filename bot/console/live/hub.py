"""One connection a process that listens to the database, fanned out to the open pages."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from math import inf

import psycopg

from bot.console.live.presence import Present, read_presence
from bot.console.live.watch import EVERYTHING, Change, Watch
from bot.db import DESK, PRESENCE, psycopg_address

log = logging.getLogger(__name__)

RECONNECT_AFTER = 0.5  # seconds
MOST_PENDING = 100
SWEEP_SECONDS = 5.0
EVERY_CHANGE = Watch()


class Subscription:
    """The changes that one open page watches for and has not been told yet."""

    def __init__(self, watch: Watch = EVERY_CHANGE) -> None:
        self._watch = watch
        self._pending: list[Change] = []
        self._told = asyncio.Event()
        self._told_at = -inf  # monotonic, in seconds

    def tell(self, change: Change) -> None:
        """Keep the change if it concerns the page; one that reads too slowly is told to look."""
        told = self._watch.told(change)
        if told is None:
            return
        if len(self._pending) >= MOST_PENDING:
            self._pending = [EVERYTHING]
        elif told not in self._pending:
            self._pending.append(told)
        self._told.set()

    async def changes(self, seconds: float) -> list[Change]:
        """What has changed, as soon as something has; nothing after `seconds`."""
        try:
            await asyncio.wait_for(self._told.wait(), seconds)
        except TimeoutError:
            return []
        since = time.monotonic() - self._told_at
        await asyncio.sleep(max(self._watch.gather_seconds, self._watch.rest_seconds - since))
        self._told_at = time.monotonic()
        self._told.clear()
        pending, self._pending = self._pending, []
        return pending


class Hub:
    """Subscriptions of this process's open pages. Lives in one event loop."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self.present = Present()

    @contextmanager
    def subscription(self, watch: Watch) -> Iterator[Subscription]:
        """Be told of what `watch` watches for the length of the block."""
        subscription = Subscription(watch)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Pass on what the database notifies, for the length of the block."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._sweep())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tell(self, change: Change) -> None:
        for subscription in self._subscriptions:
            subscription.tell(change)

    def _hear(self, channel: str, payload: str) -> None:
        change = _read(payload)
        if channel == DESK:
            self._tell(_known(change))
            return
        presence = read_presence(change)
        if presence is not None and self.present.note(presence, time.monotonic()):
            self._tell({"presence": asdict(presence)})

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            for presence in self.present.sweep(time.monotonic()):
                self._tell({"presence": asdict(presence)})

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
            await connection.execute(f"LISTEN {PRESENCE}")
            self._tell(EVERYTHING)  # whatever was told while nobody listened
            async for notification in connection.notifies():
                self._hear(notification.channel, notification.payload)


def _read(payload: str) -> Change:
    try:
        facts = json.loads(payload)
    except ValueError:
        return EVERYTHING
    return facts if isinstance(facts, dict) else EVERYTHING


def _known(change: Change) -> Change:
    if change is EVERYTHING:
        return EVERYTHING
    return {key: change[key] for key in ("ticket", "conversation") if change.get(key) is not None}
