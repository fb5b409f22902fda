"""Checking that a webhook call comes from Twilio."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from bot.settings import settings


def public_url(path: str, query: str) -> str:
    """The address Twilio called, from the configured one; the Host header is not trusted."""
    return settings().public_address + path + (f"?{query}" if query else "")


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """Every parameter in order, blanks kept and nothing trimmed, as the signature covers it.

    Raises ValueError when the body is no form.
    """
    return parse_qsl(
        body.decode("ascii"), keep_blank_values=True, max_num_fields=500, errors="strict"
    )


def is_signed(url: str, parameters: Sequence[tuple[str, str]], signature: str) -> bool:
    """Whether `signature` is Twilio's over exactly this address and these parameters."""
    if not signature:
        return False
    form = ImmutableMultiDict(parameters)  # a repeated name keeps all its values
    accepted: bool = RequestValidator(settings().auth_token).validate(url, form, signature)
    return accepted
