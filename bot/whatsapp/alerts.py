"""Sends the alerts of the desk to officers' own WhatsApp, through an approved template."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.models import AlertState, Clock, OfficerAlert, Ticket
from bot.settings import settings
from bot.whatsapp import twilio_client
from bot.whatsapp.twilio_client import SendError, SendUnknown

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(seconds=10)
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Sending:
    """An alert that is to go out now."""

    alert_id: int
    to: str
    variables: dict[str, str]


def send_next_alert() -> bool:
    """Send the next alert that is due; False if none is, or no template is configured."""
    template = settings().alert_content_sid
    if template is None:
        return False
    sending = _next(clock.now())
    if sending is None:
        return False
    try:
        sid = twilio_client.send_template(sending.to, template, sending.variables)
    except SendError as error:
        log.warning("alert %s was not sent: %s", sending.alert_id, error.code or error)
        _record_refusal(sending.alert_id, error)
    except SendUnknown as error:
        # Not repeated: it may have arrived, and who doesn't claim is reminded anyway.
        log.warning("alert %s may have been sent: %s", sending.alert_id, error)
    else:
        _record_sent(sending.alert_id, sid)
    return True


def _next(now: datetime) -> Sending | None:
    """The next due alert, marked `unknown` before it is sent: a killed worker repeats nothing.

    Those that are no longer true are dropped on the way.
    """
    with transaction() as session:
        while (alert := _due(session, now)) is not None:
            if _is_true(session, alert):
                alert.state = AlertState.UNKNOWN
                alert.attempts += 1
                return Sending(alert.id, alert.to, alert.variables)
            alert.state = AlertState.DROPPED
            session.flush()
    return None


def _due(session: Session, now: datetime) -> OfficerAlert | None:
    return session.scalars(
        select(OfficerAlert)
        .where(OfficerAlert.state == AlertState.QUEUED, OfficerAlert.next_attempt_at <= now)
        .order_by(OfficerAlert.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()


def _is_true(session: Session, alert: OfficerAlert) -> bool:
    """Whether the clock still runs on a ticket that nobody, or this officer, holds."""
    row = session.execute(
        select(Clock.stopped_at, Ticket.holder_id)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Clock.id == alert.clock_id)
    ).one()
    return row.stopped_at is None and row.holder_id in (None, alert.staff_id)


def _record_sent(alert_id: int, sid: str) -> None:
    with transaction() as session:
        alert = session.get_one(OfficerAlert, alert_id)
        alert.state = AlertState.SENT
        alert.message_sid = sid


def _record_refusal(alert_id: int, error: SendError) -> None:
    with transaction() as session:
        alert = session.get_one(OfficerAlert, alert_id)
        alert.error = str(error)
        if error.retryable and alert.attempts < MOST_ATTEMPTS:
            alert.state = AlertState.QUEUED
            alert.next_attempt_at = clock.now() + RETRY_AFTER
        else:
            alert.state = AlertState.FAILED
