"""Sending through Twilio's Messages API: one call, and what may have become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from textwrap import shorten

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.settings import settings

TIMEOUT_SECONDS = 10
TEMPLATE_CHOICES = 3
LONGEST_TITLE = 24  # characters of a choice, WhatsApp's limit
# Answers that say surely that nothing was sent and that it may work later.
_LATER = {20429, 63018}


class SendError(Exception):
    """A send did not succeed. `retryable`: surely not sent, worth another try later."""

    def __init__(self, text: str, *, code: int | None = None, retryable: bool) -> None:
        super().__init__(text)
        self.code = code
        self.retryable = retryable


class SendUnknown(Exception):
    """The send may have happened; only looking it up tells."""


@dataclass(frozen=True)
class Template:
    """An approved template by its content SID, with its variables by number."""

    content_sid: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class SentMessage:
    """A message as Twilio's list shows it."""

    sid: str
    status: str
    body: str
    created_at: datetime | None


@cache
def _client() -> Client:
    http = TwilioHttpClient(timeout=TIMEOUT_SECONDS)
    # One pooled connection a sending thread, not one for every request.
    http.session.mount("http://", HTTPAdapter(pool_maxsize=settings().send_threads))
    http.session.mount("https://", HTTPAdapter(pool_maxsize=settings().send_threads))
    client = Client(settings().account_sid, settings().auth_token, http_client=http)
    if settings().twilio_api is not None:
        client.api.base_url = settings().twilio_api
    return client


def send(
    to: str,
    body: str,
    *,
    message_id: int,
    choices: Sequence[Sequence[str]] | None = None,
    template: Template | None = None,
    media_url: str | None = None,
) -> str:
    """Send one message, or the template in its place; returns its SID.

    With `media_url` it is the file at that address, and `body` the words under it, if any.
    Raises SendError or SendUnknown.
    """
    return _create(
        to=to,
        status_callback=f"{settings().public_address}/whatsapp/status?m={message_id}",
        **_content(body, choices, template, media_url),
    )


def send_template(to: str, content_sid: str, variables: Mapping[str, str]) -> str:
    """Send an approved template, which needs no open window; returns its SID.

    Raises SendError or SendUnknown. Nothing tells later whether it arrived.
    """
    return _create(to=to, content_sid=content_sid, content_variables=json.dumps(dict(variables)))


def _create(**message: str | list[str]) -> str:
    try:
        created = _client().messages.create(from_=settings().whatsapp_from, **message)
    except (TwilioRestException, TwilioServiceException) as error:
        raise _meaning(error) from error
    except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as error:
        raise SendError("Twilio can't be reached", retryable=True) from error
    except requests.ConnectionError as error:
        if "NewConnectionError" in repr(error):
            raise SendError("Twilio can't be reached", retryable=True) from error
        raise SendUnknown(type(error).__name__) from error
    except (requests.RequestException, TwilioException, ValueError) as error:
        raise SendUnknown(type(error).__name__) from error  # an answer that can't be read, too
    return str(created.sid)


def sent_since(to: str, since: datetime) -> list[SentMessage]:
    """What went out to `to` from `since` on, by Twilio's own list, oldest first.

    Raises SendUnknown when the list can't be had now.
    """
    try:
        listed = _client().messages.list(
            to=to, from_=settings().whatsapp_from, date_sent_after=since, limit=200
        )
    except (requests.RequestException, TwilioException, ValueError) as error:
        raise SendUnknown(type(error).__name__) from error
    found = [SentMessage(str(m.sid), str(m.status), m.body or "", m.date_created) for m in listed]
    return sorted(found, key=lambda m: (m.created_at is not None, m.created_at))


def _content(
    body: str,
    choices: Sequence[Sequence[str]] | None,
    template: Template | None,
    media_url: str | None,
) -> dict[str, str | list[str]]:
    """What the message is: a template, a file, or words, with choices to tap if there are any."""
    if template is not None:
        return _filled(template)
    if media_url is not None:
        return {"media_url": [media_url], **({"body": body} if body else {})}
    return _words(body, choices)


def _words(body: str, choices: Sequence[Sequence[str]] | None) -> dict[str, str | list[str]]:
    """Plain text, or the content template that lets the choices be tapped."""
    template = settings().choices_content_sid
    if template is None or not choices or not _fills_template(choices):
        return {"body": body}
    variables = {"1": body}
    for position, (title, payload) in enumerate(choices):
        variables[str(2 + 2 * position)] = shorten(title, LONGEST_TITLE, placeholder="…")
        variables[str(3 + 2 * position)] = payload
    return {"content_sid": template, "content_variables": json.dumps(variables)}


def _filled(template: Template) -> dict[str, str | list[str]]:
    content: dict[str, str | list[str]] = {"content_sid": template.content_sid}
    if template.variables:
        content["content_variables"] = json.dumps(dict(template.variables))
    return content


def _fills_template(choices: Sequence[Sequence[str]]) -> bool:
    """A real template has three items, all to be filled; the stand-in's takes any number."""
    return settings().simulator or len(choices) == TEMPLATE_CHOICES


def _meaning(error: TwilioRestException | TwilioServiceException) -> Exception:
    """What an error of Twilio's says, in its older format or in that of RFC 9457."""
    if error.status >= 500 and error.code not in _LATER:
        return SendUnknown(f"HTTP {error.status}")
    said = error.msg if isinstance(error, TwilioRestException) else error.detail or error.title
    later = error.status == 429 or error.code in _LATER
    return SendError(f"Twilio: {said}", code=error.code, retryable=later)
