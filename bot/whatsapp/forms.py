"""Twilio's inbound form, read: who wrote, what kind of message it is, what it carries.

Fields as seen and documented in November 2026; Twilio adds and changes them without notice,
so the raw form is kept and everything here is optional but MessageSid and From.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.models import AddressKind, MessageKind


class FormRefused(Exception):
    """The form lacks what a message needs; the text says what."""


@dataclass(frozen=True)
class Inbound:
    """One message of an applicant."""

    message_sid: str
    addresses: tuple[tuple[AddressKind, str], ...]  # the first is where to reply
    name: str
    kind: MessageKind
    body: str
    payload: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def read_form(form: Mapping[str, str]) -> Inbound:
    """The message in a webhook form; raises FormRefused when it names no message or sender."""
    message_sid = form.get("MessageSid", "") or form.get("SmsMessageSid", "")
    sender = form.get("From", "")
    if not message_sid:
        raise FormRefused("MessageSid is missing")
    if not sender:
        raise FormRefused("From is missing")
    kind, extra = _content(form)
    return Inbound(
        message_sid=message_sid,
        addresses=_addresses(form, sender),
        name=form.get("ProfileName", "").strip()[:200],
        kind=kind,
        body=(form.get("Body") or form.get("ButtonText") or form.get("ListTitle") or "").strip(),
        payload=form.get("ButtonPayload") or form.get("ListId") or None,
        extra=extra,
    )


def read_number(value: str) -> int | None:
    """A number of up to 18 digits as Twilio writes them; None for anything else."""
    return int(value) if re.fullmatch("[0-9]{1,18}", value) else None


def _addresses(form: Mapping[str, str], sender: str) -> tuple[tuple[AddressKind, str], ...]:
    """Every address the form gives for the sender. A scoped id has letters and a dot."""
    found = [_address(sender)]
    if form.get("WaId", "").isdigit():
        found.append((AddressKind.PHONE, f"whatsapp:+{form['WaId']}"))
    if form.get("ExternalUserId"):
        found.append(_address(form["ExternalUserId"]))
    return tuple(dict.fromkeys(found))


def _address(value: str) -> tuple[AddressKind, str]:
    bare = value.removeprefix("whatsapp:")
    is_phone = bare.removeprefix("+").isdigit()
    return (AddressKind.PHONE if is_phone else AddressKind.SCOPED, f"whatsapp:{bare}")


def _content(form: Mapping[str, str]) -> tuple[MessageKind, dict[str, Any]]:
    """The kind of message and what it carries beside its text."""
    replied_to = form.get("OriginalRepliedMessageSid")
    extra: dict[str, Any] = {"replied_to": replied_to} if replied_to else {}
    stated = form.get("MessageType", "").lower()
    if form.get("ButtonPayload") or form.get("ListId"):
        return MessageKind.BUTTON, extra
    if form.get("Latitude") and form.get("Longitude"):
        keys = {"Latitude": "latitude", "Longitude": "longitude", "Address": "address"}
        extra |= {name: form[key] for key, name in keys.items() if form.get(key)}
        return MessageKind.LOCATION, extra
    if stated == "reaction":
        return MessageKind.REACTION, extra
    media = _media(form)
    if media:
        return _media_kind(stated, media[0]["type"]), extra | {"media": media}
    if stated in {"contacts", "sticker"}:
        return MessageKind(stated), extra
    if not (form.get("Body") or form.get("ButtonText") or "").strip():
        return MessageKind.EMPTY, extra
    return MessageKind.TEXT, extra


def _media(form: Mapping[str, str]) -> list[dict[str, str]]:
    wanted = min(read_number(form.get("NumMedia", "")) or 0, 10)
    return [
        {
            "url": form.get(f"MediaUrl{n}", ""),
            "type": form.get(f"MediaContentType{n}", "application/octet-stream"),
        }
        for n in range(wanted)
    ]


def _media_kind(stated: str, content_type: str) -> MessageKind:
    if stated == "sticker" or content_type == "image/webp":
        return MessageKind.STICKER
    if "vcard" in content_type:
        return MessageKind.CONTACTS
    family = content_type.split("/")[0]
    if family in {"image", "audio", "video"}:
        return MessageKind(family)
    return MessageKind.DOCUMENT
