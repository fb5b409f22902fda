"""Asking a related section: PLI asks, the section answers PLI, PLI answers the applicant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.conversation import announce
from bot.db import DESK, notify
from bot.desk import clocks, tickets
from bot.desk.log import record
from bot.models import Consultation, Section, Staff, TicketState


def consult(
    session: Session,
    ticket_id: int,
    officer: Staff,
    section_code: str,
    question: str,
    now: datetime,
    *,
    key: str,
    holding_reply: str = "",
) -> Consultation:
    """Put `question` to a section, once per `key`; its clock starts.

    The holding reply goes to the applicant as the officer's words and stops the promise's
    clock. Without one, the applicant hears the standard words from `domain.yml`.
    """
    asked = _asked(session, key)
    if asked is not None:
        return asked
    if not question.strip():
        raise tickets.DeskError("empty")
    ticket, conversation = tickets.held_by(session, ticket_id, officer)
    asked = _asked(session, key)  # again, now that a double click has to wait for the lock
    if asked is not None:
        return asked
    section = session.scalars(select(Section).where(Section.code == section_code)).one()
    consultation = Consultation(
        ticket_id=ticket.id,
        section_id=section.id,
        key=key,
        question=question,
        asked_by_id=officer.id,
        asked_at=now,
    )
    session.add(consultation)
    session.flush()
    ticket.state = TicketState.CONSULTING
    clocks.start_section(session, ticket, consultation, section.clock_minutes, now)
    record(session, ticket.id, "section_consulted", now, officer.id, section=section.code)
    if holding_reply.strip():
        tickets.reply(session, ticket.id, officer, holding_reply, now, client_key=f"hold:{key}")
    else:
        announce(
            session,
            conversation,
            "section_consulted",
            now,
            ticket=ticket.number,
            ticket_id=ticket.id,
            officer_id=officer.id,
            section=section.name,
            section_code=section.code,
            question=question,
            key=key,
        )
    notify(session, DESK, ticket=ticket.id, conversation=conversation.id)
    return consultation


def answer(
    session: Session, consultation_id: int, member: Staff, text: str, now: datetime
) -> Consultation:
    """The section's answer, for PLI; the first one counts. Raises DeskError if it can't be."""
    if not text.strip():
        raise tickets.DeskError("empty")
    ticket_id = session.scalars(
        visible_to(member)
        .where(Consultation.id == consultation_id)
        .with_only_columns(Consultation.ticket_id)
    ).one()
    ticket, _ = tickets.locked_ticket(session, ticket_id)
    consultation = session.get_one(Consultation, consultation_id, populate_existing=True)
    if consultation.answered_at is not None:
        raise tickets.WrongState("answered")
    if ticket.state == TicketState.CLOSED:
        raise tickets.WrongState(ticket.state)
    consultation.answer = text
    consultation.answered_by_id = member.id
    consultation.answered_at = now
    clocks.stop_section(session, consultation.id, now)
    session.flush()
    if ticket.state == TicketState.CONSULTING and not _still_open(session, ticket.id):
        ticket.state = TicketState.HELD if ticket.holder_id else TicketState.WAITING
    record(session, ticket.id, "section_answered", now, member.id)
    notify(session, DESK, ticket=ticket.id, conversation=ticket.conversation_id)
    return consultation


def visible_to(member: Staff) -> Select[Consultation]:
    """What a section's member may see: what was put to that section, nothing else."""
    return select(Consultation).where(Consultation.section_id == member.section_id)


def _asked(session: Session, key: str) -> Consultation | None:
    return session.scalars(select(Consultation).where(Consultation.key == key)).one_or_none()


def _still_open(session: Session, ticket_id: int) -> bool:
    return (
        session.scalar(
            select(Consultation.id)
            .where(Consultation.ticket_id == ticket_id, Consultation.answered_at.is_(None))
            .limit(1)
        )
        is not None
    )
