"""A conversation's page and what an officer can do on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console import labels
from bot.console.access import DESK, visible_tickets
from bot.console.consulting.view import consulting_of, shared_in
from bot.console.deadline import deadline_of, explained
from bot.console.handling import Handler, Refused, Visit, screen, step, step_with_files
from bot.console.holding.routes import shown as holding_shown
from bot.console.ticket.attaching import file_rules, files_in
from bot.console.ticket.composing import offered_replies, offered_templates
from bot.console.ticket.steps import (
    LONGEST_REPLY,
    address_of,
    client_key_in,
    conversation_of,
    dare,
    number_in,
    text_in,
    ticket_of,
)
from bot.console.ticket.transcript import earlier, latest
from bot.conversation import window_closes_at, window_is_open
from bot.desk import attachments, consultations, merging, tickets, topics
from bot.models import Clock, Conversation, Section, Ticket, TicketState, Tier
from bot.splitting import LIMIT, split_text

HEAD = "head"  # what the form calls the head of PLI, beside the codes of sections

# Said to the applicant, so in the applicant's language and not in the officer's.
HOLDING_REPLIES = {
    "id": "Terima kasih sudah menunggu. Pertanyaan Anda sedang kami tanyakan ke seksi terkait; "
    "jawabannya kami sampaikan di sini.",
    "en": "Thank you for waiting. We are asking the section concerned about your question and "
    "will pass its answer on here.",
}


def ticket_routes() -> list[BaseRoute]:
    return [
        Route("/conversations/{id:int}", screen(show_conversation, *DESK), methods=["GET"]),
        Route("/conversations/{id:int}/earlier", screen(show_earlier, *DESK), methods=["GET"]),
        _on_conversation("step-in", step_in),
        Route("/tickets/{id:int}", screen(show_ticket, *DESK), methods=["GET"]),
        _on_ticket("take", take),
        Route("/tickets/{id:int}/reply", step_with_files(reply, *DESK), methods=["POST"]),
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

# What the page reads of a ticket, so that it comes with the ticket.
_ON_PAGE = (
    joinedload(Ticket.conversation).joinedload(Conversation.person),
    joinedload(Ticket.conversation).joinedload(Conversation.address),
    joinedload(Ticket.holder),
)


def show_ticket(visit: Visit) -> Response:
    ticket = ticket_of(visit, *_ON_PAGE)
    return _conversation_page(visit, ticket.conversation, ticket)


def show_conversation(visit: Visit) -> Response:
    """A conversation without an open ticket, or on to the ticket that it has."""
    conversation = conversation_of(visit)
    ticket = tickets.open_ticket_of(visit.session, conversation.id)
    if ticket is not None:
        return visit.done(f"/console/tickets/{ticket.id}")
    if conversation.merged_into_id is not None:
        return visit.done(f"/console/conversations/{conversation.merged_into_id}")
    return _conversation_page(visit, conversation, None)


def show_earlier(visit: Visit) -> Response:
    """Older messages, for the top of an open transcript."""
    conversation = conversation_of(visit)
    before = number_in(visit.request.query_params.get("before", "")) or 0
    transcript = earlier(visit.session, conversation, before, visit.now, visit.words)
    return visit.page("ticket/earlier.html", conversation=conversation, transcript=transcript)


def _conversation_page(visit: Visit, conversation: Conversation, ticket: Ticket | None) -> Response:
    seen = tickets.last_words(visit.session, conversation.id) or 0  # before what is shown is read
    since = number_in(visit.request.query_params.get("from", ""))
    merged = merging.merged_into(visit.session, conversation)
    together = [conversation.id, *(one.id for one in merged)]
    transcript = latest(visit.session, together, since, visit.now, visit.words)
    promise = _promise(ticket)
    is_open = ticket is not None and ticket.state != TicketState.CLOSED
    is_holder = ticket is not None and ticket.holder_id == visit.member.id
    can_write = window_is_open(conversation, visit.now)
    return visit.page(
        "ticket/ticket.html",
        conversation=conversation,
        ticket=ticket,
        transcript=transcript,
        seen=seen,
        deadline=deadline_of(promise),
        promise=promise,
        steps=explained(promise.explanation, visit.words) if promise else [],
        section_deadlines=_section_deadlines(ticket),
        merged=merged,
        others=_other_tickets(visit, together, ticket),
        window_closes_at=window_closes_at(conversation),
        window_is_open=can_write,
        is_holder=is_holder,
        is_open=is_open,
        templates=offered_templates(visit) if is_open and is_holder and not can_write else [],
        **_for_sheets(visit, ticket),
        can_take=ticket is not None
        and ticket.holder_id is None
        and ticket.state in tickets.TAKEABLE,
        consulting=consulting_of(visit.session, ticket, for_sheet=not visit.is_fragment),
        outcomes={code: visit.gettext(text) for code, text in labels.OUTCOMES.items()},
        outcome=labels.outcome(ticket.outcome, visit.words) if ticket and ticket.outcome else "",
        holding_reply=HOLDING_REPLIES.get(conversation.person.language, HOLDING_REPLIES["id"]),
        limit=LIMIT,
        longest=LONGEST_REPLY,
        file_rules=file_rules(visit.words),
        **holding_shown(visit, ticket),
    )


def _for_sheets(visit: Visit, ticket: Ticket | None) -> dict[str, object]:
    """What only the page's sheets need; its live parts are asked for without them."""
    if ticket is None or visit.is_fragment:
        return {"sections": [], "topics": [], "topic": None, "canned_replies": []}
    return {
        "sections": _sections(visit),
        "topics": topics.known(visit.session),
        "topic": topics.likely(visit.session, ticket),
        "canned_replies": offered_replies(visit, ticket),
    }


