"""Recording an inbound message: who wrote, the message and the job, in one go."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversation import announce
from bot.db import DESK, TURNS, notify
from bot.models import (
    Conversation,
    Direction,
    Floor,
    Message,
    Speaker,
    Turn,
    TurnOutcome,
)
from bot.settings import settings
from bot.turns import give_to_officer, ticket_at_hand
from bot.whatsapp.forms import Inbound
from bot.whatsapp.media import expect_files
from bot.whatsapp.readiness import is_complete, ready_at
from bot.whatsapp.senders import Senders

RATE_WINDOW = timedelta(minutes=1)


def record_inbound(session: Session, senders: Senders, inbound: Inbound, at: datetime) -> None:
    """Make the message that came in `at`, and have it handled.

    The message and the job (`conversation.wake_at`) become visible together, when the caller's
    transaction commits. `bot.whatsapp.intake` calls it for one form after the other, as two at once
    could make two people of one.
    """
    conversation, address = senders.of(inbound)
    # What is asked of the database comes before what is written, so that it is written once.
    refusal = _refusal(session, conversation, at)
    ready = _ready(session, conversation, inbound, at)
    ticket = ticket_at_hand(session, conversation, senders.ticket_of(conversation))
    message = Message(
        conversation_id=conversation.id,
        direction=Direction.IN,
        speaker=Speaker.APPLICANT,
        kind=inbound.kind,
        body=inbound.body,
        payload=inbound.payload,
        extra=inbound.extra or None,
        message_sid=inbound.message_sid,
        at=at,
    )
    session.add(message)
    expect_files(session, message, at)
    conversation.last_inbound_at = at
    conversation.address_id = address.id
    if refusal:
        _refuse(session, conversation, message, refusal, at)
    elif ticket:
        give_to_officer(session, conversation, ticket, message, at)
    else:
        conversation.wake_at = ready
        notify(session, TURNS)
    notify(session, DESK, conversation=conversation.id)


def _ready(
    session: Session, conversation: Conversation, inbound: Inbound, now: datetime
) -> datetime:
    """When the message may be handled. An officer reads each piece as it comes."""
    if conversation.floor is Floor.OFFICER:
        return now
    return ready_at(inbound, _waiting_since(session, conversation, inbound, now), now)


def _waiting_since(
    session: Session, conversation: Conversation, inbound: Inbound, now: datetime
) -> datetime:
    """When the oldest message that no turn has taken yet came in, this one among them."""
    if is_complete(inbound):
        return now  # nothing is waited for, so it does not matter
    earliest = session.scalar(
        select(func.min(Message.at)).where(
            Message.conversation_id == conversation.id,
            Message.direction == Direction.IN,
            Message.turn_id.is_(None),
        )
    )
    return earliest or now


def _refusal(session: Session, conversation: Conversation, now: datetime) -> str | None:
    """Why the message is kept but not handled."""
    if conversation.person.blocked_at is not None:
        return "blocked"
    last = conversation.last_inbound_at
    if last is None or last <= now - RATE_WINDOW:
        return None
    # Of the last so many messages the oldest tells; a long past is not read for it.
    oldest = session.scalar(
        select(Message.at)
        .where(Message.conversation_id == conversation.id, Message.direction == Direction.IN)
        .order_by(Message.id.desc())
        .offset(settings().rate_limit_per_minute - 1)
        .limit(1)
    )
    return "rate_limited" if oldest is not None and oldest > now - RATE_WINDOW else None


def _refuse(
    session: Session, conversation: Conversation, message: Message, why: str, now: datetime
) -> None:
    """End the message explicitly as failed, telling the person once when it is about the rate."""
    turn = Turn(
        conversation_id=conversation.id,
        fence=conversation.fence,
        created_at=now,
        finished_at=now,
        outcome=TurnOutcome.FAILED,
        note=why,
    )
    session.add(turn)
    session.flush()
    message.turn_id = turn.id
    told = conversation.rate_notice_at
    if why == "rate_limited" and (told is None or told < now - RATE_WINDOW):
        conversation.rate_notice_at = now
        announce(session, conversation, "too_many_messages", now)
