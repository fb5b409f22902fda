"""Finding the article for a question: PostgreSQL brings the candidates, the head ranks them."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Text, cast, delete, func, select
from sqlalchemy.orm import Session

from bot.faq.publishing import knowledge_version
from bot.models import ArticleRevision, ArticleStatus, FittedHead, Way
from bot.settings import settings
from knowledge_base.decision import Decision, decide
from knowledge_base.encoder import Encoder, Vectors, load_encoder
from knowledge_base.head import NONE, Fit, Head

log = logging.getLogger(__name__)

NEAREST_WAYS = 60
WORD_MATCHES = 30


@dataclass(frozen=True)
class Found:
    """What the knowledge base makes of a question, and the evidence for it."""

    decision: Decision
    candidates: tuple[dict[str, Any], ...]
    knowledge: str


@dataclass(frozen=True)
class _Fitted:
    version: str
    head: Head


class Knowledge:
    """What is published, fitted; fitted anew when it changes. Safe to share between threads."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder or load_encoder(settings().encoder_model)
        self._fitted: _Fitted | None = None
        self._fitting = threading.Lock()

    def find(self, session: Session, question: str) -> Found:
        """The decision for one question, from what is published at this moment."""
        fitted = self._current(session)
        vector = self._encoder.encode([question])[0]
        evidence = _matching_ways(session, question, vector)
        ranking = fitted.head.rank(question, vector, among=evidence)
        candidates = tuple(
            {
                "article": scored.article,
                "score": round(scored.score, 3),
                "nearest": evidence.get(scored.article),
            }
            for scored in ranking.articles[:5]
        )
        return Found(decide(ranking), candidates, f"{fitted.version}/{self._encoder.name}")

    def _current(self, session: Session) -> _Fitted:
        version = knowledge_version(session)
        fitted = self._fitted
        if fitted is not None and fitted.version == version:
            return fitted
        with self._fitting:
            if self._fitted is None or self._fitted.version != version:
                self._fitted = _Fitted(version, fitted_head(session, version))
            return self._fitted


def make_ready(session: Session) -> None:
    """Have a fit stored for what is published, so that no question waits for it."""
    version = knowledge_version(session)
    if session.get(FittedHead, version) is None:
        fitted_head(session, version)


def fitted_head(session: Session, version: str) -> Head:
    """The head for what is published: the stored fit, or one made now and stored.

    Of several processes one fits; the others wait for it.
    """
    texts, labels, vectors = _ways(session)
    head = Head(texts, vectors)
    lock = select(func.pg_advisory_xact_lock(func.hashtext(f"head {version}")))
    session.execute(lock)
    stored = session.get(FittedHead, version)
    if stored is not None:
        head.use(Fit.from_bytes(stored.fit))
        return head
    session.execute(delete(FittedHead))
    session.add(FittedHead(version=version, fit=head.fit(labels).to_bytes()))
    log.info("knowledge base %s: fitted to %s ways of asking", version, len(texts))
    return head


def _ways(session: Session) -> tuple[list[str], list[str], Vectors]:
    """Every way of asking, its article (NONE for messages that none answers), its vector."""
    rows = session.execute(
        select(Way.text, func.coalesce(ArticleRevision.article_id, NONE), Way.vector)
        .outerjoin(ArticleRevision)
        .where((Way.revision_id.is_(None)) | _published())
        .order_by(Way.id)
    ).all()
    vectors = np.stack([np.asarray(vector, dtype=np.float32) for _, _, vector in rows])
    return [text for text, _, _ in rows], [label for _, label, _ in rows], vectors


def _matching_ways(session: Session, question: str, vector: Vectors) -> dict[str, str]:
    """For each article near the question, by meaning or by words, its nearest way of asking."""
    distance = Way.vector.cosine_distance(vector)
    by_meaning = (
        select(ArticleRevision.article_id, Way.text)
        .join(ArticleRevision)
        .where(_published())
        .order_by(distance)
        .limit(NEAREST_WAYS)
    )
    words = func.plainto_tsquery("indonesian", question)
    any_word = (
        # A subquery, so that it is worked out once and not for every row.
        select(
            func.to_tsquery("indonesian", func.replace(cast(words, Text), "&", "|"))
        ).scalar_subquery()
    )
    by_words = (
        select(ArticleRevision.article_id, Way.text)
        .join(ArticleRevision)
        .where(_published(), Way.words.op("@@")(any_word))
        .order_by(func.ts_rank(Way.words, any_word).desc())
        .limit(WORD_MATCHES)
    )
    nearest: dict[str, str] = {}
    for statement in (by_meaning, by_words):
        for article_id, text in session.execute(statement):
            nearest.setdefault(article_id, text)
    return nearest


def _published() -> ColumnElement[bool]:
    return ArticleRevision.status == ArticleStatus.PUBLISHED
