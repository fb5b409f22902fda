"""What an officer can do with a ticket beside answering it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_tickets
from bot.console.handling import Handler, Missing, Refused, Visit, step
from bot.desk import capacity, duty, handover, tags, tickets
from bot.models import Staff, Ticket, TicketState


def holding_routes() -> list[BaseRoute]:
    return [
        _on_ticket("transfer", transfer),
        _on_ticket("release", release),
        _on_ticket("tag", add_tag),
        _on_ticket("untag", remove_tag),
    ]


def _on_ticket(name: str, take_step: Handler) -> Route:
    return Route(f"/tickets/{{id:int}}/{name}", step(take_step, *DESK), methods=["POST"])


@dataclass(frozen=True)
class Receiver:
    """An officer on duty who could take the ticket, and how much the officer holds already."""

    id: int
    name: str
    load: int
    capacity: int | None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.load >= self.capacity


def shown(visit: Visit, ticket: Ticket | None) -> dict[str, object]:
    """What the ticket's page needs for the templates of this folder."""
    may_move = ticket is not None and ticket.state != TicketState.CLOSED
    if may_move and ticket is not None and visit.member.role not in handover.OVERSEERS:
        may_move = ticket.holder_id == visit.member.id
    return {
        "may_move": may_move,
        # The sheet that offers them is on the whole page alone.
        "receivers": _receivers(visit, ticket)
        if may_move and ticket and not visit.is_fragment
        else [],
        "tags": tags.tags_of(visit.session, ticket.id) if ticket else [],
        "known_tags": tags.known_tags(visit.session) if ticket else [],
        "longest_tag": tags.LONGEST,
    }


def transfer(visit: Visit) -> Response:
    ticket = _ticket(visit)
    given = visit.form.get("receiver", "")
    receiver = visit.session.get(Staff, int(given)) if _is_number(given) else None
    if receiver is None:
        raise Refused(visit.gettext("Pilih petugas yang menerima."), 422)
    _dare(
        visit,
        lambda: handover.transfer(visit.session, ticket.id, visit.member, receiver, visit.now),
    )
    return visit.done(_address(ticket))


def release(visit: Visit) -> Response:
    ticket = _ticket(visit)
    _dare(visit, lambda: handover.release(visit.session, ticket.id, visit.member, visit.now))
    return visit.done("/console/queue")


def add_tag(visit: Visit) -> Response:
    ticket = _ticket(visit)
    name = visit.form.get("tag", "")
    try:
        tags.add(visit.session, ticket.id, name, visit.member, visit.now)
    except tags.TagRefused as refused:
        raise Refused(_why_no_tag(visit, refused.why), 422) from refused
    return visit.done(_address(ticket))


def remove_tag(visit: Visit) -> Response:
    ticket = _ticket(visit)
    given = visit.form.get("tag", "")
    if _is_number(given):
        tags.remove(visit.session, ticket.id, int(given), visit.member, visit.now)
    return visit.done(_address(ticket))


def _receivers(visit: Visit, ticket: Ticket) -> list[Receiver]:
    """Who is on duty, but for the holder; who holds least comes first."""
    loads = capacity.loads(visit.session)
    found = [
        Receiver(one.id, one.name, loads.get(one.id, 0), one.capacity)
        for one in duty.on_duty(visit.session, visit.now)
        if one.id != ticket.holder_id
    ]
    return sorted(found, key=lambda one: (one.is_full, one.load, one.name))


def _ticket(visit: Visit) -> Ticket:
    ticket = visit.session.scalars(
        visible_tickets(visit.member).where(Ticket.id == visit.number_in_path("id"))
    ).one_or_none()
    if ticket is None:
        raise Missing
    return ticket


def _address(ticket: Ticket) -> str:
    return f"/console/tickets/{ticket.id}"


def _is_number(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) <= 18


def _dare(visit: Visit, do: Callable[[], object]) -> None:
    """Take the step; raises Refused with the reason in the person's language."""
    try:
        do()
    except tickets.AtCapacity as full:
        sentence = visit.gettext("{name} sudah memegang sebanyak batasnya. Pilih petugas lain.")
        raise Refused(sentence.format(name=full.name)) from full
    except handover.NotOnDuty as off:
        sentence = visit.gettext("{name} sedang tidak bertugas. Pilih petugas lain.")
        raise Refused(sentence.format(name=off.name)) from off
    except tickets.NotYours as error:
        sentence = visit.gettext("Tiket ini ditangani {name}.")
        if not str(error):
            sentence = visit.gettext("Tiket ini sudah kembali ke antrean.")
        raise Refused(sentence.format(name=error)) from error
    except tickets.WrongState as error:
        raise Refused(visit.gettext("Keadaan tiket ini sudah berubah. Lihat lagi.")) from error


def _why_no_tag(visit: Visit, why: str) -> str:
    sentences = {
        "empty": visit.gettext("Tulis dulu tandanya."),
        "long": visit.gettext("Tanda paling panjang {n} huruf.").format(n=tags.LONGEST),
        "many": visit.gettext("Satu tiket paling banyak {n} tanda.").format(n=tags.MOST),
    }
    return sentences[why]
