"""What a picture's people do: write, are answered by the bot, wait, are taken over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.conversation import locked
from bot.db import transaction
from bot.desk import consultations, replies, tags, tickets
from bot.models import (
    Address,
    AddressKind,
    ArticleRevision,
    BotDecision,
    Conversation,
    DeliveryState,
    Direction,
    MediaFile,
    Message,
    MessageKind,
    Outbox,
    Person,
    Speaker,
    Staff,
    TicketReason,
    Turn,
    TurnOutcome,
)

_numbers = count(112_345_678, 13_013_791)


def minutes(n: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=n)


def member(session: Session, username: str) -> Staff:
    """One of the cast."""
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def applicant(name: str, known_for: timedelta = timedelta(days=40)) -> int:
    """Somebody who may write; gives the conversation."""
    since = clock.now() - known_for
    with transaction() as session:
        person = Person(name=name, created_at=since)
        session.add(person)
        session.flush()
        value = f"whatsapp:+628{next(_numbers):09d}"
        address = Address(
            person_id=person.id, kind=AddressKind.PHONE, value=value, created_at=since
        )
        session.add(address)
        session.flush()
        conversation = Conversation(person_id=person.id, address_id=address.id, created_at=since)
        session.add(conversation)
        session.flush()
        return conversation.id


def writes(
    conversation: int,
    body: str,
    ago: timedelta,
    kind: MessageKind = MessageKind.TEXT,
    files: Sequence[tuple[str, bytes | None, str | None]] = (),
    extra: dict[str, Any] | None = None,
) -> int:
    """A message of the applicant, `ago` before now; gives its id.

    `files` are content types with the bytes, or with none and the fault why they can't be had.
    """
    at = clock.now() - ago
    with transaction() as session:
        found = session.get_one(Conversation, conversation)
        found.last_inbound_at = at
        message = Message(
            conversation_id=conversation,
            direction=Direction.IN,
            speaker=Speaker.APPLICANT,
            kind=kind,
            body=body,
            extra={"media": [{"type": kept} for kept, _, _ in files]} if files else extra,
            at=at,
        )
        session.add(message)
        session.flush()
        for position, (kept, content, fault) in enumerate(files):
            session.add(_file(message, position, kept, content, fault))
        ticket = tickets.open_ticket_of(session, conversation)
        if ticket is not None:
            tickets.applicant_wrote(session, ticket, message)
        return message.id


def bot_answers(
    conversation: int,
    question: str,
    answer: str,
    ago: timedelta,
    *,
    article: str | None = None,
    weighed: Sequence[tuple[str, float]] = (),
    helpful: bool | None = None,
) -> None:
    """The bot's words to what was last written, with the evidence for them."""
    with transaction() as session:
        turn_id = _weighs(session, conversation, question, ago, article, weighed, helpful)
        _said(session, conversation, Speaker.BOT, answer, ago, turn_id=turn_id)


def is_weighed(conversation: int, question: str, weighed: Sequence[tuple[str, float]]) -> None:
    """What was last written has articles that may answer it, to be suggested."""
    with transaction() as session:
        _weighs(session, conversation, question, timedelta(), None, weighed, None)


def _weighs(
    session: Session,
    conversation: int,
    question: str,
    ago: timedelta,
    article: str | None,
    weighed: Sequence[tuple[str, float]],
    helpful: bool | None,
) -> int:
    """The turn of what was last written, with the bot's decision; gives the turn's id."""
    at = clock.now() - ago
    turn = Turn(
        conversation_id=conversation,
        text=question,
        fence=0,
        created_at=at,
        finished_at=at,
        outcome=TurnOutcome.ANSWERED,
    )
    session.add(turn)
    session.flush()
    asked = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation, Message.direction == Direction.IN)
        .order_by(Message.id.desc())
        .limit(1)
    ).one()
    asked.turn_id = turn.id
    session.add(
        BotDecision(
            turn_id=turn.id,
            conversation_id=conversation,
            question=question,
            language="id",
            kind="answer" if article else "person",
            candidates=[{"article": name, "score": score} for name, score in weighed],
            revision_id=_revision(session, article) if article else None,
            knowledge="pictures",
            at=at,
            helpful=helpful,
        )
    )
    return turn.id


