"""The outbox: rows are sent one after another per conversation, none blindly twice.

queued -> sending -> accepted (Twilio has it) -> sent, delivered, read (by callbacks)
A send that may have happened is `unknown`: Twilio's list is asked before anything else.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from bot import clock
from bot.conversation import window_is_open
from bot.db import DESK, notify, transaction
from bot.models import (
    Conversation,
    DeliveryState,
    MediaFile,
    Message,
    MessageKind,
    Outbox,
)
from bot.whatsapp import sent_files, twilio_client
from bot.whatsapp.status import advance
from bot.whatsapp.twilio_client import SendError, SendUnknown, Template

log = logging.getLogger(__name__)

# A worker killed while sending leaves its row `sending`; after this it counts as unknown.
SENDING_LEASE = timedelta(seconds=twilio_client.TIMEOUT_SECONDS + 5)
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (1, 2, 5, 15, 30, 60, 120, 300))
# When to ask Twilio's list about an unknown send; not found at the last, it did not happen.
LOOK_UP_AFTER = tuple(timedelta(seconds=s) for s in (1, 3, 8))

OUTSIDE_WINDOW = 63016  # Twilio's code for free text that WhatsApp no longer lets through

_OPEN = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN)


@dataclass(frozen=True)
class Sending:
    """A row that this worker is to send or look up now."""

    message_id: int
    attempt: int
    to: str
    body: str
    choices: list[list[str]] | None
    template: Template | None
    media_url: str | None
    look_up_since: datetime | None  # None: send


def send_next() -> bool:
    """Send or look up the next due row; False if none is due."""
    sending = next_sending()
    if not isinstance(sending, Sending):
        return False
    carry_out(sending)
    return True


def next_sending() -> Sending | datetime | None:
    """What is to be sent now, marked so; else when the next row is due, None if none waits.

    Rows that must not go out any more are settled on the way.
    """
    while True:
        with transaction() as session:
            row = session.scalars(_DUE, {"now": clock.now()}).one_or_none()
            if row is None:
                return next_attempt(session)
            sending = _begin(session, row, clock.now())
        if sending is not None:
            return sending


def carry_out(sending: Sending) -> None:
    """Send the row, or look up what became of it."""
    if sending.look_up_since is None:
        _send(sending)
    else:
        _look_up(sending, sending.look_up_since)


def next_attempt(session: Session) -> datetime | None:
    """When the next row is due; None if nothing is to be sent."""
    return session.scalar(
        select(Outbox.next_attempt_at)
        .where(Outbox.state.in_(_OPEN))
        .order_by(Outbox.next_attempt_at)
        .limit(1)
    )


def _due_statement() -> Select[Outbox]:
    """The first due row whose conversation has no earlier open row; locked. Takes `now`."""
    earlier = aliased(Outbox)
    blocked = exists().where(
        and_(
            earlier.conversation_id == Outbox.conversation_id,
            earlier.message_id < Outbox.message_id,
            earlier.state.in_(_OPEN),
        )
    )
    return (
        select(Outbox)
        .where(Outbox.state.in_(_OPEN), Outbox.next_attempt_at <= bindparam("now"), ~blocked)
        .order_by(Outbox.next_attempt_at, Outbox.message_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


_DUE = _due_statement()  # built once: it is asked all the time


def _begin(session: Session, row: Outbox, now: datetime) -> Sending | None:
    """Mark what is about to happen before it does; None when it must not happen any more."""
    if row.state is DeliveryState.SENDING:
        row.state = DeliveryState.UNKNOWN
    if row.state is DeliveryState.UNKNOWN:
        row.next_attempt_at = now + SENDING_LEASE
        # Twilio's clock may differ a little from ours.
        since = (row.first_attempt_at or now) - timedelta(minutes=2)
        return _sending(row, None, since)
    if _floor_moved(session, row):
        row.state = DeliveryState.CANCELLED
        row.error = "the floor changed before it was sent"
        notify(session, DESK, conversation=row.conversation_id)
        return None
    if row.content_sid is None and not window_is_open(row.conversation, now):
        error = "WhatsApp's 24 hours since the applicant last wrote are over"
        advance(session, row, DeliveryState.FAILED, error_code=OUTSIDE_WINDOW, error=error)
        return None
    row.state = DeliveryState.SENDING
    row.attempts += 1
    row.first_attempt_at = row.first_attempt_at or now
    row.next_attempt_at = now + SENDING_LEASE
    return _sending(row, _address_of_file(session, row.message, now), None)


def _address_of_file(session: Session, message: Message, now: datetime) -> str | None:
    """Where Twilio finds the file that the message carries, if it carries one."""
    if message.kind is MessageKind.TEXT:
        return None
    file = session.scalars(select(MediaFile).where(MediaFile.message_id == message.id)).one()
    return sent_files.opened(file, now)


def _sending(row: Outbox, media_url: str | None, look_up_since: datetime | None) -> Sending:
    template = None
    if row.content_sid is not None:
        template = Template(row.content_sid, row.content_variables or {})
    return Sending(
        row.message_id,
        row.attempts,
        row.to,
        row.message.body,
        row.choices,
        template,
        media_url,
        look_up_since,
    )


def _floor_moved(session: Session, row: Outbox) -> bool:
    """The bot's words are out of date. Checked here, at the moment of sending."""
    if row.fence is None:
        return False
    fence = session.scalar(
        select(Conversation.fence)
        .where(Conversation.id == row.conversation_id)
        .with_for_update(read=True)
    )
    return fence != row.fence


