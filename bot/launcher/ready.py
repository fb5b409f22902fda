"""Whether a program does its work, asked the way its users reach it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

import httpx

from bot.launcher.database import answers
from bot.settings import Settings

ASK_SECONDS = 3.0


def probes(settings: Settings) -> dict[str, Callable[[], bool]]:
    """A question for each program; the worker is asked after through the web process."""
    rasa = settings.rasa_url
    actions = "{0.scheme}://{0.netloc}/health".format(urlsplit(settings.actions_url))
    web = f"http://{_reachable(settings.web_host)}:{settings.web_port}"
    return {
        "postgres": lambda: answers(settings.database_address),
        "actions": lambda: says_ok(actions),
        "rasa": lambda: says_ok(f"{rasa}/status"),  # refused until a model is loaded
        "worker": lambda: says_ok(f"{web}/readyz"),
        "web": lambda: says_ok(f"{web}/healthz"),
    }


def says_ok(address: str) -> bool:
    """Whether a GET there is answered with 200."""
    try:
        return _client().get(address).status_code == 200
    except httpx.HTTPError:
        return False


@cache
def _client() -> httpx.Client:
    # One for all: to make one costs more than many questions, and a start asks often.
    return httpx.Client(timeout=ASK_SECONDS, trust_env=False)


def _reachable(host: str) -> str:
    """Where a server that listens on `host` is reached from this machine."""
    if host in {"0.0.0.0", ""}:
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host
