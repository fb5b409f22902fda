"""Telling people that an answer of theirs rested on a regulation that has changed.

An editor writes it, somebody else who may agree does, then the worker sends it (telling_next): as
it is written within WhatsApp's 24 hours, by an approved template outside them. Nobody is told
twice, nor while a person has the floor, nor at all if blocked or opted out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bot import audit
from bot.db import DESK, notify
from bot.desk import canned, templates
from bot.models import (
    DeliveryState,
    NotTold,
    Outbox,
    Regulation,
    Staff,
    Telling,
    TellingState,
    Template,
    ToldPerson,
)
from bot.splitting import LIMIT, length

LONGEST_TEXT = LIMIT - 200  # characters, so that it stays one message with a name filled in
VARIABLES = ("nama",)

_SENT = (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.READ)
_FAILED = (DeliveryState.FAILED, DeliveryState.CANCELLED)


class TellingFault(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_VARIABLE = "unknown_variable"
    NOBODY = "nobody"  # everybody was told already, or is in a request that waits
    TEMPLATE_RETIRED = "template_retired"
    OWN_REQUEST = "own_request"
    SETTLED = "settled"  # somebody agreed or declined before
    REASON_MISSING = "reason_missing"


class CannotTell(Exception):
    """Why not, as `fault`."""

    def __init__(self, fault: TellingFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Wording:
    """What is said within the 24 hours, and the template with its variables outside them."""

    text: str
    template: Template | None = None
    variables: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """How many people of a telling are where."""

    total: int
    waiting: int  # not yet come to, or a person has the floor
    sending: int
    sent: int  # WhatsApp has it
    failed: int
    left_out: Mapping[NotTold, int]


def ask(
    session: Session,
    regulation: Regulation,
    conversations: Collection[int],
    said: Wording,
    staff: Staff,
    now: datetime,
) -> Telling:
    """Ask for agreement to tell these conversations, but for those in a request already.

    Raises CannotTell, or BadValue when a variable of the template can't be sent.
    """
    text = said.text.strip()
    _require_sound(text)
    variables = templates.checked(said.template.body, said.variables) if said.template else {}
    people = sorted(set(conversations) - asked_for(session, regulation))
    if not people:
        raise CannotTell(TellingFault.NOBODY)
    telling = Telling(
        regulation_id=regulation.id,
        text=text,
        template=said.template,
        variables={str(number): value for number, value in variables.items()},
        state=TellingState.WAITING,
        asked_by_id=staff.id,
        asked_at=now,
    )
    session.add(telling)
    session.flush()
    session.add_all(ToldPerson(telling_id=telling.id, conversation_id=one) for one in people)
    audit.record(session, "telling_asked", regulation.name, now, staff.id, people=len(people))
    notify(session, DESK)
    return telling


def agree(session: Session, telling_id: int, staff: Staff, now: datetime) -> None:
    """Have the worker tell them; never by who asked. Raises CannotTell."""
    telling = _waiting(session, telling_id)
    if telling.asked_by_id == staff.id:
        raise CannotTell(TellingFault.OWN_REQUEST)
    if telling.template is not None and telling.template.retired_at is not None:
        raise CannotTell(TellingFault.TEMPLATE_RETIRED)
    _settle(session, telling, TellingState.AGREED, staff, now)
    audit.record(session, "telling_agreed", telling.regulation.name, now, staff.id)


def decline(session: Session, telling_id: int, because: str, staff: Staff, now: datetime) -> None:
    """Tell nobody, and say why. Who asked may take it back so. Raises CannotTell."""
    telling = _waiting(session, telling_id)
    if not because.strip():
        raise CannotTell(TellingFault.REASON_MISSING)
    telling.declined_because = because.strip()
    _settle(session, telling, TellingState.DECLINED, staff, now)
    name, note = telling.regulation.name, telling.declined_because
    audit.record(session, "telling_declined", name, now, staff.id, note=note)


def asked_for(session: Session, regulation: Regulation) -> set[int]:
    """The conversations that were told of this regulation, or are in a request to tell them."""
    return set(
        session.scalars(
            select(ToldPerson.conversation_id)
            .join(ToldPerson.telling)
            .where(
                Telling.regulation_id == regulation.id,
                Telling.state != TellingState.DECLINED,
                ToldPerson.not_told.is_(None),
            )
        )
    )


def tellings(session: Session, regulation: Regulation) -> Sequence[Telling]:
    """The requests about a regulation, the latest first."""
    return session.scalars(
        select(Telling)
        .where(Telling.regulation_id == regulation.id)
        .options(
            joinedload(Telling.asked_by),
            joinedload(Telling.settled_by),
            joinedload(Telling.template),
        )
        .order_by(Telling.id.desc())
    ).all()


def waiting(session: Session) -> Sequence[Telling]:
    """The requests that nobody agreed to or declined yet, the oldest first."""
    return session.scalars(
        select(Telling)
        .where(Telling.state == TellingState.WAITING)
        .options(joinedload(Telling.asked_by), joinedload(Telling.regulation))
        .order_by(Telling.id)
    ).all()


def how_many_wait_for(session: Session, staff: Staff) -> int:
    """How many requests wait for somebody like `staff` to agree: all but their own."""
    waiting = Telling.state == TellingState.WAITING
    requests = select(func.count()).where(waiting, Telling.asked_by_id != staff.id)
    return session.scalar(requests) or 0


def progress(session: Session, telling: Telling) -> Progress:
    """How far the telling is."""
    rows = session.execute(
        select(ToldPerson.settled_at.is_(None), ToldPerson.not_told, Outbox.state, func.count())
        .outerjoin(Outbox, Outbox.message_id == ToldPerson.message_id)
        .where(ToldPerson.telling_id == telling.id)
        .group_by(ToldPerson.settled_at.is_(None), ToldPerson.not_told, Outbox.state)
    )
    counts: Counter[str] = Counter()
    left_out: Counter[NotTold] = Counter()
    for is_waiting, not_told, state, number in rows:
        if not_told is not None:
            left_out[not_told] += number
        else:
            counts["waiting" if is_waiting else _stands(state)] += number
    return Progress(
        total=counts.total() + left_out.total(),
        waiting=counts["waiting"],
        sending=counts["sending"],
        sent=counts["sent"],
        failed=counts["failed"],
        left_out=left_out,
    )


def _stands(state: DeliveryState | None) -> str:
    if state in _SENT:
        return "sent"
    return "failed" if state in _FAILED or state is None else "sending"


def _require_sound(text: str) -> None:
    if not text:
        raise CannotTell(TellingFault.EMPTY)
    if length(text) > LONGEST_TEXT:
        raise CannotTell(TellingFault.TOO_LONG)
    if canned.unknown_variables(text, VARIABLES):
        raise CannotTell(TellingFault.UNKNOWN_VARIABLE)


def _waiting(session: Session, telling_id: int) -> Telling:
    telling = session.get_one(Telling, telling_id, with_for_update={"of": Telling})
    if telling.state is not TellingState.WAITING:
        raise CannotTell(TellingFault.SETTLED)
    return telling


def _settle(
    session: Session, telling: Telling, state: TellingState, staff: Staff, now: datetime
) -> None:
    telling.state, telling.settled_by_id, telling.settled_at = state, staff.id, now
    notify(session, DESK)
