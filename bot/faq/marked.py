"""What a mark is about, for who may not read the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from bot.faq.personal import without_personal_data
from bot.models import (
    ArticleRevision,
    BotDecision,
    Conversation,
    Direction,
    FaqMark,
    MarkKind,
    Message,
    Person,
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
    return marked_all(session, [one])[0]


def marked_all(session: Session, marks: Sequence[FaqMark]) -> list[Marked]:
    """What each of these marks is about, in their order, looked up together."""
    messages = [one.message for one in marks]
    names = _names_of(session, messages)
    decisions = _decisions_before(session, messages)
    tickets = _tickets_of(session, messages)
    replies = [one.message for one in marks if one.kind is MarkKind.MAKE_FAQ]
    wrote = _written_before(session, replies)
    return [
        _one_marked(
            one,
            names[one.message.conversation_id],
            decisions.get(one.message_id),
            tickets.get(one.message.ticket_id),
            wrote.get(one.message_id, []),
        )
        for one in marks
    ]


def decision_of(session: Session, message: Message) -> BotDecision | None:
    """What the bot decided in the message's turn."""
    return session.get(BotDecision, message.turn_id) if message.turn_id else None


def name_of(session: Session, message: Message) -> str:
    """Who the conversation is with."""
    return _names_of(session, [message])[message.conversation_id]


def _one_marked(
    one: FaqMark,
    name: str,
    decision: BotDecision | None,
    ticket: Ticket | None,
    wrote: Sequence[str],
) -> Marked:
    is_reply = one.kind is MarkKind.MAKE_FAQ
    questions = _questions(ticket, wrote) if is_reply else []
    if decision is not None and not questions:
        questions = [decision.question]
    near = one.right_article_id or (_likeliest(decision) if decision and is_reply else None)
    return Marked(
        questions=[without_personal_data(question, [name]) for question in questions],
        said=without_personal_data(one.message.body, [name]) if is_reply else "",
        given=decision.revision if decision and not is_reply else None,
        near=near,
        topic=ticket.topic if ticket else None,
        ticket=ticket,
    )


def _questions(ticket: Ticket | None, wrote: Sequence[str]) -> list[str]:
    """What the ticket is about, and what the applicant wrote since the reply before."""
    asked = [ticket.subject if ticket else "", *wrote]
    return list(dict.fromkeys(text for text in asked if len(text) >= _SHORTEST_QUESTION))


def _likeliest(decision: BotDecision) -> str | None:
    return str(decision.candidates[0]["article"]) if decision.candidates else None


def _names_of(session: Session, messages: Sequence[Message]) -> dict[int, str]:
    """Who each message's conversation is with, by the conversation's id."""
    found = session.execute(
        select(Conversation.id, Person.name)
        .join(Conversation.person)
        .where(Conversation.id.in_({message.conversation_id for message in messages}))
    )
    return {row.id: row.name for row in found}


def _tickets_of(session: Session, messages: Sequence[Message]) -> dict[int | None, Ticket]:
    ids = {message.ticket_id for message in messages if message.ticket_id}
    return {found.id: found for found in session.scalars(select(Ticket).where(Ticket.id.in_(ids)))}


def _decisions_before(session: Session, messages: Sequence[Message]) -> dict[int, BotDecision]:
    """What the bot decided in each message's turn, or else last before it, by the message's id."""
    earlier = aliased(BotDecision)
    in_its_turn = func.coalesce(earlier.turn_id == Message.turn_id, false())
    nearest = (
        select(earlier.turn_id)
        .where(
            earlier.conversation_id == Message.conversation_id,
            or_(in_its_turn, earlier.at <= Message.at),
        )
        .order_by(in_its_turn.desc(), earlier.turn_id.desc())
        .limit(1)
        .correlate(Message)
        .scalar_subquery()
    )
    found = session.execute(
        select(Message.id, BotDecision)
        .join_from(Message, BotDecision, BotDecision.turn_id == nearest)
        .where(Message.id.in_([message.id for message in messages]))
        .options(joinedload(BotDecision.revision))
    )
    return {row.id: row.BotDecision for row in found}


def _written_before(session: Session, replies: Sequence[Message]) -> dict[int, list[str]]:
    """What the applicant wrote since the officer's reply before each, by the reply's id."""
    reply, before = aliased(Message), aliased(Message)
    replied = func.coalesce(
        select(func.max(before.id))
        .where(
            before.conversation_id == reply.conversation_id,
            before.speaker == Speaker.OFFICER,
            before.id < reply.id,
            before.at < reply.at,  # a long reply is several messages of one moment
        )
        .correlate(reply)
        .scalar_subquery(),
        0,
    )
    wrote = (
        select(Message.id, Message.body)
        .where(
            Message.conversation_id == reply.conversation_id,
            Message.direction == Direction.IN,
            Message.id > replied,
            Message.id < reply.id,
        )
        .order_by(Message.id.desc())
        .limit(MOST_QUESTIONS)
        .lateral()
    )
    found = session.execute(
        select(reply.id, wrote.c.body)
        .join_from(reply, wrote, true())
        .where(reply.id.in_([message.id for message in replies]))
        .order_by(wrote.c.id)
    )
    written: dict[int, list[str]] = {}
    for row in found:
        written.setdefault(row.id, []).append(row.body)
    return written
