"""Status callbacks: unordered, repeated; a message's state only moves forward."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import now
from bot.db import DESK, OUTBOX, notify
from bot.models import DeliveryState, Message, Outbox
from bot.whatsapp.forms import read_number

# A later rank replaces an earlier one. Proof of delivery outranks a failure told before it.
_RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 0,
    DeliveryState.UNKNOWN: 0,
    DeliveryState.ACCEPTED: 1,
    DeliveryState.SENT: 2,
    DeliveryState.FAILED: 3,
    DeliveryState.CANCELLED: 3,
    DeliveryState.DELIVERED: 4,
    DeliveryState.READ: 5,
}

_MEANING = {
    "accepted": DeliveryState.ACCEPTED,
    "scheduled": DeliveryState.ACCEPTED,
    "queued": DeliveryState.ACCEPTED,
    "sending": DeliveryState.ACCEPTED,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
    "undelivered": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}


def record_status(session: Session, form: Mapping[str, str], message_id: int | None = None) -> bool:
    """Move the message on as the form says; False if it is not ours or already further.

    `message_id` comes from the callback's own address, so that the callback of a send whose
    answer we never saw still finds its message.
    """
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    state = _MEANING.get(form.get("MessageStatus", form.get("SmsStatus", "")).lower())
    if state is None or not sid:
        return False
    outbox = _outbox(session, sid, message_id)
    if outbox is None:
        return False
    return advance(
        session,
        outbox,
        state,
        sid=sid,
        error_code=read_number(form.get("ErrorCode", "")),
        error=form.get("ErrorMessage") or None,
    )


def advance(
    session: Session,
    outbox: Outbox,
    state: DeliveryState,
    *,
    sid: str | None = None,
    error_code: int | None = None,
    error: str | None = None,
) -> bool:
    """Move a locked outbox row to `state` if that is further on; False if it isn't."""
    if sid and outbox.message.message_sid is None:
        outbox.message.message_sid = sid
    elif sid and outbox.message.message_sid != sid:
        return False
    if _RANK[state] <= _RANK[outbox.state]:
        return False
    if _RANK[outbox.state] == _RANK[DeliveryState.QUEUED]:
        notify(session, OUTBOX)  # what waits behind it may go now
    outbox.state = state
    outbox.accepted_at = outbox.accepted_at or now()
    if state is DeliveryState.FAILED:
        outbox.error_code = error_code
        outbox.error = error
    # Without the ticket, for it is as before: only the pages that show the message need to look.
    notify(session, DESK, conversation=outbox.conversation_id)
    return True


def _outbox(session: Session, sid: str, message_id: int | None) -> Outbox | None:
    by_sid = select(Message.id).where(Message.message_sid == sid)
    known = session.scalar(by_sid)
    key = known if known is not None else message_id
    if key is None:
        return None
    return session.scalars(
        select(Outbox).where(Outbox.message_id == key).with_for_update(of=Outbox)
    ).one_or_none()
