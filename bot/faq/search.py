"""Finding the article for a question, from what is published at this moment.

A head is fitted once for all processes and stored. What is published after that reaches each
process by itself at the next question: it takes the few ways that came and went into its head.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from bot.db import engine
from bot.faq.versions import knowledge_version
from bot.models import ArticleRevision, ArticleStatus, FittedHead, Way
from bot.settings import settings
from knowledge_base import gloss, urgency
from knowledge_base.confidence import FEWEST
from knowledge_base.decision import ANSWER_FROM, CHOICES_FROM, Decision, decide
from knowledge_base.encoder import Encoder, Vectors, load_encoder
from knowledge_base.evaluation import TUNING, Question, read_questions
from knowledge_base.head import FORMAT, Head, Questions, Ways
from knowledge_base.ranking import NONE, Ranking, Scored
from knowledge_base.urgency import Urgency

log = logging.getLogger(__name__)

_KEPT = 64  # vectors and rankings of the last texts
_FOLLOWED = "knowledge"  # where a session keeps what its questions are answered from
_EVIDENCE = 5  # candidates that are kept with a decision
# A stored head is fitted anew when this part of its ways has come or gone.
STALE_FROM = 0.15


@dataclass(frozen=True)
class Found:
    """What the knowledge base makes of a question, and the evidence for it."""

    decision: Decision
    ranked: tuple[Scored, ...]  # the best articles, also when none is given
    confidence: float  # probability that the first of them is right
    candidates: tuple[dict[str, Any], ...]
    knowledge: str


@dataclass(frozen=True)
class _Versioned:
    version: str
    head: Head
    urgency: Urgency
    rankings: dict[str, Ranking] = field(default_factory=dict)  # of the last texts


class Knowledge:
    """What is published, as a head; follows every publication. Safe to share between threads."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._encoder = encoder or load_encoder(settings().encoder_model)
        self._current: _Versioned | None = None
        self._vectors: dict[str, Vectors] = {}
        self._following = threading.Lock()

    @property
    def encoder(self) -> Encoder:
        return self._encoder

    def head(self, session: Session) -> Head:
        """The head of what is published at this moment, as this session sees it."""
        return self._follow(session).head

    def is_urgent(self, session: Session, text: str) -> bool:
        """Whether the message can't wait, as far as its words tell."""
        return self._follow(session).urgency.of(text, self._vector(text))

    def _vector(self, text: str) -> Vectors:
        vector: Vectors = self._vectors_of([text])[0]
        return vector

    def _vectors_of(self, texts: Sequence[str]) -> Vectors:
        """The texts' vectors, a row each; one message is looked at from several sides."""
        known = self._vectors
        if len(known) + len(texts) > _KEPT:
            known = self._vectors = {}  # and another thread goes on with the one it has
        missing = [text for text in texts if text not in known]
        if missing:
            known.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([known[text] for text in texts])

    def glance(self, texts: Sequence[str]) -> list[Decision]:
        """The decisions alone, by what the last question was answered from."""
        assert self._current is not None
        return [decide(ranking) for ranking in self._ranked(self._current, texts)]

    def find(self, session: Session, question: str) -> Found:
        """The decision for one question, from what is published at this moment."""
        current = self._follow(session)
        [ranking] = self._ranked(current, [question])
        shown = ranking.articles[:_EVIDENCE]
        texts = _texts(session, [scored.nearest for scored in shown])
        candidates = tuple(
            {
                "article": scored.article,
                "score": round(scored.score, 3),
                "nearest": texts.get(scored.nearest),
            }
            for scored in shown
        )
        for first in candidates[:1]:  # how sure that was, and how sure it had to be
            first["confidence"] = round(ranking.confidence, 3)
            first["answer_from"], first["choices_from"] = ANSWER_FROM, CHOICES_FROM
        known = f"{current.version}/{self._encoder.name}"
        return Found(decide(ranking), shown, ranking.confidence, candidates, known)

    def _ranked(self, current: _Versioned, texts: Sequence[str]) -> list[Ranking]:
        """What `current` makes of each text; a part that was glanced at is often asked next."""
        before = dict(current.rankings)  # as it is: another thread may empty it meanwhile
        missing = [text for text in texts if text not in before]
        made = current.head.rank_all(missing, self._vectors_of(missing)) if missing else []
        made_now = dict(zip(missing, made, strict=True))
        if len(before) + len(made_now) > _KEPT:
            current.rankings.clear()
        current.rankings.update(made_now)
        all_of_them = before | made_now
        return [all_of_them[text] for text in texts]

    def _follow(self, session: Session) -> _Versioned:
        """What is published, looked at once a session: a message is read from several sides."""
        current: _Versioned | None = session.info.get(_FOLLOWED)
        if current is None:
            current = session.info[_FOLLOWED] = self._newest(session)
        return current

    def _newest(self, session: Session) -> _Versioned:
        version = knowledge_version(session)
        current = self._current
        if current is not None and current.version == version:
            return current
        with self._following:
            if self._current is None or self._current.version != version:
                # From the stored head each time, so that every process has the same.
                fitted, urgency = _stored_or_fitted(session, self._encoder)
                self._current = _Versioned(version, _up_to_now(session, fitted), urgency)
            return self._current


