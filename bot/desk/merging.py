"""Two addresses of one person made one, and parted again.

Nothing that was written moves: the other conversation points to the kept one and is read with
it, and the other's addresses lead to the kept person from then on. So it can be undone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversation import locked
from bot.db import DESK, notify
from bot.desk import tickets
from bot.models import Address, Conversation, PersonEvent, Staff


class CannotMerge(Exception):
    """Why not, as `fault`: `unknown`, `same`, `merged`, `open_ticket` or `blocked`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def conversation_at(session: Session, number: str) -> Conversation:
    """The conversation of a WhatsApp number as people write it: +62 811-..., 0811...

    Raises CannotMerge when nobody wrote from there.
    """
    digits = re.sub(r"\D", "", number)
    if digits.startswith("0"):
        digits = f"62{digits[1:]}"
    found = session.scalars(
        select(Conversation)
        .join(Address, Address.person_id == Conversation.person_id)
        .where(Address.value == f"whatsapp:+{digits}")
    ).one_or_none()
    if found is None:
        raise CannotMerge("unknown")
    return found


def merged_into(session: Session, conversation: Conversation) -> Sequence[Conversation]:
    """The conversations that are read with this one."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.merged_into_id == conversation.id)
        .order_by(Conversation.id)
    ).all()


def read_together(session: Session, conversation: Conversation) -> list[int]:
    """The ids of all conversations of this one's person."""
    return [conversation.id, *(one.id for one in merged_into(session, conversation))]


def merge(session: Session, kept_id: int, other_id: int, member: Staff, now: datetime) -> None:
    """Make the people of two conversations one: the person of `kept_id`. Raises CannotMerge."""
    if kept_id == other_id:
        raise CannotMerge("same")
    first, second = (locked(session, one) for one in sorted((kept_id, other_id)))
    kept, other = (first, second) if first.id == kept_id else (second, first)
    if kept.merged_into_id or other.merged_into_id or merged_into(session, other):
        raise CannotMerge("merged")
    if tickets.open_ticket_of(session, other.id) is not None:
        raise CannotMerge("open_ticket")
    if (kept.person.blocked_at is None) != (other.person.blocked_at is None):
        raise CannotMerge("blocked")
    addresses = session.scalars(
        update(Address)
        .where(Address.person_id == other.person_id)
        .values(person_id=kept.person_id)
        .returning(Address.id)
    ).all()
    other.merged_into_id = kept.id
    # Who asked on one of the numbers not to be written to meant it.
    kept.person.opted_out_at = kept.person.opted_out_at or other.person.opted_out_at
    facts = {"conversation": other.id, "addresses": list(addresses)}
    _record(session, kept, member, "merged", now, facts)


def part(session: Session, kept_id: int, other_id: int, member: Staff, now: datetime) -> None:
    """Undo a merge. What was written since stays where it was written."""
    is_merged = select(Conversation.id).where(
        Conversation.id == other_id, Conversation.merged_into_id == kept_id
    )
    if session.scalar(is_merged) is None:
        raise CannotMerge("unknown")
    first, second = (locked(session, one) for one in sorted((kept_id, other_id)))
    kept, other = (first, second) if first.id == kept_id else (second, first)
    if other.merged_into_id != kept.id:  # somebody was first
        raise CannotMerge("unknown")
    merged = session.scalars(
        select(PersonEvent)
        .where(
            PersonEvent.person_id == kept.person_id,
            PersonEvent.kind == "merged",
            PersonEvent.data["conversation"].as_integer() == other.id,
        )
        .order_by(PersonEvent.id.desc())
        .limit(1)
    ).one()
    addresses = merged.data["addresses"]
    session.execute(
        update(Address).where(Address.id.in_(addresses)).values(person_id=other.person_id)
    )
    other.merged_into_id = None
    _give_refusal_back(session, kept, other)
    if kept.address_id in addresses:  # where the person wrote from last was the other's
        kept.address_id = session.scalars(
            select(Address.id)
            .where(Address.person_id == kept.person_id)
            .order_by(Address.id)
            .limit(1)
        ).one()
    _record(session, kept, member, "parted", now, {"conversation": other.id})


def _give_refusal_back(session: Session, kept: Conversation, other: Conversation) -> None:
    """What the kept person refuses only because the other did is not refused any more."""
    if kept.person.opted_out_at is None or kept.person.opted_out_at != other.person.opted_out_at:
        return  # the kept person's own, or said anew since
    session.flush()
    refusals = (one.person.opted_out_at for one in merged_into(session, kept))
    kept.person.opted_out_at = min(filter(None, refusals), default=None)


def _record(
    session: Session,
    kept: Conversation,
    member: Staff,
    kind: str,
    now: datetime,
    facts: dict[str, object],
) -> None:
    session.add(
        PersonEvent(person_id=kept.person_id, at=now, staff_id=member.id, kind=kind, data=facts)
    )
    notify(session, DESK, conversation=kept.id)
