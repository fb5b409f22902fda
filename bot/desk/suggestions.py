"""Suggested articles: for which words, and that one was used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import tickets
from bot.desk.log import record
from bot.models import ArticleRevision, Direction, Message, Staff, TicketEvent

USED = "suggestion_used"


def last_question(session: Session, conversation_id: int) -> Message | None:
    """The applicant's last message with words."""
    return session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == Direction.IN,
            Message.body != "",
        )
        .order_by(Message.id.desc())
        .limit(1)
    ).one_or_none()


def used(
    session: Session, ticket_id: int, officer: Staff, revision: ArticleRevision, now: datetime
) -> None:
    """Count that the article was inserted for the applicant's last words, once for these words.

    Raises NotYours or WrongState.
    """
    ticket, conversation = tickets.held_by(session, ticket_id, officer)
    question = last_question(session, conversation.id)
    facts: dict[str, object] = {
        "article": revision.article_id,
        "revision": revision.number,
        "message": question.id if question else None,
    }
    counted = select(TicketEvent.id).where(
        TicketEvent.ticket_id == ticket.id,
        TicketEvent.kind == USED,
        TicketEvent.data == facts,
    )
    if session.scalar(counted.limit(1)) is None:
        record(session, ticket.id, USED, now, officer.id, **facts)
