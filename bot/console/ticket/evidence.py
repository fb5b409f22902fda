"""Why the bot said what it said: the article it gave, its score, and the runners-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bot.models import ArticleRevision, ArticleStatus, BotDecision


@dataclass(frozen=True)
class Candidate:
    """An article that the bot weighed for an answer."""

    title: str
    article: str
    percent: int | None


@dataclass(frozen=True)
class Evidence:
    """Why the bot said what it said."""

    question: str
    kind: str
    given: ArticleRevision | None
    candidates: tuple[Candidate, ...]
    helpful: bool | None


def evidence_of(session: Session, turns: set[int]) -> dict[int, Evidence]:
    """The evidence of those turns in which the bot decided something."""
    if not turns:
        return {}
    decisions = session.scalars(
        select(BotDecision)
        .where(BotDecision.turn_id.in_(turns))
        .options(joinedload(BotDecision.revision))
    ).all()
    titles = _titles(session, decisions)
    return {decision.turn_id: _evidence_of(decision, titles) for decision in decisions}


def _evidence_of(decision: BotDecision, titles: Mapping[str, str]) -> Evidence:
    return Evidence(
        question=decision.question,
        kind=decision.kind,
        given=decision.revision,
        candidates=tuple(_candidate(item, titles) for item in decision.candidates),
        helpful=decision.helpful,
    )


def _candidate(item: Mapping[str, Any], titles: Mapping[str, str]) -> Candidate:
    article = str(item.get("article", ""))
    score = item.get("score")
    percent = round(float(score) * 100) if isinstance(score, int | float) else None
    return Candidate(titles.get(article, article), article, percent)


def _titles(session: Session, decisions: Sequence[BotDecision]) -> dict[str, str]:
    articles = {str(item.get("article", "")) for d in decisions for item in d.candidates}
    if not articles:
        return {}
    rows = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.title).where(
            ArticleRevision.article_id.in_(articles),
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    )
    return dict(rows.all())
