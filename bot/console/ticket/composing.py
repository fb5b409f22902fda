"""What the composer offers beside free text: canned replies, templates, notes, a preview."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_conversations
from bot.console.handling import Missing, Refused, Visit, step
from bot.console.ticket.steps import (
    address_of,
    back_in,
    client_key_in,
    conversation_of,
    dare,
    text_in,
    ticket_of,
)
from bot.desk import canned, replies, templates
from bot.formatting import chat_html
from bot.models import Conversation, Message, Template, Ticket
from bot.splitting import split_text


@dataclass(frozen=True)
class OfferedReply:
    """A canned reply as it would be inserted here."""

    id: int
    title: str
    text: str


@dataclass(frozen=True)
class OfferedTemplate:
    """A template, with what each of its variables is called."""

    id: int
    title: str
    language: str
    body: str
    variables: list[tuple[int, str]]


def composing_routes() -> list[BaseRoute]:
    return [
        Route("/tickets/{id:int}/template", step(send_template, *DESK), methods=["POST"]),
        Route("/conversations/{id:int}/note", step(write_note, *DESK), methods=["POST"]),
        Route("/messages/{id:int}/resend", step(resend, *DESK), methods=["POST"]),
        Route("/preview", step(preview, *DESK), methods=["POST"]),
    ]


def offered_replies(visit: Visit, ticket: Ticket) -> list[OfferedReply]:
    """The canned replies, filled in for this applicant."""
    values = canned.values_for(ticket.conversation, ticket, visit.member)
    language = ticket.conversation.person.language
    return [
        OfferedReply(one.id, one.title, canned.filled(canned.body_for(one, language), values))
        for one in visit.session.scalars(canned.in_use())
    ]


def offered_templates(visit: Visit) -> list[OfferedTemplate]:
    """The approved templates, for when nothing else may be sent."""
    return [_offered(one) for one in visit.session.scalars(templates.in_use())]


def _offered(one: Template) -> OfferedTemplate:
    numbers = templates.variables_of(one.body)
    labels = [str(label) for label in one.labels]
    variables = list(zip(numbers, labels, strict=False))
    return OfferedTemplate(one.id, one.title, one.language, one.body, variables)


def send_template(visit: Visit) -> Response:
    ticket = ticket_of(visit)
    chosen = visit.form.get("template", "")
    if not chosen.isascii() or not chosen.isdigit():
        raise Refused(visit.gettext("Pilih templatnya."), 422)
    values = {n: visit.form.get(f"v{n}", "") for n in range(1, templates.MOST_VARIABLES + 1)}
    key = client_key_in(visit)
    try:
        dare(
            visit,
            lambda: replies.send_template(
                visit.session,
                ticket.id,
                visit.member,
                int(chosen),
                values,
                visit.now,
                client_key=key,
            ),
        )
    except templates.BadValue as bad:
        sentence = visit.gettext("Isi dulu bagian {n}, satu baris saja.").format(n=bad.number)
        raise Refused(sentence, 422) from bad
    return visit.done(address_of(ticket))


def resend(visit: Visit) -> Response:
    """Send a failed message once more."""
    message = visit.session.scalars(
        select(Message).where(
            Message.id == visit.number_in_path("id"),
            Message.conversation_id.in_(
                visible_conversations(visit.member).with_only_columns(Conversation.id)
            ),
        )
    ).one_or_none()
    if message is None or message.staff_id is None:
        raise Missing
    dare(visit, lambda: replies.resend(visit.session, message.id, visit.member, visit.now))
    return visit.done(back_in(visit))


def write_note(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    body = text_in(visit, "note")
    key = client_key_in(visit)
    dare(
        visit,
        lambda: replies.write_note(
            visit.session, conversation, visit.member, body, visit.now, client_key=key
        ),
    )
    return visit.done(back_in(visit))


def preview(visit: Visit) -> Response:
    """The messages that a text will be sent as, each as the phone shows it."""
    parts = split_text(text_in(visit, "text"))
    return JSONResponse({"parts": [chat_html(part) for part in parts]})
