"""One open page of the console, kept up to date as its scripts do, without a browser.

It follows bot/console/static/console.js, talk.js, presence.js and alerts.js: an event stream for
the page and another for the alerts, a fetch of the live parts when a change concerns the page,
with the same gaps and polls, a sign of presence every ten seconds. What it leaves out is what
costs the server nothing: drawing, and pictures and scripts, which browsers keep.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

# As in the scripts of the pages, in seconds.
GAP = {"queue": 1.5, "section": 0.7, "board": 2.0}
OTHER_GAP = 0.25
SHORTEST_WAIT = 0.06
POLL = 10.0
POLL_WHILE_TOLD = 60.0
SILENCE = 40.0
WATCH_OVER = 2.0
RECONNECT = 2.0
SIGN = 10.0
ALERT_GAP = 1.5
ALERT_POLL = 30.0

_FIRST = re.compile(r'data-first="(\d+)"')
_MESSAGES = re.compile(r'data-speaker="applicant" id="message-(\d+)"')
_WATCH = re.compile(r'data-watch="([^"]*)"')
_CSRF = re.compile(r'data-csrf="([^"]*)"')
_FRAGMENT = {"X-Fragment": "1"}
_SCRIPT = {"X-Console": "1"}


class ConsolePage:
    """A page that stays open. `shown` is what it holds, `first_seen` the messages by id."""

    def __init__(self, client: aiohttp.ClientSession, address: str) -> None:
        self.shown = ""
        self.first_seen: dict[int, float] = {}  # Unix time in seconds
        self.fetches = 0
        self.faults: list[str] = []
        self._client = client
        self._address = address
        self._fragment = address
        self._watch = ""
        self._csrf = ""
        self._told = False
        self._heard_at = 0.0
        self._asked_at = 0.0
        self._told_at = time.monotonic()  # of something that concerns the page
        self._took = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._soon = _Soon(self._refresh, self._wait_before_asking)
        self._alerts_soon = _Soon(self._look_for_alerts, lambda: ALERT_GAP)

    @property
    def is_conversation(self) -> bool:
        return self._watch.startswith("conversation:")

    @property
    def fragment(self) -> str:
        """The address of the live parts, from the first message that the page shows."""
        return self._fragment

    def is_settled(self, seconds: float) -> bool:
        """Whether it is not fetching, and was told of nothing new for so long."""
        return not self._soon.is_busy and time.monotonic() - self._told_at > seconds

    async def open(self) -> None:
        """Load the whole page, then keep it true until `close`."""
        async with self._client.get(self._address) as answer:
            answer.raise_for_status()
            page = await answer.text()
        self._watch, self._csrf = _WATCH.search(page)[1], _CSRF.search(page)[1]  # type: ignore[index]
        self._take(page)
        self._asked_at = time.monotonic()
        keepers = [
            self._listen(self._watch, self._page_opened, self._page_heard),
            self._watch_over(),
            self._listen("alerts", self._alerts_soon.ask, self._alerts_heard),
            self._poll_alerts(),
        ]
        if self.is_conversation:
            keepers.append(self._give_signs())
        self._tasks = [asyncio.create_task(keeper) for keeper in keepers]

    async def close(self) -> None:
        """Close it as a tab is closed."""
        for task in [*self._tasks, *self._soon.tasks, *self._alerts_soon.tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def fetch(self) -> str:
        """The live parts as the server gives them now."""
        async with self._client.get(self._fragment, headers=_FRAGMENT) as answer:
            answer.raise_for_status()
            return await answer.text()

    # --- the page -------------------------------------------------------------------------

    async def _refresh(self) -> None:
        self.fetches += 1
        self._asked_at = time.monotonic()
        try:
            self._take(await self.fetch())
            self._took = time.monotonic() - self._asked_at
        except (aiohttp.ClientError, TimeoutError) as fault:
            self.faults.append(f"{self._fragment}: {fault!r}")

    def _wait_before_asking(self) -> float:
        gap = max(GAP.get(self._watch, OTHER_GAP), min(2 * self._took, POLL))
        return max(SHORTEST_WAIT, self._asked_at + gap - time.monotonic())

    def _take(self, page: str) -> None:
        now = time.time()
        self.shown = page
        if not self.is_conversation:
            return
        for found in _MESSAGES.finditer(page):
            self.first_seen.setdefault(int(found[1]), now)
        if first := _FIRST.search(page):
            self._fragment = f"{self._address}?from={first[1]}"

    def _page_opened(self) -> None:
        self._soon.ask()
        self._tasks.append(asyncio.create_task(self._learn_presence()))

    def _page_heard(self, change: dict[str, Any]) -> None:
        kind, _, number = self._watch.partition(":")
        if change.get("all") or kind != "conversation" or str(change.get("conversation")) == number:
            self._told_at = time.monotonic()
            self._soon.ask()

    async def _watch_over(self) -> None:
        while True:
            await asyncio.sleep(WATCH_OVER)
            patience = POLL_WHILE_TOLD if self._told else POLL
            if time.monotonic() - self._asked_at > patience:
                self._soon.ask()

    # --- presence and alerts --------------------------------------------------------------

    async def _learn_presence(self) -> None:
        await self._script("GET", "/console/presence")

    async def _give_signs(self) -> None:
        conversation = self._watch.partition(":")[2]
        values = {"csrf": self._csrf, "conversation": conversation, "doing": "looking"}
        while True:
            await self._script("POST", "/console/presence", data=values)
            await asyncio.sleep(SIGN)

    async def _look_for_alerts(self) -> None:
        await self._script("GET", "/console/alerts")

    def _alerts_heard(self, _: dict[str, Any]) -> None:
        self._alerts_soon.ask()

    async def _poll_alerts(self) -> None:
        while True:
            self._alerts_soon.ask()
            await asyncio.sleep(ALERT_POLL)

    async def _script(self, method: str, address: str, **values: Any) -> None:
        try:
            async with self._client.request(method, address, headers=_SCRIPT, **values) as answer:
                await answer.read()
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as fault:
            self.faults.append(f"{address}: {fault!r}")

    # --- the stream -----------------------------------------------------------------------

    async def _listen(
        self, watch: str, opened: Callable[[], None], heard: Callable[[dict[str, Any]], None]
    ) -> None:
        """An EventSource: reads on, and connects again when the stream ends or stays silent."""
        address = f"/console/events?watch={watch}"
        endless = aiohttp.ClientTimeout(total=None, sock_read=SILENCE)
        while True:
            try:
                async with self._client.get(address, timeout=endless) as answer:
                    answer.raise_for_status()
                    async for kind, data in _events(answer.content):
                        if kind == "open":
                            self._told = True
                            opened()
                        elif kind == "message":
                            heard(json.loads(data))
            except (aiohttp.ClientError, TimeoutError) as fault:
                self.faults.append(f"{address}: {fault!r}")
            self._told = False
            await asyncio.sleep(RECONNECT)


class _Soon:
    """Does something soon: once for all that ask before, once more for all that ask meanwhile."""

    def __init__(self, act: Callable[[], Any], wait: Callable[[], float]) -> None:
        self._act = act
        self._wait = wait
        self._waiting = False
        self._running = False
        self._again = False
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        return self._waiting or self._running

    def ask(self) -> None:
        if self._waiting:
            return
        self._waiting = True
        task = asyncio.create_task(self._do())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _do(self) -> None:
        await asyncio.sleep(self._wait())
        self._waiting = False
        if self._running:
            self._again = True
            return
        self._running = True
        try:
            await self._act()
        finally:
            self._running = False
        if self._again:
            self._again = False
            self.ask()


async def _events(stream: aiohttp.StreamReader) -> AsyncIterator[tuple[str, str]]:
    kind, data = "message", ""
    async for raw in stream:
        line = raw.decode().rstrip("\n")
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            data = value
        elif not line and data:
            yield kind, data
            kind, data = "message", ""