def _promise(ticket: Ticket | None) -> Clock | None:
    """The clock of the promise that runs, or the last one that ran."""
    clocks = [c for c in ticket.clocks if c.consultation_id is None] if ticket else []
    running = [c for c in clocks if c.stopped_at is None]
    return next(reversed(running or clocks), None)


def _section_deadlines(ticket: Ticket | None) -> dict[int, object]:
    clocks = ticket.clocks if ticket else []
    return {c.consultation_id: deadline_of(c) for c in clocks if c.consultation_id is not None}


def _other_tickets(visit: Visit, together: Sequence[int], ticket: Ticket | None) -> list[Ticket]:
    statement = visible_tickets(visit.member).where(Ticket.conversation_id.in_(together))
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


# --- doing ------------------------------------------------------------------------------------


def take(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    dare(visit, lambda: tickets.take_over(visit.session, ticket.id, visit.member, visit.now))
    return visit.done(address_of(ticket))


def step_in(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    ticket = dare(
        visit,
        lambda: tickets.step_in(visit.session, conversation.id, visit.member, visit.now),
    )
    return visit.done(address_of(ticket))


def reply(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    text = text_in(visit, "text")
    files = files_in(visit)
    key = client_key_in(visit)
    dare(
        visit,
        lambda: attachments.reply(
            visit.session, ticket.id, visit.member, text, files, visit.now, client_key=key
        ),
    )
    return visit.done(address_of(ticket))


def consult(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    question, holding_reply = text_in(visit, "question"), text_in(visit, "holding_reply")
    code = visit.form.get("section", "")
    to_head = code == HEAD
    if not to_head and code not in {section.code for section in _sections(visit)}:
        raise Refused(visit.gettext("Pilih seksi yang ditanya."), 422)
    if not question.strip():
        raise Refused(visit.gettext("Tulis dulu pertanyaan untuk seksi."), 422)
    key = client_key_in(visit)
    dare(
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
    return visit.done(address_of(ticket))


def hand_back(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    seen = number_in(visit.form.get("seen", ""))
    dare(
        visit,
        lambda: tickets.hand_back(visit.session, ticket.id, visit.member, visit.now, seen=seen),
    )
    return visit.done("/console/queue?tab=mine")


def close(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    outcome = visit.form.get("outcome", "")
    if outcome not in labels.OUTCOMES:
        raise Refused(visit.gettext("Pilih hasil akhirnya."), 422)
    topic = visit.form.get("topic", "")
    if topic and topic not in topics.known(visit.session):
        raise Refused(visit.gettext("Pilih topiknya."), 422)
    seen = number_in(visit.form.get("seen", ""))
    dare(
        visit,
        lambda: tickets.close(
            visit.session, ticket.id, visit.member, outcome, visit.now, topic=topic, seen=seen
        ),
    )
    return visit.done("/console/queue?tab=mine")


def show_parts(visit: Visit) -> Response:
    """The messages that a long reply will be sent as."""
    return JSONResponse({"parts": split_text(text_in(visit, "text"))})
