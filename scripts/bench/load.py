"""Webhook forms sent on schedule, whatever becomes of those before them (an open loop).

Every latency counts from the moment at which a form was due, so that a slow server can't make
its own figures better by holding up the sender.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

# Twilio gives a webhook up after this.
TWILIO_PATIENCE_SECONDS = 15.0
# Shorter than either server keeps an idle connection, so that none is used as it closes.
_KEEP_IDLE_SECONDS = 2.0


@dataclass(frozen=True)
class Form:
    """A signed form, ready to send."""

    url: str
    sid: str
    person: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Shot:
    """One form and how its webhook answered. Moments are Unix time in seconds."""

    sid: str
    person: str
    due: float
    sent: float
    answered: float
    status: int  # of HTTP; 0 when there was no answer

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


def form(url: str, fields: dict[str, str], signature: str) -> Form:
    """`fields` as Twilio posts them to `url`."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "X-Twilio-Signature": signature,
    }
    body = urlencode(fields).encode("ascii")
    return Form(url, fields["MessageSid"], fields["From"], body, headers)


def send_on_schedule(forms: Sequence[Form], per_second: float) -> list[Shot]:
    """Send one form every 1/`per_second` s; returns when the last has its answer."""
    gc.collect()
    gc.freeze()  # so that no collection of what was made before holds the sender up
    try:
        return asyncio.run(_send_on_schedule(forms, per_second))
    finally:
        gc.unfreeze()


async def _send_on_schedule(forms: Sequence[Form], per_second: float) -> list[Shot]:
    connections = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_IDLE_SECONDS)
    patience = aiohttp.ClientTimeout(total=TWILIO_PATIENCE_SECONDS)
    async with aiohttp.ClientSession(connector=connections, timeout=patience) as client:
        first = time.time() + 0.2
        posts = []
        for position, each in enumerate(forms):
            due = first + position / per_second
            await asyncio.sleep(max(0.0, due - time.time()))
            posts.append(asyncio.create_task(_post(client, each, due)))
        return await asyncio.gather(*posts)


async def _post(client: aiohttp.ClientSession, each: Form, due: float) -> Shot:
    sent = time.time()
    try:
        async with client.post(each.url, data=each.body, headers=each.headers) as answer:
            await answer.read()
            status = answer.status
    except (aiohttp.ClientError, TimeoutError):
        status = 0
    return Shot(each.sid, each.person, due, sent, time.time(), status)
