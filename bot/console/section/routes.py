"""A section's short list, and the head's. They see the questions put to them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.deadline import explained
from bot.console.handling import Handler, Missing, Refused, Visit, screen, step
from bot.console.section.asked import Asked, one, over, waiting
from bot.desk import consultations, tickets
from bot.models import Role, Section, Tier

LONGEST_TEXT = 16_000
HEAD = "head"  # what the form calls the head of PLI, beside the codes of sections


def section_routes() -> list[BaseRoute]:
    return [*_list_of(Role.SECTION, "/section"), *_list_of(Role.SUPERVISOR, "/decisions")]


def _list_of(role: Role, base: str) -> list[BaseRoute]:
    def doing(name: str, take: Handler) -> Route:
        return Route(f"{base}/{{id:int}}/{name}", step(take, role), methods=["POST"])

    return [
        Route(base, screen(show_list, role), methods=["GET"]),
        Route(f"{base}/{{id:int}}", screen(show_one, role), methods=["GET"]),
        doing("answer", answer),
        doing("ask-back", ask_back),
        doing("pass-on", pass_on),
    ]


# --- looking ----------------------------------------------------------------------------------


def show_list(visit: Visit) -> Response:
    return visit.page(
        "section/list.html",
        base=_base(visit),
        waiting=waiting(visit.session, visit.member),
        over=over(visit.session, visit.member),
    )


def show_one(visit: Visit) -> Response:
    asked = _asked(visit)
    steps = explained(asked.clocks[-1].explanation, visit.words) if asked.clocks else []
    return visit.page(
        "section/one.html", base=_base(visit), asked=asked, steps=steps, others=_others(visit)
    )


def _base(visit: Visit) -> str:
    """Where the person's list is."""
    is_head = visit.member.role is Role.SUPERVISOR
    return "/console/decisions" if is_head else "/console/section"


def _asked(visit: Visit) -> Asked:
    """The question of the address, if it was put to this person."""
    found = one(visit.session, visit.member, visit.number_in_path("id"))
    if found is None:
        raise Missing
    return found


def _others(visit: Visit) -> list[Section]:
    """The sections that a question can be passed on to."""
    others = select(Section).where(Section.code != consultations.PLI).order_by(Section.name)
    own = visit.member.section_id if visit.member.role is Role.SECTION else None
    return [section for section in visit.session.scalars(others) if section.id != own]


# --- doing ------------------------------------------------------------------------------------


def answer(visit: Visit) -> Response:
    asked, text = _asked(visit), _text(visit, "text", visit.gettext("Tulis dulu jawabannya."))
    _dare(
        visit,
        lambda: consultations.answer(
            visit.session, asked.consultation.id, visit.member, text, visit.now
        ),
    )
    return visit.done(_base(visit))


def ask_back(visit: Visit) -> Response:
    asked, text = _asked(visit), _text(visit, "text", visit.gettext("Tulis dulu pertanyaannya."))
    _dare(
        visit,
        lambda: consultations.ask_back(
            visit.session, asked.consultation.id, visit.member, text, visit.now
        ),
    )
    return visit.done(f"{_base(visit)}/{asked.consultation.id}")


def pass_on(visit: Visit) -> Response:
    asked, reason = _asked(visit), _text(visit, "reason", visit.gettext("Tulis dulu alasannya."))
    wanted = visit.form.get("to", "")
    to_head = wanted == HEAD and visit.member.role is Role.SECTION
    if not to_head and wanted not in {section.code for section in _others(visit)}:
        raise Refused(visit.gettext("Pilih kepada siapa pertanyaan ini diteruskan."), 422)
    _dare(
        visit,
        lambda: consultations.pass_on(
            visit.session,
            asked.consultation.id,
            visit.member,
            consultations.PLI if to_head else wanted,
            reason,
            visit.now,
            tier=Tier.HEAD if to_head else Tier.SECTION,
        ),
    )
    return visit.done(_base(visit))


def _text(visit: Visit, name: str, when_empty: str) -> str:
    text = visit.form.get(name, "").replace("\r\n", "\n").strip()
    if not text:
        raise Refused(when_empty, 422)
    if len(text) > LONGEST_TEXT:
        raise Refused(visit.gettext("Teks ini terlalu panjang. Bagi menjadi beberapa."), 422)
    if "\x00" in text:
        raise Refused(visit.gettext("Teks ini memuat huruf yang tidak bisa dikirim."), 422)
    return text


def _dare(visit: Visit, do: Callable[[], object]) -> None:
    """Take a step; raises Refused with the reason in the person's language."""
    try:
        do()
    except tickets.WrongState as error:
        sentences = {
            "answered": visit.gettext("Pertanyaan ini sudah dijawab rekan Anda."),
            "passed_on": visit.gettext("Pertanyaan ini sudah diteruskan rekan Anda."),
            "asked_back": visit.gettext("PLI sudah ditanya balik. Tunggu keterangannya."),
            "closed": visit.gettext("Tiketnya sudah ditutup; jawaban tidak diperlukan lagi."),
        }
        changed = visit.gettext("Keadaan tiket ini sudah berubah. Lihat lagi.")
        raise Refused(sentences.get(str(error), changed)) from error
