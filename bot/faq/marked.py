"""What a mark is about, for who may not read the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.faq.personal import without_personal_data
from bot.models import (
    ArticleRevision,
    BotDecision,
    Conversation,
    Direction,
    FaqMark,
    MarkKind,
    Message,
    Speaker,
    Ticket,
)

MOST_QUESTIONS = 3  # of what the applicant wrote before a reply
_SHORTEST_QUESTION = 8  # characters; "ok" and "halo" ask nothing


@dataclass(frozen=True)
class Marked:
    """What a mark is about, without personal data: questions, what was said, what was near.

    For a reply `said` is that reply; for the bot it is nothing, and `given` is its article.
    """

    questions: Sequence[str]
    said: str
    given: ArticleRevision | None
    near: str | None
    topic: str | None
    ticket: Ticket | None


def marked(session: Session, one: FaqMark) -> Marked:
    """What the mark is about, for who may not read the conversation."""
    message = one.message
    names = [name_of(session, message)]
    decision = decision_of(session, message) or _decision_before(session, message)
    ticket = session.get(Ticket, message.ticket_id) if message.ticket_id else None
    is_reply = one.kind is MarkKind.MAKE_FAQ
    questions = _asked_before(session, message, ticket) if is_reply else []
    if decision is not None and not questions:
        questions = [decision.question]
    near = one.right_article_id or (_likeliest(decision) if decision and is_reply else None)
    return Marked(
        questions=[without_personal_data(question, names) for question in questions],
        said=without_personal_data(message.body, names) if is_reply else "",
        given=decision.revision if decision and not is_reply else None,
        near=near,
        topic=ticket.topic if ticket else None,
        ticket=ticket,
    )


def _asked_before(session: Session, reply: Message, ticket: Ticket | None) -> list[str]:
    """What the ticket is about, and what the applicant wrote since the reply before."""
    said = func.coalesce(
        select(func.max(Message.id))
        .where(
            Message.conversation_id == reply.conversation_id,
            Message.speaker == Speaker.OFFICER,
            Message.id < reply.id,
            Message.at < reply.at,  # a long reply is several messages of one moment
        )
        .scalar_subquery(),
        0,
    )
    wrote = session.scalars(
        select(Message.body)
        .where(
            Message.conversation_id == reply.conversation_id,
            Message.direction == Direction.IN,
            Message.id > said,
            Message.id < reply.id,
        )
        .order_by(Message.id.desc())
        .limit(MOST_QUESTIONS)
    ).all()
    asked = [ticket.subject if ticket else "", *reversed(wrote)]
    return list(dict.fromkeys(text for text in asked if len(text) >= _SHORTEST_QUESTION))


def decision_of(session: Session, message: Message) -> BotDecision | None:
    """What the bot decided in the message's turn."""
    return session.get(BotDecision, message.turn_id) if message.turn_id else None


def _decision_before(session: Session, message: Message) -> BotDecision | None:
    return session.scalars(
        select(BotDecision)
        .where(BotDecision.conversation_id == message.conversation_id, BotDecision.at <= message.at)
        .order_by(BotDecision.turn_id.desc())
        .limit(1)
    ).one_or_none()


def _likeliest(decision: BotDecision) -> str | None:
    return str(decision.candidates[0]["article"]) if decision.candidates else None


def name_of(session: Session, message: Message) -> str:
    """Who the conversation is with."""
    return session.get_one(Conversation, message.conversation_id).person.name
