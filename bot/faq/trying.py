"""What the public would get for a question now, and with a draft: told so that it explains itself.

A question as it is tried is the first message of a conversation.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.asking import A_QUESTION, Asked, Understanding, Understood, ask_understood
from bot.faq.proposing import as_if_published
from bot.faq.search import Knowledge
from bot.models import ArticleRevision, ArticleStatus, BotDecision, DraftEdition
from knowledge_base.articles import parse_text
from knowledge_base.decision import ANSWER_FROM, CHOICES_FROM

log = logging.getLogger(__name__)

Told = dict[str, Any]


def try_question(
    session: Session,
    knowledge: Knowledge,
    understanding: Understanding,
    text: str,
    draft: DraftEdition | None,
) -> Told:
    """`now` and, of a draft, `with_draft`: what is decided, and by which ranking; JSON."""
    understood = _understood(understanding, text)
    told: Told = {"now": _told(session, ask_understood(session, knowledge, understood, text))}
    if draft is not None:
        with as_if_published(parse_text(draft.source), knowledge.encoder) as proposed:
            asked = ask_understood(proposed.session, proposed.knowledge, understood, text)
            told["with_draft"] = _told(proposed.session, asked)
    return told


def as_it_was(session: Session, decision: BotDecision) -> Told:
    """A past decision, told like a question that is tried."""
    given = decision.revision
    ranked = [
        {**one, "revision": given.number}
        if given is not None and one["article"] == given.article_id
        else one
        for one in _ranked(session, decision.candidates)
    ]
    version, _, encoder = decision.knowledge.partition("/")
    return {
        "outcome": decision.kind,
        "articles": [given.article_id] if given is not None else [],
        "language": decision.language,
        "confidence": (decision.candidates or [{}])[0].get("confidence"),
        "ranked": ranked,
        "margin": _margin(ranked),
        "knowledge": version,
        "encoder": encoder,
    }


def thresholds() -> Mapping[str, float]:
    """The probabilities from which the bot answers, and from which it offers choices."""
    return {"answer": ANSWER_FROM, "choices": CHOICES_FROM}


def _understood(understanding: Understanding, text: str) -> Understood:
    try:
        return understanding.of(text)
    except httpx.HTTPError as error:
        log.warning("tried as a question: Rasa does not answer (%s)", type(error).__name__)
        return A_QUESTION


def _told(session: Session, asked: Asked) -> Told:
    told: Told = {
        "outcome": asked.outcome,
        "articles": list(asked.articles),
        "language": asked.language,
        "urgent": asked.urgent,
        "intent": asked.intent,
    }
    if asked.found is None:
        return told | {"confidence": None, "ranked": [], "margin": None}
    version, _, encoder = asked.found.knowledge.partition("/")
    ranked = _ranked(session, asked.found.candidates)
    return told | {
        "confidence": round(asked.found.confidence, 3),
        "ranked": ranked,
        "margin": _margin(ranked),
        "knowledge": version,
        "encoder": encoder,
    }


def _ranked(session: Session, candidates: Sequence[Mapping[str, Any]]) -> list[Told]:
    """The candidates with title and number of the revision that is published."""
    published = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.title, ArticleRevision.number).where(
            ArticleRevision.article_id.in_([str(one["article"]) for one in candidates]),
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    ).all()
    known = {article: (title, number) for article, title, number in published}
    return [
        {
            "article": one["article"],
            "title": known.get(one["article"], (one["article"], None))[0],
            "revision": known.get(one["article"], (None, None))[1],
            "score": one.get("score"),
            "nearest": one.get("nearest"),
        }
        for one in candidates
    ]


def _margin(ranked: Sequence[Told]) -> float | None:
    """The lead of the first over the second; None if there are no two scores."""
    scores = [one["score"] for one in ranked if isinstance(one["score"], int | float)]
    return round(scores[0] - scores[1], 3) if len(scores) > 1 else None
