"""What people write, beside what Rasa was trained on, with the intent that it should get."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent
_PLAIN_WORDS = "# --- plain words"


def messages() -> list[tuple[str, str]]:
    """Each with its intent."""
    return _read(_text())


def plain_words() -> list[tuple[str, str]]:
    """Those of the messages that must never fail."""
    return _read(_text().split(_PLAIN_WORDS)[1].split("\n", 1)[1])


def ordinary_questions() -> list[str]:
    """Those of the messages that are questions, none of them urgent."""
    return [text for text, wanted in messages() if wanted == "question"]


def urgent_messages() -> list[str]:
    """Others, which cannot wait."""
    return _lines((_FOLDER / "urgent.txt").read_text(encoding="utf-8"))


def _text() -> str:
    return (_FOLDER / "messages.tsv").read_text(encoding="utf-8")


def _read(text: str) -> list[tuple[str, str]]:
    return [(line.split("\t")[0], line.split("\t")[1]) for line in _lines(text)]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]
