"""The forms that Twilio posts: an inbound WhatsApp message, and the news of a sent one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from urllib.parse import urldefrag

from twilio.request_validator import RequestValidator

from bot.models.simulator import SimulatorMessage, SimulatorStatus
from bot.settings import settings

API_VERSION = "2010-04-01"
CHANNEL_INSTALL_SID = "XE" + "0" * 32

# What Twilio says for the codes that the stand-in uses.
ERROR_MESSAGES = {
    30008: "Unknown error",
    63016: (
        "Failed to send freeform message because you are outside the allowed window. "
        "If you are using WhatsApp, please use a Message Template."
    ),
    63019: "Media failed to download",
    63024: "Invalid message recipient",
}


def new_sid(prefix: str) -> str:
    """A fresh identifier such as SM and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def inbound_form(
    *,
    sid: str,
    address: str,
    name: str,
    kind: str,
    body: str,
    media: Mapping[str, str],
    extra: Mapping[str, str],
) -> dict[str, str]:
    """What Twilio posts for one WhatsApp message. `media` maps addresses to content types."""
    wa_id = address.removeprefix("whatsapp:").removeprefix("+")
    metadata = {
        "type": "whatsapp",
        "data": {"context": {"ProfileName": name, "WaId": wa_id}},
    }
    form = {
        "SmsMessageSid": sid,
        "NumMedia": str(len(media)),
        "ProfileName": name,
        "MessageType": kind,
        "SmsSid": sid,
        "WaId": wa_id,
        "SmsStatus": "received",
        "Body": body,
        "To": settings().whatsapp_from,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": settings().account_sid,
        "ChannelMetadata": json.dumps(metadata, ensure_ascii=False),
        "From": address,
        "ApiVersion": API_VERSION,
    }
    for number, (url, content_type) in enumerate(media.items()):
        form[f"MediaUrl{number}"] = url
        form[f"MediaContentType{number}"] = content_type
    return form | dict(extra)


def status_form(
    message: SimulatorMessage, status: SimulatorStatus, error_code: int | None
) -> dict[str, str]:
    """What Twilio posts to the status callback when an outgoing message moves on."""
    form = {
        "ChannelPrefix": "whatsapp",
        "ApiVersion": API_VERSION,
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
        "ChannelInstallSid": CHANNEL_INSTALL_SID,
        "To": message.to,
        "From": message.from_,
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "ChannelToAddress": message.to.removeprefix("whatsapp:"),
    }
    if status in (SimulatorStatus.DELIVERED, SimulatorStatus.READ):
        form["EventType"] = status.value.upper()
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
        form["ErrorMessage"] = ERROR_MESSAGES[error_code]
        form["ChannelStatusMessage"] = ERROR_MESSAGES[error_code]
    return form


def signature(url: str, form: Mapping[str, str]) -> str:
    """The value of X-Twilio-Signature. A fragment only carries settings and is not signed."""
    validator = RequestValidator(settings().auth_token)
    return str(validator.compute_signature(urldefrag(url).url, dict(form)))
