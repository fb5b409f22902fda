"""What an officer does with a question that is at a section already."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_tickets
from bot.console.handling import Missing, Refused, Visit, step
from bot.desk import consultations, tickets
from bot.models import Consultation, Ticket

LONGEST_TEXT = 16_000


def consulting_routes() -> list[BaseRoute]:
    return [Route("/consultations/{id:int}/tell", step(tell, *DESK), methods=["POST"])]


def tell(visit: Visit) -> Response:
    """PLI tells the section what it asked back."""
    consultation = _consultation(visit)
    text = visit.form.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused(visit.gettext("Tulis dulu teksnya."), 422)
    if len(text) > LONGEST_TEXT:
        raise Refused(visit.gettext("Teks ini terlalu panjang. Bagi menjadi beberapa."), 422)
    if "\x00" in text:
        raise Refused(visit.gettext("Teks ini memuat huruf yang tidak bisa dikirim."), 422)
    try:
        consultations.tell_more(visit.session, consultation.id, visit.member, text, visit.now)
    except tickets.NotYours as error:
        raise Refused(
            visit.gettext("Hanya petugas yang memegang tiket ini yang bisa menjawab seksi.")
        ) from error
    except tickets.WrongState as error:
        raise Refused(visit.gettext("Keadaan tiket ini sudah berubah. Lihat lagi.")) from error
    return visit.done(f"/console/tickets/{consultation.ticket_id}")


def _consultation(visit: Visit) -> Consultation:
    """The question of the address, if its ticket is the person's to see."""
    seen = visible_tickets(visit.member).with_only_columns(Ticket.id)
    found = visit.session.scalars(
        select(Consultation).where(
            Consultation.id == visit.number_in_path("id"), Consultation.ticket_id.in_(seen)
        )
    ).one_or_none()
    if found is None:
        raise Missing
    return found
