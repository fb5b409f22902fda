"""Files of messages: samples that the phone sent, and what is fetched to be sent to a phone.

As on Twilio, an outgoing file is fetched once from where the sender says, has to be what its
Content-Type says, and lies here from then on.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from sqlalchemy.orm import Session

from bot.file_types import safe_type
from bot.models.simulator import SimulatorMedia, SimulatorMessage
from bot.simulator.forms import new_sid
from bot.simulator.samples import SAMPLES, sample_bytes

log = logging.getLogger(__name__)

LARGEST = 16 * 1024 * 1024  # bytes
LARGEST_PICTURE = 5 * 1024 * 1024
TIMEOUT = httpx.Timeout(5.0)
# What our kind of message carries; WhatsApp knows more.
MESSAGE_TYPES = {"image/jpeg": "image", "image/png": "image", "application/pdf": "document"}


@dataclass(frozen=True)
class Fetched:
    """A file as its address gave it."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Held:
    """A file of a message, without its bytes."""

    sid: str
    name: str
    content_type: str
    message_type: str
    size: int  # bytes


def fetch(url: str) -> Fetched | None:
    """The file at `url`; None if it can't be had or WhatsApp would not take it."""
    try:
        with (
            httpx.Client(timeout=TIMEOUT, trust_env=False) as client,
            client.stream("GET", url) as response,
        ):
            content = _read(response)
            stated = response.headers.get("content-type", "").partition(";")[0]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.info("simulator: a file can't be fetched (%s)", type(error).__name__)
        return None
    if content is None or stated not in MESSAGE_TYPES or safe_type(content) != stated:
        return None
    if stated.startswith("image/") and len(content) > LARGEST_PICTURE:
        return None
    return Fetched(PurePosixPath(unquote(urlsplit(url).path)).name, stated, content)


def _read(response: httpx.Response) -> bytes | None:
    if response.status_code != 200:
        return None
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST:
            return None
    return bytes(content)


def keep(session: Session, message: SimulatorMessage, file: Fetched) -> None:
    """Put a fetched file to its message, which has an id."""
    item = {
        "sid": new_sid("ME"),
        "type": file.content_type,
        "name": file.name,
        "size": len(file.content),
    }
    message.media = [item]
    session.add(SimulatorMedia(sid=item["sid"], message_id=message.id, content=file.content))


def held(item: Mapping[str, Any]) -> Held:
    """What an entry of a message's media is."""
    if "sample" in item:
        sample = SAMPLES[item["sample"]]
        size = len(sample_bytes(sample))
        return Held(item["sid"], sample.file_name, sample.content_type, sample.message_type, size)
    content_type = item["type"]
    return Held(item["sid"], item["name"], content_type, MESSAGE_TYPES[content_type], item["size"])


def content_of(session: Session, item: Mapping[str, Any]) -> bytes:
    """The bytes of an entry of a message's media."""
    if "sample" in item:
        return sample_bytes(SAMPLES[item["sample"]])
    return session.get_one(SimulatorMedia, item["sid"]).content
