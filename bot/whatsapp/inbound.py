"""Recording an inbound message: the raw form, who wrote, the message, the job, in one go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.conversation import announce
from bot.db import DESK, TURNS, notify
from bot.models import (
    Address,
    AddressKind,
    Conversation,
    Direction,
    Message,
    Person,
    Speaker,
    Turn,
    TurnOutcome,
    WebhookForm,
)
from bot.settings import settings
from bot.whatsapp.forms import Inbound, read_form
from bot.whatsapp.readiness import ready_at

RATE_WINDOW = timedelta(minutes=1)


def record_inbound(session: Session, form: Mapping[str, str], now: datetime) -> bool:
    """Store the form and have its message handled; False if this MessageSid was here before.

    Nothing is visible until the caller's transaction commits: the form, the message and the
    job (`conversation.wake_at`) come into being together.
    """
    inbound = read_form(form)
    if not _store_form(session, inbound.message_sid, form, now):
        return False
    person, address = _person_of(session, inbound)
    conversation = _conversation_of(session, person, address)
    message = Message(
        conversation_id=conversation.id,
        direction=Direction.IN,
        speaker=Speaker.APPLICANT,
        kind=inbound.kind,
        body=inbound.body,
        payload=inbound.payload,
        extra=inbound.extra or None,
        message_sid=inbound.message_sid,
        at=now,
    )
    session.add(message)
    conversation.last_inbound_at = now
    conversation.address_id = address.id
    session.flush()
    refusal = _refusal(session, person, conversation, now)
    if refusal:
        _refuse(session, conversation, message, refusal, now)
    else:
        conversation.wake_at = ready_at(inbound, _first_waiting(session, conversation), now)
        notify(session, TURNS)
    notify(session, DESK, conversation=conversation.id)
    return True


def _store_form(session: Session, message_sid: str, form: Mapping[str, str], now: datetime) -> bool:
    statement = insert(WebhookForm).values(
        message_sid=message_sid, form=dict(form), received_at=now
    )
    statement = statement.on_conflict_do_nothing(index_elements=[WebhookForm.message_sid])
    return session.scalar(statement.returning(WebhookForm.id)) is not None


def _person_of(session: Session, inbound: Inbound) -> tuple[Person, Address]:
    """The person behind the form's addresses, known or new, and the address to reply to."""
    values = sorted(value for _, value in inbound.addresses)
    for value in values:
        # Two first messages of one person at once must not make two people.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:value))"), {"value": value})
    known = session.scalars(
        select(Address).where(Address.value.in_(values)).order_by(Address.id)
    ).all()
    person = known[0].person if known else Person(name=inbound.name)
    if inbound.name and not person.name:
        person.name = inbound.name
    session.add(person)
    present = {address.value: address for address in known}
    for kind, value in inbound.addresses:
        if value not in present:
            present[value] = Address(person=person, kind=AddressKind(kind), value=value)
            session.add(present[value])
    session.flush()
    return person, present[inbound.addresses[0][1]]


def _conversation_of(session: Session, person: Person, address: Address) -> Conversation:
    known = session.scalars(
        select(Conversation).where(Conversation.person_id == person.id).with_for_update()
    ).one_or_none()
    if known is not None:
        return known
    conversation = Conversation(person_id=person.id, address_id=address.id)
    session.add(conversation)
    session.flush()
    return conversation


def _first_waiting(session: Session, conversation: Conversation) -> datetime:
    """When the oldest message that no turn has taken yet came in."""
    return session.scalars(
        select(func.min(Message.at)).where(
            Message.conversation_id == conversation.id,
            Message.direction == Direction.IN,
            Message.turn_id.is_(None),
        )
    ).one()


def _refusal(
    session: Session, person: Person, conversation: Conversation, now: datetime
) -> str | None:
    """Why the message is kept but not handled."""
    if person.blocked_at is not None:
        return "blocked"
    recent = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.direction == Direction.IN,
            Message.at > now - RATE_WINDOW,
        )
    )
    return "rate_limited" if (recent or 0) > settings().rate_limit_per_minute else None


def _refuse(
    session: Session, conversation: Conversation, message: Message, why: str, now: datetime
) -> None:
    """End the message explicitly as failed, telling the person once when it is about the rate."""
    turn = Turn(
        conversation_id=conversation.id,
        fence=conversation.fence,
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
