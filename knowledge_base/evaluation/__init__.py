"""Questions with known answers: a part to tune by, and a sealed part to measure by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

TUNING = Path(__file__).parent / "tuning.jsonl"
SEALED = Path(__file__).parent / "sealed.jsonl"


@dataclass(frozen=True)
class Question:
    """A message and what is to come of it.

    `expect` is answer, person or chat; `articles` holds the ids that are right, best first.
    """

    id: str
    text: str
    expect: str
    articles: tuple[str, ...]
    language: str
    style: str


def read_questions(file: Path) -> list[Question]:
    """The questions of a file of JSON objects, one a line."""
    lines = file.read_text(encoding="utf-8").splitlines()
    entries = (json.loads(line) for line in lines if line.strip())
    return [Question(**{**entry, "articles": tuple(entry["articles"])}) for entry in entries]
