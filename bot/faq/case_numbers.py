"""Numbers of somebody's own case in what was written: a parcel, a phone, a declaration."""

from __future__ import annotations

import re

# A postal item (two letters, nine digits, two letters), or a long number: an air waybill, an IMEI,
# a declaration. Our own tickets, amounts and telephone numbers are none.
_NUMBER = re.compile(
    r"\b[A-Z]{2}\s?\d{9}\s?[A-Z]{2}\b"
    r"|(?<![\w.,+-])(?!0?8\d{8,11}\b|62\d{9,12}\b)\d{10,26}(?![\w.,]\d|\d)",
    re.IGNORECASE,
)


def case_number(text: str) -> str | None:
    """The first such number in the text, as an officer would look it up; None if there is none."""
    found = _NUMBER.search(text)
    return found.group().replace(" ", "").upper() if found else None


def in_general(text: str) -> str | None:
    """The text without its case numbers; None if there are none, or nothing is left."""
    general = " ".join(_NUMBER.sub(" ", text).split())
    return general if general and case_number(text) else None
