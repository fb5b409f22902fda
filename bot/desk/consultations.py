"""Asking a related section or the head: PLI asks, they explain to PLI, PLI answers the applicant.

Who was asked may ask PLI back or pass the question on; each is an event of the ticket's log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from bot.conversation import announce
from bot.db import DESK, notify
from bot.desk import clocks, tickets
from bot.desk.log import record
from bot.models import (
    Consultation,
    Message,
    Remark,
    Role,
    Section,
    SharedMessage,
    Staff,
    Ticket,
    TicketState,
    Tier,
)

PLI = "PLI"  # the code of the section that asks; its head decides
# The norm for questions that the head of the section has to decide: 60 minutes.
HEAD_TIME = timedelta(minutes=60)


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
    shared: Sequence[int] = (),
    tier: Tier = Tier.SECTION,
) -> Consultation:
    """Put `question` to a section, once per `key`; its clock starts.

    The holding reply goes to the applicant as the officer's words and stops the promise's
    clock. Without one, the applicant hears the standard words from `domain.yml`. `shared` are
    the messages of the conversation that the section may read. With `Tier.HEAD` the head of
    `section_code` is asked for a decision.
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
    section = _section(session, section_code)
    consultation = Consultation(
        ticket_id=ticket.id,
        section_id=section.id,
        tier=tier,
        key=key,
        question=question,
        asked_by_id=officer.id,
        asked_at=now,
    )
    _put(session, ticket, consultation, section, now)
    _share(session, consultation, ticket.conversation_id, shared)
    kind = "head_asked" if tier is Tier.HEAD else "section_consulted"
    record(session, ticket.id, kind, now, officer.id, section=section.code)
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
            section=consultation.asked_name,
            section_code=section.code,
            question=question,
            key=key,
        )
    _tell_consoles(session, ticket)
    return consultation


def answer(
    session: Session, consultation_id: int, member: Staff, text: str, now: datetime
) -> Consultation:
    """The explanation or decision, for PLI; the first one counts. Raises DeskError if it can't be.

    Nothing goes to the applicant: it is a draft for the officer.
    """
    consultation, ticket = _taken_up(session, consultation_id, member, text)
    consultation.answer = text
    consultation.answered_by_id = member.id
    consultation.answered_at = now
    consultation.asked_back_at = None
    clocks.stop_section(session, consultation.id, now)
    _settle(session, ticket)
    kind = "head_decided" if consultation.tier is Tier.HEAD else "section_answered"
    record(session, ticket.id, kind, now, member.id)
    _tell_consoles(session, ticket)
    return consultation


def ask_back(
    session: Session, consultation_id: int, member: Staff, text: str, now: datetime
) -> Remark:
    """Ask PLI what is missing; the section's clock stops until PLI has told."""
    consultation, ticket = _taken_up(session, consultation_id, member, text)
    if consultation.asked_back_at is not None:
        raise tickets.WrongState("asked_back")
    consultation.asked_back_at = now
    clocks.stop_section(session, consultation.id, now)
    _settle(session, ticket)
    remark = _remark(session, consultation, member, text, now, from_pli=False)
    record(session, ticket.id, "section_asked_back", now, member.id)
    _tell_consoles(session, ticket)
    return remark


def tell_more(
    session: Session, consultation_id: int, officer: Staff, text: str, now: datetime
) -> Remark:
    """PLI tells what the section asked back; the section has its whole time again."""
    if not text.strip():
        raise tickets.DeskError("empty")
    ticket_id = session.get_one(Consultation, consultation_id).ticket_id
    ticket, _ = tickets.held_by(session, ticket_id, officer)
    consultation = session.get_one(Consultation, consultation_id, populate_existing=True)
    if consultation.asked_back_at is None:
        raise tickets.WrongState("told")
    consultation.asked_back_at = None
    remark = _remark(session, consultation, officer, text, now, from_pli=True)
    _start_clock(session, ticket, consultation, now)
    _settle(session, ticket)
    record(session, ticket.id, "section_told", now, officer.id, section=consultation.section.code)
    _tell_consoles(session, ticket)
    return remark


