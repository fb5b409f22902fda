"""Files that applicants sent: fetched once from Twilio's hosts alone, and looked at before kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import DESK, notify, transaction
from bot.file_types import safe_type
from bot.models import MediaFile, Message
from bot.settings import settings

log = logging.getLogger(__name__)

LARGEST = 16 * 1024 * 1024  # bytes, WhatsApp's limit
MOST_REDIRECTS = 3
LEASE = timedelta(seconds=60)
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600))
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)
# Where Twilio keeps what applicants send, and where it redirects to.
_HOSTS = ("twilio.com", "twiliocdn.com")


class NotHad(Exception):
    """The file can't be had. `fault` as in MediaFile; `later`: worth another try."""

    def __init__(self, fault: str, *, later: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.later = later


@dataclass(frozen=True)
class Fetching:
    """A file that this worker is to fetch now."""

    file_id: int
    url: str
    attempt: int


def expect_files(session: Session, message: Message, now: datetime) -> None:
    """Have the files of an incoming message fetched."""
    for position, item in enumerate((message.extra or {}).get("media") or []):
        session.add(
            MediaFile(
                message=message,
                position=position,
                url=item["url"],
                stated_type=item["type"],
                next_attempt_at=now,
            )
        )


def fetch_next() -> bool:
    """Fetch the next due file, whatever comes of it; False if none is due."""
    with transaction() as session:
        fetching = _begin(session, clock.now())
    if fetching is None:
        return False
    try:
        content = _content_at(fetching.url)
    except NotHad as failure:
        log.warning("media file %s: %s", fetching.file_id, failure.fault)
        _record_failure(fetching, failure)
    else:
        _record_content(fetching, content)
    return True


def _begin(session: Session, now: datetime) -> Fetching | None:
    file = session.scalars(
        select(MediaFile)
        .where(
            MediaFile.fetched_at.is_(None),
            MediaFile.fault.is_(None),
            MediaFile.next_attempt_at <= now,
        )
        .order_by(MediaFile.next_attempt_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if file is None:
        return None
    file.attempts += 1
    file.next_attempt_at = now + LEASE  # a killed worker's file is fetched again after this
    return Fetching(file.id, file.url, file.attempts)


def _content_at(url: str) -> bytes:
    """The bytes; each address on the way has to be one of Twilio's. Raises NotHad."""
    try:
        with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
            for _ in range(MOST_REDIRECTS + 1):
                with client.stream("GET", url, auth=_credentials(url)) as response:
                    if response.is_redirect:
                        url = urljoin(url, response.headers.get("location", ""))
                        continue
                    return _read(response)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotHad("unreachable", later=True) from error
    raise NotHad("refused")


def _credentials(url: str) -> tuple[str, str] | None:
    """The account's name and secret for the API's own host; raises NotHad for a foreign host."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    api = urlsplit(settings().twilio_api or "https://api.twilio.com")
    if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
        return settings().account_sid, settings().auth_token
    ours = any(host == known or host.endswith(f".{known}") for known in _HOSTS)
    if parts.scheme != "https" or not ours:
        raise NotHad("refused")
    return None


def _read(response: httpx.Response) -> bytes:
    if response.status_code in (404, 410):
        raise NotHad("gone")
    if response.status_code >= 400:
        raise NotHad("unreachable", later=True)
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LARGEST:
            raise NotHad("too_large")
    return bytes(content)


def _record_content(fetching: Fetching, content: bytes) -> None:
    with transaction() as session:
        file = _locked(session, fetching)
        if file is not None:
            file.content, file.size = content, len(content)
            file.safe_type = safe_type(content, file.stated_type)
            file.fetched_at = clock.now()


def _record_failure(fetching: Fetching, failure: NotHad) -> None:
    with transaction() as session:
        file = _locked(session, fetching)
        if file is None:
            return
        if failure.later and fetching.attempt <= len(RETRY_AFTER):
            file.next_attempt_at = clock.now() + RETRY_AFTER[fetching.attempt - 1]
        else:
            file.fault = failure.fault


def _locked(session: Session, fetching: Fetching) -> MediaFile | None:
    """The file, if it is still there and nobody else went on with it."""
    file = session.scalars(
        select(MediaFile)
        .where(MediaFile.id == fetching.file_id, MediaFile.attempts == fetching.attempt)
        .with_for_update()
    ).one_or_none()
    if file is not None:
        notify(session, DESK, conversation=file.message.conversation_id)
    return file