def _send(sending: Sending) -> None:
    try:
        sid = twilio_client.send(
            sending.to,
            sending.body,
            message_id=sending.message_id,
            choices=sending.choices,
            template=sending.template,
            media_url=sending.media_url,
        )
    except SendError as error:
        log.warning("message %s was not sent: %s", sending.message_id, error.code or error)
        _record_refusal(sending, error)
    except SendUnknown as error:
        log.warning("message %s may have been sent: %s", sending.message_id, error)
        _record_unknown(sending)
    else:
        _record_accepted(sending.message_id, sid)


def _record_accepted(message_id: int, sid: str) -> None:
    with transaction() as session:
        advance(session, _locked(session, message_id), DeliveryState.ACCEPTED, sid=sid)


def _record_refusal(sending: Sending, error: SendError) -> None:
    with transaction() as session:
        row = _locked(session, sending.message_id)
        if not _still_ours(row, sending):
            return
        if error.retryable and row.attempts <= len(RETRY_AFTER):
            row.state = DeliveryState.QUEUED
            row.next_attempt_at = clock.now() + RETRY_AFTER[row.attempts - 1]
            row.error_code, row.error = error.code, str(error)
        else:
            advance(
                session,
                row,
                DeliveryState.FAILED,
                error_code=error.code,
                error=str(error),
            )


def _record_unknown(sending: Sending) -> None:
    with transaction() as session:
        row = _locked(session, sending.message_id)
        if _still_ours(row, sending):
            row.state = DeliveryState.UNKNOWN
            row.next_attempt_at = clock.now() + LOOK_UP_AFTER[0]


def _still_ours(row: Outbox, sending: Sending) -> bool:
    """Whether nobody went on with the row while this worker stood still."""
    return row.state is DeliveryState.SENDING and row.attempts == sending.attempt


def _look_up(sending: Sending, since: datetime) -> None:
    """Find the send in Twilio's list; send again only when it surely isn't there."""
    try:
        listed = twilio_client.sent_since(sending.to, since)
    except SendUnknown:
        listed = None
    with transaction() as session:
        row = _locked(session, sending.message_id)
        if row.state is not DeliveryState.UNKNOWN:
            return  # a callback told meanwhile
        match = _match(session, row, listed or [])
        if match is not None:
            advance(session, row, DeliveryState.ACCEPTED, sid=match)
            return
        if listed is not None:
            row.lookups += 1
        if row.lookups < len(LOOK_UP_AFTER):
            row.next_attempt_at = clock.now() + LOOK_UP_AFTER[row.lookups]
        elif row.attempts > len(RETRY_AFTER):
            error = "Twilio took none of the attempts"
            advance(session, row, DeliveryState.FAILED, error=error)
        else:
            row.lookups = 0
            row.state = DeliveryState.QUEUED
            row.next_attempt_at = clock.now()


def _match(session: Session, row: Outbox, listed: list[twilio_client.SentMessage]) -> str | None:
    """The SID in Twilio's list that is this row's and no other's."""
    sids = [m.sid for m in listed if _same_text(m.body, row.message.body)]
    ours = set(session.scalars(select(Message.message_sid).where(Message.message_sid.in_(sids))))
    return next((sid for sid in sids if sid not in ours), None)


def _same_text(listed: str, queued: str) -> bool:
    """Whether Twilio's body is ours; a content template may add its choices after the text.

    A file without words under it has no body, and nothing else of ours has none.
    """
    if not queued.strip():
        return not listed.strip()
    return listed.split() == queued.split() or listed.strip().startswith(queued.strip())


def _locked(session: Session, message_id: int) -> Outbox:
    return session.scalars(
        select(Outbox)
        .where(Outbox.message_id == message_id)
        .with_for_update(of=Outbox)
        .execution_options(populate_existing=True)
    ).one()
