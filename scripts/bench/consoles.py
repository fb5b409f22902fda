"""All the open consoles, in a thread with an event loop of its own beside the sender's."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine, Sequence
from itertools import zip_longest
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from bench.console_page import ConsolePage
from bench.desk import PASSWORD, Seat

Result = TypeVar("Result")

_SIGN_INS_AT_ONCE = 2
_KEY = re.compile(r'name="key" value="([^"]+)"')
# What changes by itself as time goes by; the page's script keeps it true.
_TIMES = re.compile(
    r'<time [^>]*>[^<]*</time>|data-now="[^"]*"|<span class="left">[^<]*</span>'
    r'|<p class="zone-note">[^<]*</p>|<strong>[^<]*</strong> WITA'
)
_MOODS = re.compile(r'data-mood="[^"]*"|<span class="mood">[^<]*</span>')


class Consoles:
    """Signed in and open for the length of the block."""

    def __init__(self, url: str, seats: Sequence[Seat]) -> None:
        self._url = url
        self._seats = seats
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="consoles")
        self._clients: list[aiohttp.ClientSession] = []
        self.pages: list[ConsolePage] = []

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._do(self._open_all())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def fresh(self) -> list[str]:
        """Each page's live parts as the server gives them now, in the order of `pages`."""
        return self._do(self._fetch_all())

    def _do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _open_all(self) -> None:
        turn = asyncio.Semaphore(_SIGN_INS_AT_ONCE)
        self.pages = await asyncio.gather(*(self._open(seat, turn) for seat in self._seats))

    async def _open(self, seat: Seat, turn: asyncio.Semaphore) -> ConsolePage:
        client = aiohttp.ClientSession(
            self._url,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # also for an address without a name
            timeout=aiohttp.ClientTimeout(total=30),
        )
        self._clients.append(client)
        async with turn:
            await _sign_in(client, seat.username)
            page = ConsolePage(client, seat.address)
            await page.open()
        return page

    async def _fetch_all(self) -> list[str]:
        return [await page.fetch() for page in self.pages]

    async def _close_all(self) -> None:
        await asyncio.gather(*(page.close() for page in self.pages))
        for client in self._clients:
            await client.close()


def first_difference(shown: str, fresh: str) -> str:
    """Where a page differs from a fresh one but for what changes as time goes by; empty if not."""
    lines = zip_longest(*(_timeless(page).splitlines() for page in (shown, fresh)), fillvalue="")
    return next((f"{ours} | {theirs}" for ours, theirs in lines if ours != theirs), "")


def _timeless(page: str) -> str:
    return _MOODS.sub("", _TIMES.sub("", page))


async def _sign_in(client: aiohttp.ClientSession, username: str) -> None:
    async with client.get("/console/signin") as answer:
        found = _KEY.search(await answer.text())
    form = {"key": found[1] if found else "", "username": username, "password": PASSWORD}
    async with client.post("/console/signin", data=form, allow_redirects=False) as answer:
        if answer.status != 303:
            raise RuntimeError(f"{username} can't sign in: HTTP {answer.status}")
