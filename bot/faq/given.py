"""Who was given answers that rest on a regulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from bot.faq.citations import cited_in
from bot.faq.register import citation_of
from bot.models import ArticleRevision, BotDecision, Conversation, Regulation

ANSWER = "answer"  # the kind of a decision that gave an article


@dataclass(frozen=True)
class Given:
    """What one person was given: how often, last when, and which articles."""

    conversation: Conversation
    times: int
    last_at: datetime
    titles: tuple[str, ...]


@dataclass(frozen=True)
class _Revision:
    id: int
    published_at: datetime
    title: str
    rests: bool


def given(session: Session, regulation: Regulation, since: datetime) -> list[Given]:
    """Everybody whom the bot gave such an answer at `since` or later, the latest first.

    Conversations that were made one are one person.
    """
    revisions = _revisions(session, regulation)
    titles = {one.id: one.title for history in revisions.values() for one in history if one.rests}
    whose = func.coalesce(Conversation.merged_into_id, Conversation.id)
    decisions = session.execute(
        select(whose, BotDecision.at, BotDecision.revision_id, BotDecision.candidates)
        .join(Conversation, Conversation.id == BotDecision.conversation_id)
        .where(
            BotDecision.kind == ANSWER,
            BotDecision.at >= since,
            or_(
                BotDecision.revision_id.in_(titles),
                BotDecision.candidates.contains([{"given": True}]),
            ),
        )
        .order_by(BotDecision.at)
    )
    found: dict[int, list[tuple[datetime, set[str]]]] = defaultdict(list)
    for conversation_id, at, revision_id, candidates in decisions:
        ids = {revision_id, *_given_beside(candidates, at, revisions)}
        if told := {titles[one] for one in ids if one in titles}:
            found[conversation_id].append((at, told))
    conversations = session.scalars(
        select(Conversation)
        .where(Conversation.id.in_(found))
        .options(joinedload(Conversation.person), joinedload(Conversation.address))
    )
    people = [_summed(one, found[one.id]) for one in conversations]
    return sorted(people, key=lambda one: one.last_at, reverse=True)


def _revisions(session: Session, regulation: Regulation) -> Mapping[str, list[_Revision]]:
    """All revisions there were, by article, oldest first, and whether each rests on it."""
    wanted = citation_of(regulation)
    found: dict[str, list[_Revision]] = defaultdict(list)
    rows = session.execute(
        select(
            ArticleRevision.article_id,
            ArticleRevision.id,
            ArticleRevision.published_at,
            ArticleRevision.title,
            ArticleRevision.legal_basis,
        ).order_by(ArticleRevision.published_at, ArticleRevision.id)
    )
    for article_id, revision_id, published_at, title, basis in rows:
        one = _Revision(revision_id, published_at, title, wanted in cited_in(basis))
        found[article_id].append(one)
    return found


def _given_beside(
    candidates: list[Any], at: datetime, revisions: Mapping[str, list[_Revision]]
) -> Iterator[int]:
    """The revisions that one message gave for several questions, as published at that time."""
    for candidate in candidates:
        if candidate.get("given"):
            then = [one for one in revisions[candidate["article"]] if one.published_at <= at]
            if then:
                yield then[-1].id


def _summed(conversation: Conversation, answers: list[tuple[datetime, set[str]]]) -> Given:
    titles = sorted(set().union(*(told for _, told in answers)))
    return Given(conversation, len(answers), answers[-1][0], tuple(titles))
