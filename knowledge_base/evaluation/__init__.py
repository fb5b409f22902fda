"""Questions with known answers: a part to tune by, and a sealed part to measure by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.articles import FOLDER, read_articles

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


def read_questions(file: Path, folder: Path = FOLDER) -> list[Question]:
    """The questions of a file of JSON objects, one a line.

    Where an article in `folder` covers the topic that is right, that article is right.
    """
    article_of = {
        topic: article.id for article in read_articles(folder) for topic in article.covers
    }
    lines = file.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines if line.strip()]
    for entry in entries:
        right = (article_of.get(topic, topic) for topic in entry["articles"])
        entry["articles"] = tuple(dict.fromkeys(right))
    return [Question(**entry) for entry in entries]
