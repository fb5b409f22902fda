"""The approved templates: a list, a form for one, retiring one."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.language import LANGUAGES, N_
from bot.desk import templates
from bot.models import Role, Template

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)
LIST = "/console/templates"

_REASONS = {
    "sid": N_("Kode isi (Content SID) harus HX diikuti 32 angka heksadesimal, dan belum dipakai."),
    "body": N_("Isi judul dan teks templat, paling banyak 1.024 huruf."),
    "variables": N_("Nomor variabel harus urut mulai dari 1, paling banyak sepuluh."),
    "labels": N_("Tulis satu nama untuk setiap variabel, satu per baris."),
}


def template_routes() -> list[BaseRoute]:
    return [
        Route("/templates", screen(show_templates, *DESK), methods=["GET"]),
        Route("/templates", step(add, *KEEPERS), methods=["POST"]),
        Route("/templates/new", screen(show_new, *KEEPERS), methods=["GET"]),
        Route("/templates/{id:int}", screen(show_one, *KEEPERS), methods=["GET"]),
        Route("/templates/{id:int}", step(change, *KEEPERS), methods=["POST"]),
        Route("/templates/{id:int}/retire", step(retire, *KEEPERS), methods=["POST"]),
    ]


def show_templates(visit: Visit) -> Response:
    return visit.page(
        "approved/list.html",
        templates=list(visit.session.scalars(templates.in_use())),
        keeps=visit.member.role in KEEPERS,
    )


def show_new(visit: Visit) -> Response:
    return _form(visit, Template(title="", content_sid="", body="", language="id", labels=[]))


def show_one(visit: Visit) -> Response:
    return _form(visit, _template(visit))


def add(visit: Visit) -> Response:
    return _save(visit, Template())


def change(visit: Visit) -> Response:
    return _save(visit, _template(visit))


def retire(visit: Visit) -> Response:
    _template(visit).retired_at = visit.now
    return visit.done(LIST)


def _form(visit: Visit, template: Template) -> Response:
    return visit.page("approved/one.html", approved=template, longest_body=templates.LONGEST_BODY)


def _save(visit: Visit, template: Template) -> Response:
    form = {
        name: text.replace("\r\n", "\n").replace("\x00", "") for name, text in visit.form.items()
    }
    language = form.get("language", "")
    labels = [line.strip() for line in form.get("labels", "").split("\n") if line.strip()]
    try:
        templates.save(
            visit.session,
            template,
            title=form.get("title", ""),
            language=language if language in LANGUAGES else LANGUAGES[0],
            content_sid=form.get("content_sid", "").strip(),
            body=form.get("body", ""),
            labels=labels,
            member=visit.member,
            now=visit.now,
        )
    except templates.BadTemplate as bad:
        raise Refused(visit.gettext(_REASONS[bad.fault]), 422) from bad
    return visit.done(LIST)


def _template(visit: Visit) -> Template:
    statement = templates.in_use().where(Template.id == visit.number_in_path("id"))
    template = visit.session.scalars(statement).one_or_none()
    if template is None:
        raise Missing
    return template
