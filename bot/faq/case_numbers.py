"""Numbers of somebody's own case in what was written: a parcel, a phone, a declaration."""

from __future__ import annotations

import re

# A postal item (two letters, nine digits, two letters), or a long number: an air waybill, an IMEI,
# a declaration. Our own tickets, amounts and telephone numbers are none.
_POSTAL = r"\b[A-Z]{2}\s?\d{9}\s?[A-Z]{2}\b"
_NUMBER = re.compile(
    _POSTAL + r"|(?<![\w.,+-])(?!0?8\d{8,11}\b|62\d{9,12}\b)\d{10,26}(?![\w.,]\d|\d)",
    re.IGNORECASE,
)


def case_number(text: str) -> str | None:
    """The first such number in the text, as an officer would look it up; None if there is none."""
    found = _NUMBER.search(text)
    return found.group().replace(" ", "").upper() if found else None


def in_general(text: str) -> str | None:
    """The text with what its case numbers are instead of them; None if it is nothing else."""
    if case_number(text) is None or not _NUMBER.sub("", text).strip():
        return None
    named = re.sub(_POSTAL, "nomor resi", text, flags=re.IGNORECASE)
    return " ".join(_NUMBER.sub(" ", named).split())
