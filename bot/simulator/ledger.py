"""What the stand-in accepted: messages either way, and the forms it owes for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.models.simulator import (
    FailKind,
    SimulatorDirection,
    SimulatorMessage,
    SimulatorPost,
    SimulatorStatus,
)
from bot.settings import settings
from bot.simulator.faults import Faults
from bot.simulator.media import Fetched, keep

# Seconds after acceptance at which a message on a healthy network moves on.
PACE = {
    SimulatorStatus.QUEUED: 0.02,
    SimulatorStatus.SENT: 0.06,
    SimulatorStatus.DELIVERED: 0.15,
    SimulatorStatus.READ: 0.9,
    SimulatorStatus.FAILED: 0.15,
    SimulatorStatus.UNDELIVERED: 0.15,
}
DUPLICATE_AFTER_SECONDS = 0.3

# A message never moves back; nothing follows the last rank.
RANK = {
    SimulatorStatus.RECEIVING: 0,
    SimulatorStatus.QUEUED: 0,
    SimulatorStatus.SENT: 1,
    SimulatorStatus.DELIVERED: 2,
    SimulatorStatus.READ: 3,
    SimulatorStatus.FAILED: 4,
    SimulatorStatus.UNDELIVERED: 4,
    SimulatorStatus.RECEIVED: 4,
}


@dataclass(frozen=True)
class Sending:
    """A valid request to send: what `POST Messages.json` was asked for."""

    to: str
    from_: str
    body: str
    content_sid: str | None
    content_variables: dict[str, Any] | None
    status_callback: str | None
    media_url: str | None = None


def accept_sending(
    session: Session,
    sid: str,
    sending: Sending,
    faults: Faults,
    failure: FailKind | None,
    at: datetime,
    file: Fetched | None = None,
) -> SimulatorMessage:
    """Keep an outgoing message, with the file that lay at its media address, and plan its news."""
    message = SimulatorMessage(
        sid=sid,
        account_sid=settings().account_sid,
        direction=SimulatorDirection.OUTBOUND,
        from_=sending.from_,
        to=sending.to,
        phone=sending.to,
        body=sending.body,
        content_sid=sending.content_sid,
        content_variables=sending.content_variables,
        status=SimulatorStatus.QUEUED,
        status_callback=sending.status_callback,
        created_at=at,
        updated_at=at,
    )
    session.add(message)
    if file is not None:
        session.flush()
        keep(session, message, file)
    lacks_file = sending.media_url is not None and file is None
    for status, error_code in _course(faults, failure, lacks_file):
        message.posts.extend(_planned(message, status, error_code, faults, at))
    session.flush()
    return message


def record_inbound(
    session: Session,
    form: dict[str, str],
    media: list[dict[str, str]],
    faults: Faults,
    at: datetime,
) -> SimulatorMessage:
    """Keep what an applicant wrote and plan its way to the webhook."""
    message = SimulatorMessage(
        sid=form["MessageSid"],
        account_sid=form["AccountSid"],
        direction=SimulatorDirection.INBOUND,
        from_=form["From"],
        to=form["To"],
        phone=form["From"],
        body=form["Body"],
        media=media or None,
        form=form,
        status=SimulatorStatus.RECEIVING,
        created_at=at,
        sent_at=at,
        updated_at=at,
    )
    session.add(message)
    plan_inbound(message, faults, at)
    session.flush()
    return message


def plan_inbound(message: SimulatorMessage, faults: Faults, at: datetime) -> None:
    """Put an inbound message's form on its way (again)."""
    message.status = SimulatorStatus.RECEIVING
    message.error_message = None
    message.updated_at = at
    message.posts.extend(
        _post(
            status=SimulatorStatus.RECEIVED,
            url=f"{settings().public_address}/whatsapp/inbound",
            lane=None if faults.reorder or extra else message.phone,
            due_at=at + timedelta(seconds=faults.delay_seconds + faults.drawn_lateness() + extra),
        )
        for extra in _copies(faults)
    )


def move_on(message: SimulatorMessage, status: SimulatorStatus, at: datetime) -> bool:
    """Whether the message went forward to `status`; it never goes back."""
    if RANK[status] <= RANK[message.status]:
        return False
    message.status = status
    message.updated_at = at
    if status is SimulatorStatus.SENT:
        message.sent_at = at
    return True


def _course(
    faults: Faults, failure: FailKind | None, lacks_file: bool
) -> Iterable[tuple[SimulatorStatus, int | None]]:
    """The statuses an accepted message goes through, with the error code of the last."""
    yield SimulatorStatus.QUEUED, None
    if failure is FailKind.OUTSIDE_WINDOW_LATER:
        yield SimulatorStatus.FAILED, 63016
        return
    if lacks_file:
        yield SimulatorStatus.FAILED, 63019
        return
    yield SimulatorStatus.SENT, None
    if faults.final_status is SimulatorStatus.FAILED:
        yield SimulatorStatus.FAILED, 63024
    elif faults.final_status is SimulatorStatus.UNDELIVERED:
        yield SimulatorStatus.UNDELIVERED, 30008
    elif faults.final_status is not SimulatorStatus.SENT:
        yield SimulatorStatus.DELIVERED, None
        if faults.final_status is SimulatorStatus.READ:
            yield SimulatorStatus.READ, None


def _planned(
    message: SimulatorMessage,
    status: SimulatorStatus,
    error_code: int | None,
    faults: Faults,
    at: datetime,
) -> Iterable[SimulatorPost]:
    wait = PACE[status] + faults.delay_seconds + faults.drawn_lateness()
    for extra in _copies(faults):
        yield _post(
            status=status,
            error_code=error_code,
            url=message.status_callback,
            lane=None if faults.reorder or extra else message.sid,
            due_at=at + timedelta(seconds=wait + extra),
        )


def _copies(faults: Faults) -> list[float]:
    """Seconds after which each copy of a form goes out."""
    return [0.0, DUPLICATE_AFTER_SECONDS] if faults.duplicate else [0.0]


def _post(
    *,
    status: SimulatorStatus,
    url: str | None,
    lane: str | None,
    due_at: datetime,
    error_code: int | None = None,
) -> SimulatorPost:
    return SimulatorPost(status=status, error_code=error_code, url=url, lane=lane, due_at=due_at)
