"""Where a question to a section stands, and whose turn it is: told to applicants and officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db import DESK, notify
from bot.desk.log import record
from bot.models import Consultation, Message, Speaker, Ticket, TicketState, Tier

# An answer that lies with the officer for longer than the promise is worth a reminder.
NUDGE_AFTER = timedelta(minutes=10)


class Place(StrEnum):
    """Where the question is; also the end of the name of what `domain.yml` says about it."""

    SECTION = "consulting"
    HEAD = "with_head"
    ASKED_BACK = "asked_back"  # with PLI, which has to tell the section more
    EXPLAINED = "explained"  # with PLI, which has the answer and has not passed it on yet


@dataclass(frozen=True)
class Standing:
    """Where a ticket's question is, and the consultations that make it so, oldest first."""

    place: Place
    consultations: tuple[Consultation, ...]

    @property
    def is_with_others(self) -> bool:
        """Whether somebody outside PLI has to act."""
        return self.place in (Place.SECTION, Place.HEAD)

    @property
    def since(self) -> datetime:
        """Since when the question has stood there."""
        first = self.consultations[0]
        return first.answered_at or first.asked_back_at or first.asked_at


def standing_of(session: Session, ticket: Ticket) -> Standing | None:
    """Where the ticket's question to a section stands; None if nothing of the kind is open."""
    if ticket.state == TicketState.CLOSED:
        return None
    still_open = [c for c in ticket.consultations if c.is_open]
    with_others = [c for c in still_open if c.asked_back_at is None]
    for place, tier in ((Place.HEAD, Tier.HEAD), (Place.SECTION, Tier.SECTION)):
        there = tuple(c for c in with_others if c.tier is tier)
        if there:
            return Standing(place, there)
    if still_open:
        return Standing(Place.ASKED_BACK, tuple(still_open))
    explained = explanations(session, ticket)
    return Standing(Place.EXPLAINED, tuple(explained)) if explained else None


def explanations(session: Session, ticket: Ticket) -> list[Consultation]:
    """Answers of sections after which no officer has written to the applicant yet."""
    if all(c.answered_at is None for c in ticket.consultations):
        return []
    last_reply = session.scalar(
        select(Message.at)
        .where(Message.ticket_id == ticket.id, Message.speaker == Speaker.OFFICER)
        .order_by(Message.id.desc())
        .limit(1)
    )
    return [
        c
        for c in ticket.consultations
        if c.answered_at is not None and (last_reply is None or c.answered_at > last_reply)
    ]


def nudge_officers(session: Session, now: datetime) -> list[Consultation]:
    """Remind, once each, of answers that have lain with an officer; gives what it reminded of.

    The log says so, and the open pages are told.
    """
    officer_wrote = exists().where(
        Message.ticket_id == Consultation.ticket_id,
        Message.speaker == Speaker.OFFICER,
        Message.at >= Consultation.answered_at,
    )
    lying = session.scalars(
        select(Consultation)
        .join(Ticket)
        .where(
            Ticket.state.in_((TicketState.HELD, TicketState.WAITING)),
            Consultation.answered_at <= now - NUDGE_AFTER,
            Consultation.nudged_at.is_(None),
            ~officer_wrote,
        )
        .with_for_update(skip_locked=True, of=Consultation)
    ).all()
    for consultation in lying:
        consultation.nudged_at = now
        record(
            session,
            consultation.ticket_id,
            "answer_waits",
            now,
            section=consultation.section.code,
        )
        notify(
            session,
            DESK,
            ticket=consultation.ticket_id,
            conversation=consultation.ticket.conversation_id,
        )
    return list(lying)
