"""When a message is complete enough to be handled at once, and when more is likely to come."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.models import MessageKind
from bot.settings import settings
from bot.whatsapp.forms import Inbound

# People write "halo", "min", "mau tanya" one after another: such pieces wait a moment for the
# rest. What ends as a question, is long, chooses, or asks for a person does not wait.
_ENDS = re.compile(r"[?؟!.]\s*$")
_PERSON = re.compile(r"\b(petugas|admin|orang|manusia|operator|human|agent|person|cs)\b", re.I)
_CHOICE = re.compile(r"^\s*(\d{1,2}|ya|tidak|y|n|yes|no)\s*$", re.I)
_MANY_WORDS = 6

# Somebody who never stops typing is answered all the same.
LONGEST_WAIT = timedelta(seconds=5)


def is_complete(inbound: Inbound) -> bool:
    """Whether nothing more needs to be waited for."""
    if inbound.kind is not MessageKind.TEXT:
        return inbound.kind is MessageKind.BUTTON
    body = inbound.body
    return bool(
        _ENDS.search(body)
        or _CHOICE.match(body)
        or _PERSON.search(body)
        or len(body.split()) >= _MANY_WORDS
    )


def ready_at(inbound: Inbound, first_waiting: datetime, now: datetime) -> datetime:
    """From when on what waits since `first_waiting` may be handled, if nothing follows."""
    if is_complete(inbound):
        return now
    quiet = now + timedelta(seconds=settings().burst_quiet_seconds)
    return min(quiet, first_waiting + LONGEST_WAIT)
