"""A conversation's page and what an officer can do on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console import labels
from bot.console.access import DESK, visible_conversations, visible_tickets
from bot.console.consulting.view import consulting_of, shared_in
from bot.console.deadline import deadline_of, explained
from bot.console.handling import Handler, Missing, Refused, Visit, screen, step
from bot.console.holding.routes import shown as holding_shown
from bot.console.ticket.transcript import transcript_of
from bot.conversation import WindowClosed, window_closes_at, window_is_open
from bot.desk import consultations, tickets
from bot.models import Clock, Conversation, Section, Ticket, TicketState, Tier
from bot.splitting import LIMIT, split_text

LONGEST_REPLY = 10 * LIMIT
LONGEST_KEY = 64
MOST_EARLIER_PAGES = 200
HEAD = "head"  # what the form calls the head of PLI, beside the codes of sections

# Said to the applicant, so in the applicant's language and not in the officer's.
HOLDING_REPLIES = {
    "id": "Terima kasih sudah menunggu. Pertanyaan Anda sedang kami tanyakan ke seksi terkait; "
    "jawabannya kami sampaikan di sini.",
    "en": "Thank you for waiting. We are asking the section concerned about your question and "
    "will pass its answer on here.",
}

Result = TypeVar("Result")


def ticket_routes() -> list[BaseRoute]:
    return [
        Route("/conversations/{id:int}", screen(show_conversation, *DESK), methods=["GET"]),
        _on_conversation("step-in", step_in),
        Route("/tickets/{id:int}", screen(show_ticket, *DESK), methods=["GET"]),
        _on_ticket("take", take),
        _on_ticket("reply", reply),
        _on_ticket("consult", consult),
        _on_ticket("hand-back", hand_back),
        _on_ticket("close", close),
        Route("/parts", step(show_parts, *DESK), methods=["POST"]),
    ]


def _on_ticket(name: str, take_step: Handler) -> Route:
    return Route(f"/tickets/{{id:int}}/{name}", step(take_step, *DESK), methods=["POST"])


def _on_conversation(name: str, take_step: Handler) -> Route:
    return Route(f"/conversations/{{id:int}}/{name}", step(take_step, *DESK), methods=["POST"])


# --- looking ----------------------------------------------------------------------------------


def show_ticket(visit: Visit) -> Response:
    ticket = _ticket(visit)
    return _conversation_page(visit, ticket.conversation, ticket)


def show_conversation(visit: Visit) -> Response:
    """A conversation without an open ticket, or on to the ticket that it has."""
    conversation = visit.session.scalars(
        visible_conversations(visit.member).where(Conversation.id == visit.number_in_path("id"))
    ).one_or_none()
    if conversation is None:
        raise Missing
    ticket = tickets.open_ticket_of(visit.session, conversation.id)
    if ticket is not None:
        return visit.done(f"/console/tickets/{ticket.id}")
    return _conversation_page(visit, conversation, None)


def _conversation_page(visit: Visit, conversation: Conversation, ticket: Ticket | None) -> Response:
    transcript = transcript_of(
        visit.session, conversation, _pages_asked(visit), visit.now, visit.words
    )
    promise = _promise(ticket)
    return visit.page(
        "ticket/ticket.html",
        conversation=conversation,
        ticket=ticket,
        transcript=transcript,
        pages=_pages_asked(visit),
        deadline=deadline_of(promise),
        promise=promise,
        steps=explained(promise.explanation, visit.words) if promise else [],
        section_deadlines=_section_deadlines(ticket),
        others=_other_tickets(visit, conversation, ticket),
        window_closes_at=window_closes_at(conversation),
        window_is_open=window_is_open(conversation, visit.now),
        is_holder=ticket is not None and ticket.holder_id == visit.member.id,
        is_open=ticket is not None and ticket.state != TicketState.CLOSED,
        can_take=ticket is not None
        and ticket.holder_id is None
        and ticket.state in tickets.TAKEABLE,
        sections=_sections(visit),
        consulting=consulting_of(visit.session, ticket),
        outcomes={code: visit.gettext(text) for code, text in labels.OUTCOMES.items()},
        outcome=labels.outcome(ticket.outcome, visit.words) if ticket and ticket.outcome else "",
        holding_reply=HOLDING_REPLIES.get(conversation.person.language, HOLDING_REPLIES["id"]),
        limit=LIMIT,
        longest=LONGEST_REPLY,
        **holding_shown(visit, ticket),
    )


def _promise(ticket: Ticket | None) -> Clock | None:
    """The clock of the promise that runs, or the last one that ran."""
    clocks = [c for c in ticket.clocks if c.consultation_id is None] if ticket else []
    running = [c for c in clocks if c.stopped_at is None]
    return next(reversed(running or clocks), None)


def _section_deadlines(ticket: Ticket | None) -> dict[int, object]:
    clocks = ticket.clocks if ticket else []
    return {c.consultation_id: deadline_of(c) for c in clocks if c.consultation_id is not None}


def _other_tickets(visit: Visit, conversation: Conversation, ticket: Ticket | None) -> list[Ticket]:
    statement = visible_tickets(visit.member).where(Ticket.conversation_id == conversation.id)
    if ticket is not None:
        statement = statement.where(Ticket.id != ticket.id)
    return list(visit.session.scalars(statement.order_by(Ticket.id.desc()).limit(20)))


def _sections(visit: Visit) -> list[Section]:
    """The sections that can be asked: not PLI, which asks."""
    return list(
        visit.session.scalars(
            select(Section).where(Section.code != consultations.PLI).order_by(Section.name)
        )
    )


def _pages_asked(visit: Visit) -> int:
    asked = visit.request.query_params.get("pages", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    return min(MOST_EARLIER_PAGES, max(1, number))


# --- doing ------------------------------------------------------------------------------------


def take(visit: Visit) -> Response:
    ticket = _ticket(visit)
    _dare(visit, lambda: tickets.take_over(visit.session, ticket.id, visit.member, visit.now))
    return visit.done(_address(ticket))


def step_in(visit: Visit) -> Response:
    conversation = visit.session.scalars(
        visible_conversations(visit.member).where(Conversation.id == visit.number_in_path("id"))
    ).one_or_none()
    if conversation is None:
        raise Missing
    ticket = _dare(
        visit,
        lambda: tickets.step_in(visit.session, conversation.id, visit.member, visit.now),
    )
    return visit.done(_address(ticket))


def reply(visit: Visit) -> Response:
    ticket = _ticket(visit)
    text = _text(visit, "text")
    key = _client_key(visit)
    _dare(
        visit,
        lambda: tickets.reply(
            visit.session, ticket.id, visit.member, text, visit.now, client_key=key
        ),
    )
    return visit.done(_address(ticket))


def consult(visit: Visit) -> Response:
    ticket = _ticket(visit)
    question, holding_reply = _text(visit, "question"), _text(visit, "holding_reply")
    code = visit.form.get("section", "")
    to_head = code == HEAD
    if not to_head and code not in {section.code for section in _sections(visit)}:
        raise Refused(visit.gettext("Pilih seksi yang ditanya."), 422)
    if not question.strip():
        raise Refused(visit.gettext("Tulis dulu pertanyaan untuk seksi."), 422)
    key = _client_key(visit)
    _dare(
        visit,
        lambda: consultations.consult(
            visit.session,
            ticket.id,
            visit.member,
            consultations.PLI if to_head else code,
            question,
            visit.now,
            key=key,
            holding_reply=holding_reply,
            shared=shared_in(visit.form),
            tier=Tier.HEAD if to_head else Tier.SECTION,
        ),
    )
    return visit.done(_address(ticket))


def hand_back(visit: Visit) -> Response:
    ticket = _ticket(visit)
    _dare(visit, lambda: tickets.hand_back(visit.session, ticket.id, visit.member, visit.now))
    return visit.done("/console/queue?tab=mine")


def close(visit: Visit) -> Response:
    ticket = _ticket(visit)
    outcome = visit.form.get("outcome", "")
    if outcome not in labels.OUTCOMES:
        raise Refused(visit.gettext("Pilih hasil akhirnya."), 422)
    _dare(
        visit,
        lambda: tickets.close(visit.session, ticket.id, visit.member, outcome, visit.now),
    )
    return visit.done("/console/queue?tab=mine")


def show_parts(visit: Visit) -> Response:
    """The messages that a long reply will be sent as."""
    return JSONResponse({"parts": split_text(_text(visit, "text"))})


def _ticket(visit: Visit) -> Ticket:
    """The ticket of the address, if it is the person's to see."""
    ticket = visit.session.scalars(
        visible_tickets(visit.member).where(Ticket.id == visit.number_in_path("id"))
    ).one_or_none()
    if ticket is None:
        raise Missing
    return ticket


