"""What an officer may send beside free text: a template, and again what failed; and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import queue_reply, queue_template
from bot.db import DESK, notify
from bot.desk import attachments, templates, tickets
from bot.desk.log import record
from bot.models import (
    Conversation,
    DeliveryState,
    Message,
    Note,
    Outbox,
    Speaker,
    Staff,
    Template,
)

# Twilio's codes after which the same message to the same person fails again.
_IN_VAIN = {21610, 63003, 63024}


class OptedOut(tickets.DeskError):
    """The person asked us not to be the first to write."""


def send_template(
    session: Session,
    ticket_id: int,
    officer: Staff,
    template_id: int,
    values: Mapping[int, str],
    now: datetime,
    *,
    client_key: str,
) -> Message | None:
    """Send an approved template, also outside the 24-hour window; None if it was sent already.

    It is a reply: it stops the clock. Raises NotYours, WrongState, OptedOut, or BadValue when a
    variable can't be sent.
    """
    ticket, conversation = tickets.held_by(session, ticket_id, officer)
    if tickets.already_sent(session, client_key):
        return None
    if conversation.person.opted_out_at is not None:
        raise OptedOut
    template = session.scalars(templates.in_use().where(Template.id == template_id)).one_or_none()
    if template is None:
        raise tickets.WrongState("retired")
    checked = templates.checked(template.body, values)
    message = queue_template(
        session,
        conversation,
        templates.filled(template.body, checked),
        content_sid=template.content_sid,
        variables={str(number): value for number, value in checked.items()},
        now=now,
        ticket_id=ticket.id,
        staff_id=officer.id,
        client_key=client_key,
    )
    tickets.replied(session, ticket, officer, [message], now, template=template.id)
    return message


def can_resend(outbox: Outbox) -> bool:
    """Whether sending again may help: it surely failed, and not for who the recipient is."""
    return outbox.state == DeliveryState.FAILED and outbox.error_code not in _IN_VAIN


def resend(session: Session, message_id: int, officer: Staff, now: datetime) -> Message | None:
    """Send an officer's failed message once more, as a new one; None if that was done already.

    Raises NotYours, WrongState, or WindowClosed.
    """
    failed = session.scalars(
        select(Message).where(Message.id == message_id, Message.speaker == Speaker.OFFICER)
    ).one()
    open_ticket = tickets.open_ticket_of(session, failed.conversation_id)
    if open_ticket is None:
        raise tickets.WrongState("closed")
    ticket, conversation = tickets.held_by(session, open_ticket.id, officer)
    outbox = session.get_one(Outbox, message_id, populate_existing=True)
    client_key = f"resend:{message_id}"
    if tickets.already_sent(session, client_key):
        return None
    if not can_resend(outbox):
        raise tickets.WrongState(outbox.state)
    again = _queued_again(
        session, conversation, ticket.id, failed, outbox, officer, now, client_key
    )
    tickets.replied(session, ticket, officer, [again], now, resent=message_id)
    return again


def _queued_again(
    session: Session,
    conversation: Conversation,
    ticket_id: int,
    failed: Message,
    outbox: Outbox,
    officer: Staff,
    now: datetime,
    client_key: str,
) -> Message:
    if outbox.content_sid is not None:
        return queue_template(
            session,
            conversation,
            failed.body,
            content_sid=outbox.content_sid,
            variables=outbox.content_variables or {},
            now=now,
            ticket_id=ticket_id,
            staff_id=officer.id,
            client_key=client_key,
        )
    tickets.require_window(conversation, now)
    with_file = attachments.queue_again(
        session,
        conversation,
        failed,
        officer,
        now,
        ticket_id=ticket_id,
        client_key=client_key,
    )
    if with_file is not None:
        return with_file
    [message] = queue_reply(
        session,
        conversation,
        failed.body,
        speaker=Speaker.OFFICER,
        now=now,
        ticket_id=ticket_id,
        staff_id=officer.id,
        client_key=client_key,
    )
    return message


def write_note(
    session: Session,
    conversation: Conversation,
    officer: Staff,
    body: str,
    now: datetime,
    *,
    client_key: str,
) -> None:
    """Keep a note for colleagues, once per `client_key`; the applicant never sees it."""
    if not body.strip():
        raise tickets.DeskError("empty")
    if session.scalar(select(Note.id).where(Note.client_key == client_key)) is not None:
        return
    ticket = tickets.open_ticket_of(session, conversation.id)
    session.add(
        Note(
            conversation_id=conversation.id,
            ticket_id=ticket.id if ticket else None,
            staff_id=officer.id,
            body=body.strip(),
            at=now,
            client_key=client_key,
        )
    )
    if ticket is not None:
        record(session, ticket.id, "noted", now, officer.id)
    notify(session, DESK, conversation=conversation.id, ticket=ticket.id if ticket else None)
