"""What officers and sections answered on tickets, without personal data, the best first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from bot.faq.personal import without_personal_data
from bot.models import Consultation, Conversation, Message, Person, Section, Speaker, Ticket

MOST = 6
SHORTEST = 40  # characters; what is shorter answers nothing an article could
_NO_RATING = 3  # is as good as a middling one
_HELD_BACK = "hold:%"  # the client's name of "we are asking the section"


@dataclass(frozen=True)
class OfficersAnswer:
    """One answer; `section` is its name where a section gave it to PLI."""

    key: str  # names it in a form
    text: str
    section: str | None
    section_code: str | None
    ticket_id: int
    ticket_number: str
    rating: int | None
    at: datetime


def answers_on(session: Session, tickets: Collection[int]) -> list[OfficersAnswer]:
    """The longest reply of each ticket, and what sections explained, each once, the best first.

    Better rated tickets go before others, long answers before short ones.
    """
    found = [*_replies(session, tickets), *_explanations(session, tickets)]
    found.sort(key=lambda one: (-(one.rating or _NO_RATING), -len(one.text), -one.at.timestamp()))
    return list({one.text: one for one in reversed(found)}.values())[::-1][:MOST]


def _replies(session: Session, tickets: Collection[int]) -> Sequence[OfficersAnswer]:
    rows = session.execute(
        select(Message, Ticket, Person.name)
        .ext(distinct_on(Message.ticket_id))
        .join(Ticket, Ticket.id == Message.ticket_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .join(Person, Person.id == Conversation.person_id)
        .where(
            Message.ticket_id.in_(tickets),
            Message.speaker == Speaker.OFFICER,
            func.length(Message.body) >= SHORTEST,
            or_(Message.client_key.is_(None), Message.client_key.not_like(_HELD_BACK)),
        )
        .order_by(Message.ticket_id, func.length(Message.body).desc(), Message.id.desc())
    )
    return [
        OfficersAnswer(
            key=f"m{message.id}",
            text=without_personal_data(message.body, [name]),
            section=None,
            section_code=None,
            ticket_id=ticket.id,
            ticket_number=ticket.number,
            rating=ticket.rating,
            at=message.at,
        )
        for message, ticket, name in rows
    ]


def _explanations(session: Session, tickets: Collection[int]) -> Sequence[OfficersAnswer]:
    rows = session.execute(
        select(Consultation, Ticket, Section, Person.name)
        .join(Ticket, Ticket.id == Consultation.ticket_id)
        .join(Section, Section.id == Consultation.section_id)
        .join(Conversation, Conversation.id == Ticket.conversation_id)
        .join(Person, Person.id == Conversation.person_id)
        .where(
            Consultation.ticket_id.in_(tickets),
            func.length(Consultation.answer) >= SHORTEST,
        )
        .order_by(Consultation.id)
    )
    return [
        OfficersAnswer(
            key=f"c{consultation.id}",
            text=without_personal_data(consultation.answer or "", [name]),
            section=section.name,
            section_code=section.code,
            ticket_id=ticket.id,
            ticket_number=ticket.number,
            rating=ticket.rating,
            at=consultation.answered_at or consultation.asked_at,
        )
        for consultation, ticket, section, name in rows
    ]
