"""A conversation: who has the floor, what was said, what is to be said.

The floor is a column, changed by guarded updates that raise `fence`. What the bot says
carries the fence it saw, and is checked against the column again when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import DESK, OUTBOX, TURNS, notify
from bot.models import (
    Announcement,
    Conversation,
    Direction,
    Floor,
    Message,
    MessageKind,
    Outbox,
    Speaker,
)
from bot.splitting import split_text

SESSION_WINDOW = timedelta(hours=24)


class WindowClosed(Exception):
    """WhatsApp lets us write freely only within 24 hours of the applicant's last message."""


@dataclass(frozen=True)
class Choice:
    """Something the applicant can tap or answer by its number."""

    title: str
    payload: str


def locked(session: Session, conversation_id: int) -> Conversation:
    """The conversation, locked until the transaction ends. Lock it before its tickets."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def move_floor(conversation: Conversation, floor: Floor, *, by_turn: int | None = None) -> None:
    """Give the floor; whatever the bot still had in flight is out of date from here on.

    `conversation` must be locked. `by_turn` names the bot's own turn when it hands over, so
    that the words of that turn may still go out.
    """
    if conversation.floor != floor:
        conversation.floor = floor
        conversation.fence += 1
        conversation.floor_moved_by_turn = by_turn
        conversation.form_open = False


def window_closes_at(conversation: Conversation) -> datetime | None:
    """Until when free text may be sent; None if the applicant never wrote."""
    if conversation.last_inbound_at is None:
        return None
    return conversation.last_inbound_at + SESSION_WINDOW


def window_is_open(conversation: Conversation, now: datetime) -> bool:
    """Whether WhatsApp lets us write freely now."""
    closes = window_closes_at(conversation)
    return closes is not None and now < closes


def queue_reply(
    session: Session,
    conversation: Conversation,
    text: str,
    *,
    speaker: Speaker,
    now: datetime,
    fence: int | None = None,
    turn_id: int | None = None,
    ticket_id: int | None = None,
    staff_id: int | None = None,
    client_key: str | None = None,
    choices: Sequence[Choice] = (),
) -> list[Message]:
    """Write `text` to the outbox, split where WhatsApp needs it; the worker sends it.

    With `fence` the words go out only while the conversation's fence is still that one.
    """
    messages = []
    parts = split_text(text)
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        message = Message(
            ticket_id=ticket_id,
            turn_id=turn_id,
            speaker=speaker,
            staff_id=staff_id,
            kind=MessageKind.TEXT,
            body=part,
            at=now,
            client_key=client_key if position == 0 else None,
        )
        delivery = Outbox(
            choices=[[c.title, c.payload] for c in choices] if last and choices else None,
            fence=fence,
        )
        messages.append(queued(session, conversation, message, delivery))
    return messages


def queue_template(
    session: Session,
    conversation: Conversation,
    text: str,
    *,
    content_sid: str,
    variables: Mapping[str, str],
    now: datetime,
    ticket_id: int | None,
    staff_id: int,
    client_key: str,
    speaker: Speaker = Speaker.OFFICER,
) -> Message:
    """Write an approved template to the outbox; it goes out at any time.

    `text` is the template as the applicant gets it, with its variables filled in.
    """
    message = Message(
        ticket_id=ticket_id,
        speaker=speaker,
        staff_id=staff_id,
        kind=MessageKind.TEXT,
        body=text,
        at=now,
        client_key=client_key,
    )
    delivery = Outbox(content_sid=content_sid, content_variables=dict(variables))
    return queued(session, conversation, message, delivery)


def queued(
    session: Session, conversation: Conversation, message: Message, delivery: Outbox
) -> Message:
    """Have the message go out in this conversation at once; worker and consoles are told."""
    message.conversation_id = conversation.id
    message.direction = Direction.OUT
    delivery.conversation_id = conversation.id
    delivery.to = conversation.address.value
    delivery.next_attempt_at = message.at
    message.outbox = delivery
    session.add(message)
    session.flush()
    notify(session, OUTBOX)
    notify(session, DESK, conversation=conversation.id, ticket=message.ticket_id)
    return message


def wake(session: Session, conversation_id: int, at: datetime) -> None:
    """Have a worker look at the conversation, at `at` or earlier if it was to be earlier."""
    session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            (Conversation.wake_at.is_(None)) | (Conversation.wake_at > at),
        )
        .values(wake_at=at)
    )
    notify(session, TURNS)


def announce(
    session: Session, conversation: Conversation, event: str, now: datetime, **facts: object
) -> None:
    """Have the dialogue tell the applicant what happened at the desk."""
    session.add(Announcement(conversation_id=conversation.id, event=event, facts=facts, at=now))
    session.flush()
    wake(session, conversation.id, now)
