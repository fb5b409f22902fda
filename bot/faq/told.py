"""Decisions told so that they explain themselves: ranking, scores, margin, what matched.

Light enough for the console's process: no encoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import ArticleRevision, ArticleStatus, BotDecision

Told = dict[str, Any]


def as_it_was(session: Session, decision: BotDecision) -> Told:
    """A past decision, told like a question that is tried."""
    given = decision.revision
    ranked = [
        {**one, "title": given.title, "revision": given.number}
        if given is not None and one["article"] == given.article_id
        else one
        for one in ranked_of(session, decision.candidates)
    ]
    several = [str(one["article"]) for one in decision.candidates if one.get("given")]
    version, _, encoder = decision.knowledge.partition("/")
    return {
        "outcome": decision.kind,
        "articles": several or ([given.article_id] if given is not None else []),
        "language": decision.language,
        "urgent": False,
        "intent": None,  # what Rasa made of it was not kept
        **sureness(decision.candidates),
        "ranked": ranked,
        "margin": margin_of(ranked),
        "knowledge": version,
        "encoder": encoder,
    }


def sureness(candidates: Sequence[Mapping[str, Any]]) -> Told:
    """How likely the first was right, and from where the bot answers and offers; else None.

    What was decided before these were recorded has none.
    """
    first = candidates[0] if candidates else {}
    return {name: first.get(name) for name in ("confidence", "answer_from", "choices_from")}


def ranked_of(session: Session, candidates: Sequence[Mapping[str, Any]]) -> list[Told]:
    """The candidates with title and number of the revision that is published.

    What is published no more has its last title, and no number.
    """
    is_published = ArticleRevision.status == ArticleStatus.PUBLISHED
    revisions = session.execute(
        select(
            ArticleRevision.article_id, ArticleRevision.title, ArticleRevision.number, is_published
        )
        .where(ArticleRevision.article_id.in_([str(one["article"]) for one in candidates]))
        .order_by(is_published, ArticleRevision.number)
    ).all()
    known = {
        article: (title, number if live else None) for article, title, number, live in revisions
    }
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


def margin_of(ranked: Sequence[Told]) -> float | None:
    """The lead of the first over the second; None if there are no two scores."""
    scores = [one["score"] for one in ranked if isinstance(one["score"], int | float)]
    return round(scores[0] - scores[1], 3) if len(scores) > 1 else None
