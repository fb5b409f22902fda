"""What a message says about the one before it: it leans on it, or corrects how it was taken."""

from __future__ import annotations

import re

# A message longer than this says by itself what it is about.
_MOST_WORDS = 9

_CORRECTS = re.compile(
    r"^\W*(?:eh|oh|maaf|sori|sorry|tapi|lho|loh)?\W*"
    r"(?:bukan|bkn|bukn|salah|keliru|(?:yang\s+)?(?:sa|saya|sy|aku|ku)?\s*maksud(?:\s?ku|nya|ta)?|mksd\w*|"
    r"no\b|not\s+that|wrong|i\s+mean|i\s+meant|that'?s\s+not)",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^\W*(?:(?:oh|ok|oke|baik|siap|makasih|sip|iya|ya|hmm|kak|min|pak|bu)\W+)*"
    r"(?:kalau|kalo|klo|klw|kl|kalu|terus|trus|trs|lalu|lantas|trus|dan|atau|tapi|tp|jadi|berarti|brarti|"
    r"bagaimana\s+kalau|gimana\s+kalo|what\s+about|how\s+about|and|but|so|if|then)\b"
    r"|\b\w{3,}(?:nya|x)\b",
    re.IGNORECASE,
)


def corrects(text: str) -> bool:
    """Whether the message says that the answer was about something else."""
    return bool(_CORRECTS.match(text))


def leans(text: str) -> bool:
    """Whether the message needs the one before it to be understood."""
    return is_short(text) and bool(_LEANS.search(text))


def is_short(text: str) -> bool:
    """Whether the message may be too short to stand alone."""
    return len(text.split()) <= _MOST_WORDS


def together(before: str, text: str) -> str:
    """Both messages as one question, the newer words last."""
    return f"{before[-300:]} {text}"
