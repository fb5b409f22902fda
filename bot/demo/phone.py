"""An applicant's phone without a screen: signed forms in, the stand-in's messages out."""

from __future__ import annotations

import secrets
import time

import httpx
from twilio.request_validator import RequestValidator

from bot.settings import settings


class NoReply(Exception):
    """Nothing came back in time."""


class Phone:
    """Writes to the webhook as Twilio does, and reads what Twilio's stand-in was given."""

    def __init__(self, number: str, name: str) -> None:
        self.address = f"whatsapp:{number}"
        self._name = name
        self._seen = 0
        self._http = httpx.Client(timeout=15, trust_env=False)

    def write(self, text: str) -> None:
        """Send one message; raises httpx.HTTPStatusError when the webhook refuses it."""
        url = f"{settings().public_address}/whatsapp/inbound"
        sid = f"SM{secrets.token_hex(16)}"
        form = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": settings().account_sid,
            "From": self.address,
            "To": settings().whatsapp_from,
            "Body": text,
            "NumMedia": "0",
            "ProfileName": self._name,
            "WaId": self.address.removeprefix("whatsapp:+"),
            "MessageType": "text",
        }
        signature = RequestValidator(settings().auth_token).compute_signature(url, form)
        answer = self._http.post(url, data=form, headers={"X-Twilio-Signature": signature})
        answer.raise_for_status()

    def read(self, containing: str = "", seconds: float = 20.0) -> str:
        """The next message to this phone that contains a text; raises NoReply."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            received = self._received()
            for position in range(self._seen, len(received)):
                if containing.lower() in received[position].lower():
                    self._seen = position + 1
                    return received[position]
            time.sleep(0.1)
        raise NoReply(f"no message with {containing!r} within {seconds:.0f} s")

    def _received(self) -> list[str]:
        listing = self._http.get(
            f"{settings().twilio_api}/2010-04-01/Accounts/{settings().account_sid}/Messages.json",
            params={"To": self.address, "PageSize": 100},
            auth=(settings().account_sid, settings().auth_token),
        )
        listing.raise_for_status()
        return [message["body"] for message in reversed(listing.json()["messages"])]
