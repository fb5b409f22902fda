"""Asking the action server for what takes the encoder, which this process shall not have."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import httpx

from bot.settings import settings

log = logging.getLogger(__name__)

# Seconds for an answer: somebody works on meanwhile, and what comes later is no help.
PATIENCE = 2.0
_CONNECT = 0.5
# Not reached, not JSON, or not in the form of an action's answer.
_NO_USABLE_ANSWER = (httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError)


class ActionServerAway(Exception):
    """There is no usable answer; whether it did what it was asked is unknown."""


def ask(action: str, *, patience: float = PATIENCE, **values: object) -> dict[str, Any]:
    """What `action` answers to these values (anything that JSON takes), within `patience` seconds.

    The action finds the values as its latest message's metadata. Raises ActionServerAway.
    """
    asked = {
        "next_action": action,
        "sender_id": "console",
        "tracker": {
            "sender_id": "console",
            "slots": {},
            "latest_message": {"text": "", "metadata": values},
        },
        "domain": {},
    }
    timeout = httpx.Timeout(patience, connect=_CONNECT)
    try:
        response = _client().post(settings().actions_url, json=asked, timeout=timeout)
        response.raise_for_status()
        return dict(response.json()["responses"][0]["custom"])
    except _NO_USABLE_ANSWER as error:
        log.warning("no answer to %s: %s", action, type(error).__name__)
        raise ActionServerAway from error


@cache
def _client() -> httpx.Client:
    return httpx.Client(trust_env=False)
