"""The canned replies: a list, a form for one, retiring one."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.desk import canned
from bot.models import CannedReply, Role

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
LIST = "/console/canned"


def canned_routes() -> list[BaseRoute]:
    return [
        Route("/canned", screen(show_replies, *DESK), methods=["GET"]),
        Route("/canned", step(add, *KEEPERS), methods=["POST"]),
        Route("/canned/new", screen(show_new, *KEEPERS), methods=["GET"]),
        Route("/canned/{id:int}", screen(show_one, *KEEPERS), methods=["GET"]),
        Route("/canned/{id:int}", step(change, *KEEPERS), methods=["POST"]),
        Route("/canned/{id:int}/retire", step(retire, *KEEPERS), methods=["POST"]),
    ]


def show_replies(visit: Visit) -> Response:
    return visit.page(
        "canned/list.html",
        replies=list(visit.session.scalars(canned.in_use())),
        keeps=visit.member.role in KEEPERS,
    )


def show_new(visit: Visit) -> Response:
    return _form(visit, CannedReply(title="", body_id=""))


def show_one(visit: Visit) -> Response:
    return _form(visit, _reply(visit))


def add(visit: Visit) -> Response:
    return _save(visit, CannedReply())


def change(visit: Visit) -> Response:
    return _save(visit, _reply(visit))


def retire(visit: Visit) -> Response:
    _reply(visit).retired_at = visit.now
    return visit.done(LIST)


def _form(visit: Visit, reply: CannedReply) -> Response:
    return visit.page(
        "canned/one.html",
        reply=reply,
        variables=canned.VARIABLES,
        longest_body=canned.LONGEST_BODY,
    )


def _save(visit: Visit, reply: CannedReply) -> Response:
    texts = {
        name: visit.form.get(name, "").replace("\r\n", "\n").replace("\x00", "")
        for name in ("title", "body_id", "body_en")
    }
    try:
        canned.save(visit.session, reply, **texts, member=visit.member, now=visit.now)
    except canned.BadReply as bad:
        raise Refused(_reason(visit, bad.fault), 422) from bad
    return visit.done(LIST)


def _reason(visit: Visit, fault: str) -> str:
    if fault == "empty":
        return visit.gettext("Isi judul dan teks bahasa Indonesianya.")
    if fault == "too_long":
        return visit.gettext("Teks ini terlalu panjang untuk satu pesan.")
    known = ", ".join(f"{{{name}}}" for name in canned.VARIABLES)
    sentence = visit.gettext("{name} tidak dikenal. Yang bisa diisi otomatis: {known}.")
    return sentence.replace("{name}", f"{{{fault}}}").replace("{known}", known)


def _reply(visit: Visit) -> CannedReply:
    statement = canned.in_use().where(CannedReply.id == visit.number_in_path("id"))
    reply = visit.session.scalars(statement).one_or_none()
    if reply is None:
        raise Missing
    return reply
