"""What the bot decided for a turn: recorded once, found again when the turn is retried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.in_context import Before, Reading, read
from bot.faq.language import language_of
from bot.faq.published import published
from bot.faq.search import Knowledge
from bot.models import ArticleRevision, ArticleStatus, BotDecision, Conversation, Turn
from knowledge_base.parts import asks

ANSWER, CHOICES, PERSON = "answer", "choices", "person"
# For how long "2", "ya" or "tidak" is about what the bot said last.
REMEMBERED = timedelta(hours=6)
# For how long a question may lean on the one before it.
FRESH = timedelta(minutes=30)
ADVISED_BY = 2  # articles
# A runner-up is worth offering from this share of the score of what was given. Of the tuning
# questions whose first article was wrong, 9 in 10 had the right one above it; where it was right,
# 3 in 10 had anything.
WORTH_OFFERING = 0.4


@dataclass(frozen=True)
class Offer:
    """An article by its id, its topic group, and the title to choose it by."""

    article: str
    group: str
    title: str


def decide(
    session: Session, knowledge: Knowledge, turn: Turn, question: str, now: datetime
) -> BotDecision | None:
    """The decision for this turn's question, made at most once a turn.

    None when it asks anew what was just answered.
    """
    made = session.get(BotDecision, turn.id)
    if made is not None:
        return made
    reading = read(session, knowledge, question, _before(session, turn, now))
    return None if reading.again else _record(session, turn, reading, now)


def _before(session: Session, turn: Turn, now: datetime) -> Before | None:
    """What the question may lean on: the last one, while it is fresh.

    Its article is left out once it was said to have helped: it may be asked for again.
    """
    last = last_decision(session, turn.conversation_id, now)
    if last is None or last.at <= now - FRESH or last.kind != ANSWER or last.revision is None:
        return None
    return Before(last.question, None if last.helpful else last.revision.article_id)


def is_urgent(session: Session, knowledge: Knowledge, turn: Turn, text: str) -> bool:
    """Whether the message can't wait for an article, nor for an officer's usual order."""
    decided = session.get(BotDecision, turn.id) is not None
    return not decided and knowledge.is_urgent(session, text)


def looks_like_a_question(session: Session, knowledge: Knowledge, text: str) -> bool:
    """Whether the knowledge base would surely answer this, as small talk never is."""
    return knowledge.find(session, text).decision.kind == ANSWER


def is_a_question(session: Session, knowledge: Knowledge, text: str) -> bool:
    """Whether it surely has an answer, and asks: "surat NPD" only names a thing."""
    return asks(text) and looks_like_a_question(session, knowledge, text)


def give(session: Session, turn: Turn, article_id: str, now: datetime) -> BotDecision | None:
    """Record that this turn gives a chosen article; None if it is not published any more."""
    made = session.get(BotDecision, turn.id)
    if made is not None:
        return made
    revision = published(session, article_id)
    if revision is None:
        return None
    before = last_decision(session, turn.conversation_id, now)
    decision = BotDecision(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        question=before.question if before else turn.text,
        language=before.language if before else "id",
        kind=ANSWER,
        candidates=[{"article": article_id, "score": None, "nearest": "chosen"}],
        revision=revision,
        knowledge=before.knowledge if before else "",
        at=now,
        awaiting="feedback",
    )
    session.add(decision)
    return decision


def last_decision(session: Session, conversation_id: int, now: datetime) -> BotDecision | None:
    """The latest decision of the conversation, while it is remembered."""
    return session.scalars(
        select(BotDecision)
        .where(BotDecision.conversation_id == conversation_id, BotDecision.at > now - REMEMBERED)
        .order_by(BotDecision.turn_id.desc())
        .limit(1)
    ).one_or_none()


def topic_of(session: Session, conversation_id: int, now: datetime) -> str | None:
    """The group of the likeliest article of the latest question, if any was likely at all."""
    decision = last_decision(session, conversation_id, now)
    if decision is None or decision.kind == PERSON or not decision.candidates:
        return None
    likeliest = published(session, str(decision.candidates[0]["article"]))
    return likeliest.group if likeliest else None


def offers(session: Session, decision: BotDecision, *, runners_up: bool = False) -> list[Offer]:
    """Up to three articles to choose from.

    `runners_up` leaves out the one that was given, and what is far less likely than that.
    """
    ids = [str(c["article"]) for c in decision.candidates]
    if runners_up:
        ids = _runners_up(session, decision)
    revisions = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.group, ArticleRevision.title).where(
            ArticleRevision.article_id.in_(ids),
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    )
    known = {row.article_id: Offer(*row) for row in revisions}
    return [known[article] for article in ids if article in known][:3]


def _runners_up(session: Session, decision: BotDecision) -> list[str]:
    given = {article for article, _ in given_articles(session, decision)}
    scores = {str(c["article"]): float(c["score"] or 0) for c in decision.candidates}
    others = {article: score for article, score in scores.items() if article not in given}
    least = min((score for article, score in scores.items() if article in given), default=0.0)
    return [article for article, score in others.items() if score >= WORTH_OFFERING * least]


def given_articles(session: Session, decision: BotDecision) -> list[tuple[str, ArticleRevision]]:
    """The articles that this decision gives, by id: one, or one for each of several questions."""
    if decision.revision is None:
        return []
    first = decision.revision
    others = [
        published(session, candidate["article"])
        for candidate in decision.candidates
        if candidate.get("given") and candidate["article"] != first.article_id
    ]
    return [(revision.article_id, revision) for revision in (first, *others) if revision]


def first_advice(session: Session, knowledge: Knowledge, text: str, language: str) -> str | None:
    """What the likeliest article tells everybody to do first, if it tells anything."""
    ranked = knowledge.find(session, text).ranked[:ADVISED_BY]
    for scored in ranked:
        revision = published(session, scored.article)
        advice = (revision.details.get("advice") or {}) if revision else {}
        if advice:
            return str(advice.get(language) or advice["id"])
    return None


def differ_by_way(decision: BotDecision) -> bool:
    """Whether what is offered differs only by how the goods come: by parcel or in luggage."""
    return any(candidate.get("way") for candidate in decision.candidates)


def _record(session: Session, turn: Turn, reading: Reading, now: datetime) -> BotDecision:
    found = reading.found
    kind = found.decision.kind
    revision = published(session, reading.articles[0]) if kind == ANSWER else None
    decision = BotDecision(
        turn_id=turn.id,
        conversation_id=turn.conversation_id,
        question=reading.question,
        language=language_of(turn.text, _preferred(session, turn)),
        kind=kind if revision or kind != ANSWER else PERSON,
        candidates=_candidates(reading),
        revision=revision,
        knowledge=found.knowledge,
        at=now,
        awaiting={ANSWER: "feedback", CHOICES: "choices"}.get(kind),
    )
    session.add(decision)
    return decision


def _candidates(reading: Reading) -> list[dict[str, Any]]:
    """The evidence; of several answers each one's best, marked as given."""
    if not reading.answers:
        return list(reading.found.candidates)
    best = [{**found.candidates[0], "given": True} for found in reading.answers]
    given = {candidate["article"] for candidate in best}
    return best + [
        candidate
        for found in reading.answers
        for candidate in found.candidates[1:3]
        if candidate["article"] not in given
    ]


def _preferred(session: Session, turn: Turn) -> str:
    return session.get_one(Conversation, turn.conversation_id).person.language
