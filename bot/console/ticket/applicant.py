"""What an officer corrects about an applicant: the name, the language, a block."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Handler, Refused, Visit, step
from bot.console.language import LANGUAGES, N_
from bot.console.ticket.steps import back_in, conversation_of, number_in
from bot.desk import applicants, merging

_WHY_NOT = {
    "unknown": N_("Nomor itu belum pernah menulis ke layanan ini."),
    "same": N_("Itu percakapan yang sama."),
    "merged": N_("Nomor itu sudah digabung. Pisahkan dulu dari yang lama."),
    "open_ticket": N_("Nomor itu masih punya tiket terbuka. Tutup dulu tiketnya."),
    "blocked": N_("Salah satu diblokir. Buka dulu blokirnya, atau blokir keduanya."),
}


def applicant_routes() -> list[BaseRoute]:
    return [
        _on_conversation("name", correct_name),
        _on_conversation("language", speak),
        _on_conversation("block", block),
        _on_conversation("unblock", unblock),
        _on_conversation("merge", merge),
        _on_conversation("part", part),
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


def merge(visit: Visit) -> Response:
    """Another WhatsApp number is the same person's."""
    conversation = conversation_of(visit)
    try:
        other = merging.conversation_at(visit.session, visit.form.get("number", ""))
        merging.merge(visit.session, conversation.id, other.id, visit.member, visit.now)
    except merging.CannotMerge as error:
        raise Refused(visit.gettext(_WHY_NOT[error.fault]), 422) from error
    return visit.done(back_in(visit))


def part(visit: Visit) -> Response:
    """It was not the same person after all."""
    conversation = conversation_of(visit)
    other = number_in(visit.form.get("other", ""))
    try:
        merging.part(visit.session, conversation.id, other or 0, visit.member, visit.now)
    except merging.CannotMerge as error:
        raise Refused(visit.gettext("Nomor itu sudah dipisahkan."), 409) from error
    return visit.done(back_in(visit))
