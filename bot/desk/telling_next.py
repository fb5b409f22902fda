"""The sending of what was agreed on: one person at a time, so that the worker sets the pace."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import locked, queue_reply, queue_template, window_is_open
from bot.desk import canned, templates
from bot.models import (
    Conversation,
    Floor,
    Message,
    NotTold,
    Speaker,
    Telling,
    TellingState,
    ToldPerson,
)


def tell_next(session: Session, now: datetime) -> bool:
    """Tell the next person of those agreed on; False if there is nobody to tell now."""
    person = session.scalars(
        select(ToldPerson)
        .join(ToldPerson.telling)
        .join(ToldPerson.conversation)
        .where(
            Telling.state == TellingState.AGREED,
            ToldPerson.settled_at.is_(None),
            Conversation.floor == Floor.BOT,
        )
        .order_by(ToldPerson.id)
        .limit(1)
        .with_for_update(of=ToldPerson, skip_locked=True)
    ).one_or_none()
    if person is None:
        return False
    conversation = locked(session, person.conversation_id)
    if conversation.merged_into_id is not None:  # the person writes on another number by now
        conversation = locked(session, conversation.merged_into_id)
    if conversation.floor is not Floor.BOT:
        return False
    person.settled_at = now
    person.not_told = _obstacle(person.telling, conversation, now)
    if person.not_told is None:
        person.message_id = _told(session, person.telling, conversation, now)
    return True


def _obstacle(telling: Telling, conversation: Conversation, now: datetime) -> NotTold | None:
    if conversation.person.blocked_at is not None:
        return NotTold.BLOCKED
    if conversation.person.opted_out_at is not None:
        return NotTold.OPTED_OUT
    template = telling.template
    can_send_template = template is not None and template.retired_at is None
    if not window_is_open(conversation, now) and not can_send_template:
        return NotTold.NO_TEMPLATE
    return None


def _told(session: Session, telling: Telling, conversation: Conversation, now: datetime) -> int:
    """The message that tells this person, queued unless it was."""
    key = f"telling:{telling.id}:{conversation.id}"
    queued = session.scalar(select(Message.id).where(Message.client_key == key))
    if queued is not None:
        return queued
    name = {"nama": canned.name_for(conversation)}
    if window_is_open(conversation, now):
        text = canned.filled(telling.text, name)
        messages = queue_reply(
            session,
            conversation,
            text,
            speaker=Speaker.DESK,
            now=now,
            staff_id=telling.asked_by_id,
            client_key=key,
        )
        return messages[0].id
    assert telling.template is not None  # else there was an obstacle
    values = {
        int(number): canned.filled(str(value), name)[: templates.LONGEST_VALUE]
        for number, value in telling.variables.items()
    }
    message = queue_template(
        session,
        conversation,
        templates.filled(telling.template.body, values),
        content_sid=telling.template.content_sid,
        variables={str(number): value for number, value in values.items()},
        speaker=Speaker.DESK,
        now=now,
        ticket_id=None,
        staff_id=telling.asked_by_id,
        client_key=key,
    )
    return message.id
