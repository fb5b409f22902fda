"""Sections and their clocks."""

from __future__ import annotations

from sqlalchemy import func, select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import accounts
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.desk.calendar_rules import LONGEST_SECTION_CLOCK
from bot.models import Role, Section, Staff

LONGEST_MINUTES = int(LONGEST_SECTION_CLOCK.total_seconds() // 60)


def sections_routes() -> list[BaseRoute]:
    return [
        Route("/sections", screen(show_sections, Role.ADMIN), methods=["GET"]),
        Route("/sections/{id:int}", step(change, Role.ADMIN), methods=["POST"]),
    ]


def show_sections(visit: Visit) -> Response:
    members = (
        select(func.count())
        .where(Staff.section_id == Section.id, Staff.active, Staff.role == Role.SECTION)
        .scalar_subquery()
    )
    sections = visit.session.execute(select(Section, members).order_by(Section.name)).all()
    return visit.page(
        "accounts/sections.html",
        sections=sections,
        longest=LONGEST_MINUTES,
        saved=visit.request.query_params.get("saved", ""),
    )


def change(visit: Visit) -> Response:
    section = visit.session.get(Section, visit.number_in_path("id"), with_for_update=True)
    if section is None:
        raise Missing
    written = visit.form.get("minutes", "")
    minutes = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    if not 1 <= minutes <= LONGEST_MINUTES:
        sentence = visit.gettext("Jam seksi: 1 sampai {n} menit jam kerja.")
        raise Refused(sentence.format(n=LONGEST_MINUTES), 422)
    try:
        accounts.change_section(
            visit.session,
            visit.member,
            section,
            name=visit.form.get("name", ""),
            minutes=minutes,
            now=visit.now,
        )
    except accounts.BadName as error:
        raise Refused(visit.gettext("Isi nama, paling panjang 80 huruf."), 422) from error
    except accounts.NotAnAdministrator as error:
        raise Refused(visit.gettext("Anda bukan administrator lagi."), 403) from error
    return visit.done(f"/console/sections?saved={section.code}")
