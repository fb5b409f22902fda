"""Tickets as the desk left them, made in one call."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import sla
from bot.desk.calendar import current_calendar
from bot.models import (
    Address,
    AddressKind,
    Clock,
    ClockKind,
    Consultation,
    Conversation,
    Direction,
    Message,
    Person,
    Section,
    Speaker,
    Staff,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
)

Case = Callable[..., int]
_numbers = itertools.count(1)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@pytest.fixture
def case(database: None) -> Case:
    """A ticket asked for at a moment: `case(at, answered=4, by="ani", consulted={"P2": 20})`.

    `answered` and the values of `consulted` are minutes from the question; None is not yet.
    """

    def make(
        asked_at: datetime,
        answered: float | None = None,
        *,
        by: str = "ani",
        consulted: dict[str, float | None] | None = None,
        said: str = "Sudah kami periksa.",
        name: str = "Fajar",
        subject: str = "Paket saya belum keluar",
        finally_answered: float | None = None,
        **columns: object,
    ) -> int:
        with transaction() as session:
            officer = session.scalars(select(Staff).where(Staff.username == by)).one()
            conversation = _conversation(session, name)
            number = next(_numbers)
            ticket = Ticket(
                **{
                    "number": f"MC-2026-{number:06d}",
                    "conversation_id": conversation.id,
                    "state": TicketState.WAITING if answered is None else TicketState.CLOSED,
                    "reason": TicketReason.NO_ANSWER,
                    "subject": subject,
                    "holder_id": None if answered is None else officer.id,
                    "opened_at": asked_at + timedelta(seconds=1),
                    **columns,
                }
            )
            session.add(ticket)
            session.flush()
            deadline = sla.promise(asked_at, current_calendar(session))
            session.add(
                _clock(ticket, ClockKind.PROMISE, asked_at, deadline, answered, is_first=True)
            )
            for moment in filter(None, (answered, finally_answered)):
                _respond(session, ticket, officer, asked_at + minutes(moment), said)
            for code, after in (consulted or {}).items():
                _consult(session, ticket, officer, code, asked_at, after)
            return ticket.id

    return make


def _conversation(session, name: str) -> Conversation:
    person = Person(name=name)
    session.add(person)
    session.flush()
    value = f"whatsapp:+62811{5_000_000 + person.id}"
    address = Address(person_id=person.id, kind=AddressKind.PHONE, value=value)
    session.add(address)
    session.flush()
    conversation = Conversation(person_id=person.id, address_id=address.id)
    session.add(conversation)
    session.flush()
    return conversation


def _clock(ticket, kind, at, deadline, stopped: float | None, **more: object) -> Clock:
    stopped_at = None if stopped is None else at + minutes(stopped)
    late = stopped_at is not None and stopped_at > deadline.due_at
    return Clock(
        ticket_id=ticket.id,
        kind=kind,
        calendar_version_id=1,
        started_at=at,
        due_at=deadline.due_at,
        explanation=list(deadline.steps),
        stopped_at=stopped_at,
        breached_at=deadline.due_at if late else None,
        **more,
    )


def _respond(session, ticket, officer, at: datetime, said: str) -> None:
    event = TicketEvent(ticket_id=ticket.id, at=at, staff_id=officer.id, kind="replied")
    message = Message(
        conversation_id=ticket.conversation_id,
        ticket_id=ticket.id,
        direction=Direction.OUT,
        speaker=Speaker.OFFICER,
        staff_id=officer.id,
        body=said,
        at=at,
    )
    session.add_all((event, message))
    session.flush()


def _consult(session, ticket, officer, code: str, at: datetime, after: float | None) -> None:
    section = session.scalars(select(Section).where(Section.code == code)).one()
    consultation = Consultation(
        ticket_id=ticket.id,
        section_id=section.id,
        key=f"{ticket.id}:{code}",
        question="Sudah selesai?",
        asked_by_id=officer.id,
        asked_at=at,
        answer=None if after is None else "Sudah.",
        answered_at=None if after is None else at + minutes(after),
    )
    session.add(consultation)
    session.flush()
    deadline = sla.section_deadline(at, section.clock_minutes, current_calendar(session))
    clock = _clock(ticket, ClockKind.SECTION, at, deadline, after, consultation_id=consultation.id)
    session.add(clock)
