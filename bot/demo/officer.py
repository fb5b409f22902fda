"""An officer's browser without a screen: the console's own pages and forms."""

from __future__ import annotations

import re
import secrets
import time

import httpx

_TICKET_LINK = re.compile(r'href="/console/tickets/(\d+)[^"]*"(.*?)</a>', re.S)


class NothingWaits(Exception):
    """The ticket is not in the queue."""


class Officer:
    """Signs in and works on tickets as a browser does."""

    def __init__(self, address: str, username: str, password: str) -> None:
        self._http = httpx.Client(
            base_url=f"{address}/console", timeout=15, follow_redirects=True, trust_env=False
        )
        form = _hidden_fields(self._http.get("/signin").text)
        page = self._http.post("/signin", data=form | {"username": username, "password": password})
        page.raise_for_status()
        self._csrf = _hidden_fields(page.text)["csrf"]

    def find(self, number: str, seconds: float = 10.0) -> int:
        """The id of the ticket with this number, once the queue shows it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            page = self._http.get("/queue").text
            for ticket, text in _TICKET_LINK.findall(page):
                if number in text:
                    return int(ticket)
            time.sleep(0.1)
        raise NothingWaits(f"{number} does not show in the queue within {seconds:.0f} s")

    def take(self, ticket: int) -> None:
        self._step(ticket, "take")

    def reply(self, ticket: int, text: str) -> None:
        self._step(ticket, "reply", text=text, client_key=secrets.token_hex(8))

    def close(self, ticket: int, outcome: str) -> None:
        self._step(ticket, "close", outcome=outcome)

    def _step(self, ticket: int, step: str, **fields: str) -> None:
        answer = self._http.post(f"/tickets/{ticket}/{step}", data={"csrf": self._csrf, **fields})
        answer.raise_for_status()


def _hidden_fields(page: str) -> dict[str, str]:
    """Hidden inputs of a page, by name."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