def make_ready(session: Session, encoder: Encoder) -> None:
    """Have a head stored that is close to what is published, so that no question waits for it."""
    if _is_fitted(session, encoder):
        return
    stored = _stored(session, encoder)
    if stored is None or _is_stale(session, Head.from_bytes(stored.head)):
        _fit_and_store(session, encoder)


def fit_again(session: Session, encoder: Encoder) -> bool:
    """Fit a head to exactly what is published; False if there is one."""
    if _is_fitted(session, encoder):
        return False
    _fit_and_store(session, encoder)
    return True


def _is_fitted(session: Session, encoder: Encoder) -> bool:
    """Whether the stored head is fitted to exactly what is published; reads no head."""
    stored = select(FittedHead.version).where(FittedHead.encoder == _made_with(encoder))
    return session.scalar(stored) == knowledge_version(session)


def _stored(session: Session, encoder: Encoder) -> FittedHead | None:
    return session.scalars(
        select(FittedHead).where(FittedHead.encoder == _made_with(encoder))
    ).one_or_none()


def _stored_apart(encoder: Encoder) -> FittedHead | None:
    """The same, over a connection of its own that is closed then.

    A connection that took in a head keeps the room for it, twice 67 MB, as long as it lives.
    """
    with engine().connect() as connection:
        connection.detach()
        with Session(connection) as session:
            return _stored(session, encoder)


def _made_with(encoder: Encoder) -> str:
    """What a stored head must have been made with to be used."""
    texts = f"gloss {gloss.fingerprint()} urgency {urgency.fingerprint()}"
    return f"{encoder.name} head {FORMAT} {texts}"


def _stored_or_fitted(session: Session, encoder: Encoder) -> tuple[Head, Urgency]:
    """The stored head; made and stored now if there is none. Of several processes one makes it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("fitted head"))))
    stored = _stored_apart(encoder) or _stored(session, encoder) or _fit_and_store(session, encoder)
    head = Head.from_bytes(stored.head)
    return head, Urgency.from_bytes(stored.urgency, head)


def _fit_and_store(session: Session, encoder: Encoder) -> FittedHead:
    version = knowledge_version(session)
    ways = _ways(session, _asked())
    head = Head.fit(ways, _questions(encoder, set(ways.labels)))
    session.execute(delete(FittedHead))
    fitted = FittedHead(
        version=version,
        encoder=_made_with(encoder),
        head=head.to_bytes(),
        urgency=Urgency.learn(head, encoder).to_bytes(),
    )
    session.add(fitted)
    session.flush()
    log.info("knowledge base %s is fitted", version)
    return fitted


def _up_to_now(session: Session, head: Head) -> Head:
    """The head with the ways that came since it was fitted and without those that went."""
    gone, come = _changes(session, head)
    if not gone and not come:
        return head
    log.info("knowledge base: %s ways of asking came, %s went", len(come), len(gone))
    return head.changed(gone, _ways(session, Way.id.in_(come)))


def _is_stale(session: Session, head: Head) -> bool:
    gone, come = _changes(session, head)
    return len(gone) + len(come) > STALE_FROM * len(head.keys)


def _changes(session: Session, head: Head) -> tuple[list[int], list[int]]:
    """The keys of ways in the head that are asked no more, and of those that it lacks."""
    now = set(session.scalars(select(Way.id).outerjoin(ArticleRevision).where(_asked())))
    known = {int(key) for key in head.keys}
    return sorted(known - now), sorted(now - known)


def _ways(session: Session, which: ColumnElement[bool]) -> Ways:
    """Those ways of asking, with NONE as the article of messages that none answers."""
    rows = session.execute(
        select(Way.id, Way.text, func.coalesce(ArticleRevision.article_id, NONE), Way.vector)
        .outerjoin(ArticleRevision)
        .where(which)
        .order_by(Way.id)
    ).all()
    vectors = np.array([vector for _, _, _, vector in rows], dtype=np.float32)
    return Ways(
        keys=[key for key, _, _, _ in rows],
        texts=[text for _, text, _, _ in rows],
        labels=[label for _, _, label, _ in rows],
        vectors=vectors,
    )


def _questions(encoder: Encoder, articles: set[str]) -> Questions:
    """The questions of the tuning part that these articles, or nobody, can answer."""
    fitting = [
        question
        for question in _tuning_questions()
        if question.expect != "chat" and set(question.articles) <= articles
    ]
    if sum(bool(question.articles) for question in fitting) < FEWEST:
        fitting = []  # other articles than ours: these questions tell nothing of them
    texts = [question.text for question in fitting]
    vectors = encoder.encode(texts) if texts else np.empty((0, 0), dtype=np.float32)
    return Questions(texts, [question.articles for question in fitting], vectors)


@cache
def _tuning_questions() -> list[Question]:
    return read_questions(TUNING)  # they come with the code and change with it alone


def _texts(session: Session, keys: Sequence[int]) -> dict[int, str]:
    found = session.execute(select(Way.id, Way.text).where(Way.id.in_(keys)))
    return {row.id: row.text for row in found}


def _asked() -> ColumnElement[bool]:
    """Ways of published articles, and messages that no article answers."""
    return (Way.revision_id.is_(None)) | (ArticleRevision.status == ArticleStatus.PUBLISHED)
