"""What is nearly the same as a text that somebody writes: elsewhere published, or remembered.

By the pieces of the texts alone (`knowledge_base.likeness`), so that a page can ask while an
editor types.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.search import Knowledge
from bot.models import RememberedQuestion, Way
from knowledge_base.features import Floats, lexical
from knowledge_base.head import Head
from knowledge_base.likeness import NEAR_DUPLICATE, likeness_to
from knowledge_base.ranking import NONE

Near = dict[str, Any]
WAY, QUESTION = "way", "question"


@dataclass(frozen=True)
class _Questions:
    """Remembered questions by their pieces: shape (slots, questions)."""

    rarities: Floats  # what the pieces are weighted by
    rows: list[tuple[str, str | None]]  # text and article
    slots: Any


class Alike:
    """Compares texts with what is published and remembered. Safe to share between threads."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._questions: _Questions | None = None

    def near(self, session: Session, texts: Sequence[str], article_id: str) -> list[Near]:
        """For each text that has any, the most alike way of another article or remembered question.

        An entry has `text`, `near` (the other's text), `kind` ("way" or "question"), `article`
        (None: for a person) and `likeness` (0.5 to 1). Of the article's own there is none.
        """
        if not texts:
            return []
        head = self._knowledge.head(session)
        found = self._near_ways(session, head, texts, article_id)
        found += self._near_questions(session, head, texts, article_id)
        best: dict[str, Near] = {}
        for one in sorted(found, key=lambda one: -one["likeness"]):
            best.setdefault(one["text"], one)
        return list(best.values())

    def _near_ways(
        self, session: Session, head: Head, texts: Sequence[str], article_id: str
    ) -> list[Near]:
        articles = head.classes[head.owners]
        likeness = likeness_to(lexical(texts, head.rarities), head.slots)
        places = _best(likeness, np.asarray(articles != article_id))
        keys = [int(head.keys[column]) for _, column in places]
        said = dict(session.execute(select(Way.id, Way.text).where(Way.id.in_(keys))).all())
        return [
            _near(texts[row], said.get(key, ""), WAY, str(articles[column]), likeness[row, column])
            for (row, column), key in zip(places, keys, strict=True)
        ]

    def _near_questions(
        self, session: Session, head: Head, texts: Sequence[str], article_id: str
    ) -> list[Near]:
        known = self._remembered(session, head)
        if not known.rows:
            return []
        likeness = likeness_to(lexical(texts, head.rarities), known.slots)
        others = np.array([article != article_id for _, article in known.rows])
        return [
            _near(texts[row], *_question(known.rows[column]), likeness[row, column])
            for row, column in _best(likeness, others)
        ]

    def _remembered(self, session: Session, head: Head) -> _Questions:
        rows = [
            (text, article)
            for text, article in session.execute(
                select(RememberedQuestion.text, RememberedQuestion.article_id).order_by(
                    RememberedQuestion.id
                )
            )
        ]
        known = self._questions
        if known is None or known.rows != rows or known.rarities is not head.rarities:
            slots = lexical([text for text, _ in rows], head.rarities).T.tocsr() if rows else None
            known = self._questions = _Questions(head.rarities, rows, slots)
        return known


def _question(row: tuple[str, str | None]) -> tuple[str, str, str]:
    text, article = row
    return text, QUESTION, article or NONE


def _best(likeness: Floats, allowed: Any) -> list[tuple[int, int]]:
    """The most alike of the allowed columns for each row, where one is near."""
    if not allowed.any():
        return []
    columns = np.where(allowed, likeness, 0.0).argmax(axis=1)
    return [
        (row, int(column))
        for row, column in enumerate(columns)
        if allowed[column] and likeness[row, column] >= NEAR_DUPLICATE
    ]


def _near(text: str, other: str, kind: str, article: str, likeness: float) -> Near:
    return {
        "text": text,
        "near": other,
        "kind": kind,
        "article": article or None,
        "likeness": round(float(likeness), 3),
    }