def _address(ticket: Ticket) -> str:
    return f"/console/tickets/{ticket.id}"


def _text(visit: Visit, name: str) -> str:
    """A text of the form with its line ends as WhatsApp has them."""
    text = visit.form.get(name, "").replace("\r\n", "\n")
    if len(text) > LONGEST_REPLY:
        raise Refused(visit.gettext("Teks ini terlalu panjang. Bagi menjadi beberapa."), 422)
    if "\x00" in text:
        raise Refused(visit.gettext("Teks ini memuat huruf yang tidak bisa dikirim."), 422)
    return text


def _client_key(visit: Visit) -> str:
    """The name that the page gave to what it sends, the sender's own so that none collide."""
    given = visit.form.get("client_key", "")
    if not given or len(given) > LONGEST_KEY:
        raise Refused(visit.gettext("Halaman ini sudah kedaluwarsa. Muat ulang, lalu coba lagi."))
    return f"{visit.member.id}:{given}"


def _dare(visit: Visit, do: Callable[[], Result]) -> Result:
    """Take a step of the desk; raises Refused with the reason in the person's language."""
    try:
        return do()
    except tickets.AlreadyTaken as taken:
        sentence = visit.gettext("{name} sudah lebih dulu mengambil tiket ini.")
        raise Refused(sentence.format(name=taken.holder)) from taken
    except tickets.AtCapacity as full:
        raise Refused(
            visit.gettext(
                "Anda sudah memegang sebanyak batas Anda. Tutup, alihkan atau kembalikan satu "
                "tiket dulu."
            )
        ) from full
    except tickets.NotYours as error:
        raise Refused(_not_yours(visit, str(error))) from error
    except WindowClosed as closed:
        raise Refused(
            visit.gettext(
                "Sudah lewat 24 jam sejak pesan terakhir pemohon, jadi WhatsApp tidak menerima "
                "balasan bebas. Tunggu sampai pemohon menulis lagi."
            )
        ) from closed
    except tickets.WrongState as error:
        raise Refused(visit.gettext("Keadaan tiket ini sudah berubah. Lihat lagi.")) from error
    except tickets.DeskError as error:
        raise Refused(visit.gettext("Tulis dulu teksnya."), 422) from error


def _not_yours(visit: Visit, holder: str) -> str:
    if not holder:
        return visit.gettext("Ambil alih dulu tiket ini, baru bisa membalas.")
    return visit.gettext("Tiket ini ditangani {name}.").format(name=holder)