def pass_on(
    session: Session,
    consultation_id: int,
    member: Staff,
    section_code: str,
    reason: str,
    now: datetime,
    *,
    tier: Tier = Tier.SECTION,
) -> Consultation:
    """Pass the question on to another section, or to the head for a decision, with a reason.

    They see the question, the shared messages and the reason. Raises WrongState("same") when
    it would stay where it is.
    """
    before, ticket = _taken_up(session, consultation_id, member, reason)
    section = _section(session, section_code)
    if (section.id, tier) == (before.section_id, before.tier):
        raise tickets.WrongState("same")
    before.passed_on_at, before.passed_on_by_id, before.pass_reason = now, member.id, reason
    before.asked_back_at = None
    clocks.stop_section(session, before.id, now)
    consultation = Consultation(
        ticket_id=ticket.id,
        section_id=section.id,
        tier=tier,
        key=f"passed:{before.id}",
        question=before.question,
        asked_by_id=before.asked_by_id,
        asked_at=now,
        passed_from_id=before.id,
    )
    _put(session, ticket, consultation, section, now)
    _share(session, consultation, ticket.conversation_id, [m.id for m in before.shared])
    record(
        session,
        ticket.id,
        "head_asked_by_section" if tier is Tier.HEAD else "section_passed_on",
        now,
        member.id,
        section=section.code,
        reason=reason,
    )
    _tell_consoles(session, ticket)
    return consultation


def visible_to(member: Staff) -> Select[Consultation]:
    """What a member may see: the own section's questions, or what the head is to decide."""
    asked = select(Consultation)
    if member.role is Role.SECTION:
        return asked.where(
            Consultation.tier == Tier.SECTION, Consultation.section_id == member.section_id
        )
    if member.role is Role.SUPERVISOR:
        return asked.where(Consultation.tier == Tier.HEAD)
    return asked.where(false())


def _taken_up(
    session: Session, consultation_id: int, member: Staff, text: str
) -> tuple[Consultation, Ticket]:
    """The member's open question and its ticket, both locked; `text` is what they say to it."""
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
    if consultation.passed_on_at is not None:
        raise tickets.WrongState("passed_on")
    if ticket.state == TicketState.CLOSED:
        raise tickets.WrongState(ticket.state)
    return consultation, ticket


def _put(
    session: Session, ticket: Ticket, consultation: Consultation, section: Section, now: datetime
) -> None:
    consultation.section = section
    session.add(consultation)
    session.flush()
    ticket.state = TicketState.CONSULTING
    _start_clock(session, ticket, consultation, now)


def _start_clock(
    session: Session, ticket: Ticket, consultation: Consultation, now: datetime
) -> None:
    of_head = consultation.tier is Tier.HEAD
    minutes = consultation.section.clock_minutes
    if of_head:
        minutes = int(HEAD_TIME.total_seconds() // 60)
    clocks.start_section(session, ticket, consultation, minutes, now, of_head=of_head)


def _share(
    session: Session, consultation: Consultation, conversation_id: int, shared: Sequence[int]
) -> None:
    """Let the section read these messages, as far as they are the conversation's own."""
    if not shared:
        return
    own = session.scalars(
        select(Message.id).where(
            Message.conversation_id == conversation_id, Message.id.in_(list(shared))
        )
    )
    session.add_all(SharedMessage(consultation_id=consultation.id, message_id=m) for m in own)


def _remark(
    session: Session,
    consultation: Consultation,
    member: Staff,
    text: str,
    now: datetime,
    *,
    from_pli: bool,
) -> Remark:
    remark = Remark(
        consultation_id=consultation.id, staff_id=member.id, at=now, text=text, from_pli=from_pli
    )
    session.add(remark)
    return remark


def _settle(session: Session, ticket: Ticket) -> None:
    """CONSULTING while somebody outside PLI has to explain; else it is PLI's turn again."""
    session.flush()
    if _is_with_others(session, ticket.id):
        ticket.state = TicketState.CONSULTING
    elif ticket.state == TicketState.CONSULTING:
        ticket.state = TicketState.HELD if ticket.holder_id else TicketState.WAITING


def _is_with_others(session: Session, ticket_id: int) -> bool:
    with_others = select(Consultation.id).where(
        Consultation.ticket_id == ticket_id,
        Consultation.answered_at.is_(None),
        Consultation.passed_on_at.is_(None),
        Consultation.asked_back_at.is_(None),
    )
    return session.scalar(select(with_others.exists())) is True


def _asked(session: Session, key: str) -> Consultation | None:
    return session.scalars(select(Consultation).where(Consultation.key == key)).one_or_none()


def _section(session: Session, code: str) -> Section:
    return session.scalars(select(Section).where(Section.code == code)).one()


def _tell_consoles(session: Session, ticket: Ticket) -> None:
    notify(session, DESK, ticket=ticket.id, conversation=ticket.conversation_id)
