"""Calling the webhook as Twilio does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from bot.settings import settings
from bot.whatsapp.intake import take_in_waiting

INBOUND = "/whatsapp/inbound"
STATUS = "/whatsapp/status"


def signature_of(form: Mapping[str, str], path: str, *, base: str = "", token: str = "") -> str:
    """Twilio's signature over a form for `path` (with its query) below `base`."""
    validator = RequestValidator(token or settings().auth_token)
    return str(validator.compute_signature((base or settings().public_address) + path, dict(form)))


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]


class TwilioCaller:
    def __init__(self, client: TestClient) -> None:
        self._client = client

    def post(
        self,
        form: Mapping[str, str],
        path: str = INBOUND,
        *,
        signature: str | None = None,
        **headers: str,
    ) -> Answer:
        """Post the form with its right signature, or with the one given."""
        right = signature_of(form, path)
        return self.post_bytes(
            urlencode(form).encode(), path, signature=right if signature is None else signature,
            **headers,
        )  # fmt: skip

    def post_bytes(
        self, body: bytes, path: str = INBOUND, *, signature: str = "", **headers: str
    ) -> Answer:
        """Post a body as it stands; without a signature the header is left out."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        if signature:
            sent["X-Twilio-Signature"] = signature
        raw = {name.encode(): value.encode("latin-1") for name, value in sent.items()}
        response = self._client.post(path, content=body, headers=raw)
        while response.status_code == 200 and take_in_waiting():
            pass  # as a worker would
        return Answer(response.status_code, response.text, response.headers)
