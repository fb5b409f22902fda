"""From the webhook to the conversation: forms are kept at once and taken in by the worker.

The webhook answers in milliseconds however busy the rest is, as one insert is all that it does.
The row is the job: whatever was answered 200 is taken in, after a crash too.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from bot.clock import now
from bot.db import FORMS, notify_at_once, one_statement, transaction
from bot.models import WebhookForm
from bot.whatsapp.forms import read_form
from bot.whatsapp.inbound import record_inbound
from bot.whatsapp.senders import Senders

log = logging.getLogger(__name__)

# Whoever holds this lock takes forms in; so they are taken in one after the other, in order.
_LOCK = 7_310_001
_AT_ONCE = 20

_KEEP = text(
    "INSERT INTO webhook_form (message_sid, form, received_at) "
    "VALUES (:message_sid, :form, :received_at) ON CONFLICT (message_sid) DO NOTHING"
).bindparams(bindparam("form", type_=JSONB))


def keep_form(form: Mapping[str, str], at: datetime) -> None:
    """Store a form that came in `at`; nothing happens if its MessageSid was here before.

    Raises FormRefused when it names no message or sender.
    """
    values = {"message_sid": read_form(form).message_sid, "form": dict(form), "received_at": at}
    with one_statement() as connection:
        connection.execute(_KEEP, values)
    notify_at_once(FORMS)


def take_in_waiting(at_once: int = _AT_ONCE) -> bool:
    """Make messages of the forms that have waited longest; False if none waits.

    A form that can't become one is kept with its fault, so that those behind it don't wait for it.
    """
    try:
        return _take_in(at_once)
    except FormsFault as fault:
        if len(fault.ids) > 1:
            return take_in_waiting(1)  # which of them it is shows when each is alone
        _put_aside(fault.ids[0], fault.cause)
        return True


class FormsFault(Exception):
    """The forms of these ids can't all become messages; nothing of them is kept."""

    def __init__(self, ids: Sequence[int], cause: Exception) -> None:
        super().__init__(ids)
        self.ids = ids
        self.cause = cause


def _take_in(at_once: int) -> bool:
    with transaction() as session:
        waiting = _waiting(session, at_once)
        ids = [form.id for form in waiting]
        try:
            _record(session, waiting)
        except (DataError, IntegrityError) as fault:
            raise FormsFault(ids, fault) from fault
        except SQLAlchemyError:
            raise  # it is not the forms' fault
        except Exception as fault:
            raise FormsFault(ids, fault) from fault
        _mark_taken(session, ids)
    return bool(ids)


def _record(session: Session, forms: Sequence[WebhookForm]) -> None:
    inbounds = [read_form(form.form) for form in forms]
    senders = Senders(session, inbounds)
    for inbound, form in zip(inbounds, forms, strict=True):
        record_inbound(session, senders, inbound, form.received_at)
    session.flush()


def _waiting(session: Session, at_once: int) -> Sequence[WebhookForm]:
    """The next forms, in the order in which they came, for nobody else until the commit."""
    # Should the database lose this commit, the forms wait again. What follows from it is not lost
    # either: a commit that waits for the disk brings every one before it there.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    waiting = select(WebhookForm).where(WebhookForm.taken_at.is_(None)).order_by(WebhookForm.id)
    return session.scalars(waiting.limit(at_once)).all()


def _mark_taken(session: Session, ids: Sequence[int]) -> None:
    taken = update(WebhookForm).where(WebhookForm.id.in_(ids)).values(taken_at=now())
    session.execute(taken, execution_options={"synchronize_session": False})


def _put_aside(form_id: int, fault: Exception) -> None:
    log.error("form %s can't be taken in: %s", form_id, type(fault).__name__)
    with transaction() as session:
        session.execute(
            update(WebhookForm)
            .where(WebhookForm.id == form_id, WebhookForm.taken_at.is_(None))
            .values(taken_at=now(), fault=type(fault).__name__)
        )