def says(conversation: int, username: str, body: str, ago: timedelta, **state: Any) -> int:
    """An officer's words as they arrived; gives the message. `state` goes to the outbox."""
    with transaction() as session:
        staff_id = member(session, username).id
        found = _said(session, conversation, Speaker.OFFICER, body, ago, staff_id=staff_id, **state)
        ticket = tickets.open_ticket_of(session, conversation)
        if ticket is not None:
            found.ticket_id = ticket.id
            tickets.replied(session, ticket, member(session, username), [found], clock.now() - ago)
        return found.id


def waits(
    conversation: int,
    reason: TicketReason,
    ago: timedelta,
    subject: str = "",
    topic: str | None = None,
) -> int:
    """The conversation waits for a person since `ago`; gives the ticket."""
    at = clock.now() - ago
    with transaction() as session:
        ticket = tickets.open_ticket(
            session,
            locked(session, conversation),
            reason,
            asked_at=at,
            now=at,
            subject=subject,
        )
        ticket.topic = topic
        return ticket.id


def is_taken(ticket: int, username: str, ago: timedelta) -> None:
    """An officer has taken the ticket over."""
    with transaction() as session:
        tickets.take_over(session, ticket, member(session, username), clock.now() - ago)


def is_closed(ticket: int, username: str, ago: timedelta, outcome: str = "answered") -> None:
    """The ticket is done with."""
    with transaction() as session:
        tickets.close(session, ticket, member(session, username), outcome, clock.now() - ago)


def asks_section(
    ticket: int,
    username: str,
    section: str,
    question: str,
    ago: timedelta,
    *,
    holding_reply: str = "",
    shared: Sequence[int] = (),
) -> int:
    """The ticket's holder asks a section; gives the consultation."""
    with transaction() as session:
        return consultations.consult(
            session,
            ticket,
            member(session, username),
            section,
            question,
            clock.now() - ago,
            key=f"{ticket}:{section}",
            holding_reply=holding_reply,
            shared=shared,
        ).id


def notes(conversation: int, username: str, body: str, ago: timedelta) -> None:
    """An officer leaves a note for colleagues."""
    with transaction() as session:
        found = session.get_one(Conversation, conversation)
        officer, at = member(session, username), clock.now() - ago
        replies.write_note(session, found, officer, body, at, client_key=f"{conversation}:{body}")


def is_tagged(ticket: int, username: str, *names: str) -> None:
    """An officer puts tags on the ticket."""
    with transaction() as session:
        for name in names:
            tags.add(session, ticket, name, member(session, username), clock.now())


def _said(
    session: Session,
    conversation: int,
    speaker: Speaker,
    body: str,
    ago: timedelta,
    *,
    staff_id: int | None = None,
    turn_id: int | None = None,
    state: DeliveryState = DeliveryState.READ,
    error_code: int | None = None,
) -> Message:
    at = clock.now() - ago
    found = session.get_one(Conversation, conversation)
    message = Message(
        conversation_id=conversation,
        direction=Direction.OUT,
        speaker=speaker,
        staff_id=staff_id,
        turn_id=turn_id,
        body=body,
        at=at,
    )
    session.add(message)
    session.flush()
    session.add(
        Outbox(
            message_id=message.id,
            conversation_id=conversation,
            to=found.address.value,
            state=state,
            error_code=error_code,
            next_attempt_at=at,
        )
    )
    session.flush()
    return message


def _file(
    message: Message, position: int, kind: str, content: bytes | None, fault: str | None
) -> MediaFile:
    return MediaFile(
        message_id=message.id,
        position=position,
        url="https://example.invalid/media",
        stated_type=kind,
        next_attempt_at=message.at,
        fetched_at=message.at if content else None,
        safe_type=kind if content else None,
        size=len(content) if content else None,
        content=content,
        fault=fault,
    )


def _revision(session: Session, article: str) -> int:
    return session.scalars(
        select(ArticleRevision.id).where(ArticleRevision.article_id == article)
    ).one()
