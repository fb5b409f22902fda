"""A section's short list. Its people see the questions put to them, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import visible_consultations
from bot.console.deadline import Deadline, deadline_of, explained
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.desk import consultations, tickets
from bot.models import Clock, Consultation, Role, Staff, TicketState

ANSWERED_SHOWN = 50
LONGEST_ANSWER = 16_000


@dataclass(frozen=True)
class Asked:
    """A question with its section's clock."""

    consultation: Consultation
    clock: Clock | None

    @property
    def deadline(self) -> Deadline | None:
        return deadline_of(self.clock)

    @property
    def was_late(self) -> bool:
        return self.clock is not None and self.clock.breached_at is not None

    @property
    def waits(self) -> bool:
        """Nobody answered, and the ticket still needs it."""
        unanswered = self.consultation.answered_at is None
        return unanswered and self.consultation.ticket.state != TicketState.CLOSED


def section_routes() -> list[BaseRoute]:
    return [
        Route("/section", screen(show_list, Role.SECTION), methods=["GET"]),
        Route("/section/{id:int}", screen(show_one, Role.SECTION), methods=["GET"]),
        Route("/section/{id:int}/answer", step(answer, Role.SECTION), methods=["POST"]),
    ]


def show_list(visit: Visit) -> Response:
    asked = _asked(visit.session, visit.member)
    waiting = sorted((a for a in asked if a.waits), key=_due)
    return visit.page("section/list.html", waiting=waiting, over=[a for a in asked if not a.waits])


def show_one(visit: Visit) -> Response:
    consultation = _consultation(visit)
    clock = visit.session.scalars(
        select(Clock).where(Clock.consultation_id == consultation.id)
    ).one_or_none()
    return visit.page(
        "section/one.html",
        asked=Asked(consultation, clock),
        steps=explained(clock.explanation, visit.words) if clock else [],
    )


def answer(visit: Visit) -> Response:
    consultation = _consultation(visit)
    text = visit.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused(visit.gettext("Tulis dulu jawabannya."), 422)
    if len(text) > LONGEST_ANSWER or "\x00" in text:
        raise Refused(visit.gettext("Jawaban ini terlalu panjang."), 422)
    if consultation.ticket.state == TicketState.CLOSED:
        raise Refused(visit.gettext("Tiketnya sudah ditutup; jawaban tidak diperlukan lagi."))
    try:
        consultations.answer(visit.session, consultation.id, visit.member, text, visit.now)
    except tickets.WrongState as error:
        raise Refused(visit.gettext("Pertanyaan ini sudah dijawab rekan Anda.")) from error
    return visit.done("/console/section")


def _consultation(visit: Visit) -> Consultation:
    """The question of the address, if it was put to the person's own section."""
    found = visit.session.scalars(
        visible_consultations(visit.member)
        .where(Consultation.id == visit.number_in_path("id"))
        .options(*_WITH)
    ).one_or_none()
    if found is None:
        raise Missing
    return found


def _asked(session: Session, member: Staff) -> list[Asked]:
    """What waits, and the latest of what does not."""
    statement = (
        visible_consultations(member)
        .add_columns(Clock)
        .outerjoin(Clock, Clock.consultation_id == Consultation.id)
        .options(*_WITH)
        .order_by(Consultation.answered_at.desc().nulls_first(), Consultation.id.desc())
    )
    open_ones = statement.where(Consultation.answered_at.is_(None)).limit(1000)
    answered = statement.where(Consultation.answered_at.is_not(None)).limit(ANSWERED_SHOWN)
    rows = [*session.execute(open_ones), *session.execute(answered)]
    return [Asked(consultation, clock) for consultation, clock in rows]


def _due(asked: Asked) -> datetime:
    return asked.deadline.due_at if asked.deadline else asked.consultation.asked_at


_WITH = (
    joinedload(Consultation.ticket),
    joinedload(Consultation.asked_by),
    joinedload(Consultation.answered_by),
)
