"""What an officer corrects about an applicant: the name, the language, a block."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Handler, Refused, Visit, step
from bot.console.language import LANGUAGES
from bot.console.ticket.steps import back_in, conversation_of
from bot.desk import applicants


def applicant_routes() -> list[BaseRoute]:
    return [
        _on_conversation("name", correct_name),
        _on_conversation("language", speak),
        _on_conversation("block", block),
        _on_conversation("unblock", unblock),
    ]


def _on_conversation(name: str, take_step: Handler) -> Route:
    return Route(f"/conversations/{{id:int}}/{name}", step(take_step, *DESK), methods=["POST"])


def correct_name(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    name = visit.form.get("name", "").replace("\x00", "")
    if not name.strip():
        raise Refused(visit.gettext("Tulis dulu namanya."), 422)
    applicants.correct_name(visit.session, conversation, visit.member, name, visit.now)
    return visit.done(back_in(visit))


def speak(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    language = visit.form.get("language", "")
    if language not in LANGUAGES:
        raise Refused(visit.gettext("Pilih bahasanya."), 422)
    applicants.speak(visit.session, conversation, visit.member, language, visit.now)
    return visit.done(back_in(visit))


def block(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    reason = visit.form.get("reason", "").replace("\x00", "")[:500]
    try:
        applicants.block(visit.session, conversation, visit.member, reason, visit.now)
    except applicants.NoReason as error:
        raise Refused(visit.gettext("Tulis dulu alasannya."), 422) from error
    return visit.done(back_in(visit))


def unblock(visit: Visit) -> Response:
    conversation = conversation_of(visit)
    applicants.unblock(visit.session, conversation, visit.member, visit.now)
    return visit.done(back_in(visit))
