"""The roster's page and what can be done on it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Missing, Refused, Visit, safe_next, screen, step
from bot.console.roster.week import coming_days
from bot.console.times import local
from bot.desk import capacity, duty, handover
from bot.models import DutyShift, Staff
from bot.settings import settings

HOURS = (2, 4, 8, 12)
LARGEST_CAPACITY = 99


def roster_routes() -> list[BaseRoute]:
    return [
        Route("/roster", screen(show_roster, *DESK), methods=["GET"]),
        Route("/roster/on", step(sign_on, *DESK), methods=["POST"]),
        Route("/roster/off", step(sign_off, *DESK), methods=["POST"]),
        Route("/roster/plan", step(plan, *DESK), methods=["POST"]),
        Route("/roster/shifts/{id:int}/cancel", step(cancel, *DESK), methods=["POST"]),
        Route("/roster/whatsapp", step(set_whatsapp, *DESK), methods=["POST"]),
        Route("/roster/capacity", step(set_capacity, *handover.OVERSEERS), methods=["POST"]),
    ]


def own_duty(visit: Visit) -> dict[str, object]:
    """What the strip about the person's own duty shows."""
    until = duty.duty_ends_at(visit.session, visit.member.id, visit.now)
    ends_soon = until is not None and until - visit.now <= duty.ENDS_SOON
    return {
        "duty_until": until,
        "duty_ends_soon": ends_soon,
        "is_anybody_on_duty": until is not None or duty.is_anybody_on(visit.session, visit.now),
        "own_load": capacity.load_of(visit.session, visit.member.id) if ends_soon else 0,
        "duty_hours": HOURS,
    }


def show_roster(visit: Visit) -> Response:
    """Who is on duty now and in the coming days."""
    on_duty = duty.on_duty(visit.session, visit.now)
    return visit.page(
        "roster/roster.html",
        days=coming_days(visit.session, visit.now),
        on_duty=on_duty,
        until={one.id: duty.duty_ends_at(visit.session, one.id, visit.now) for one in on_duty},
        loads=capacity.loads(visit.session),
        officers=visit.session.scalars(duty.officers()).all(),
        oversees=visit.member.role in handover.OVERSEERS,
        own=visit.member,
        alerts_are_on=settings().alert_content_sid is not None,
        today=local(visit.now).date().isoformat(),
        **own_duty(visit),
    )


def sign_on(visit: Visit) -> Response:
    """On duty from now: to the office's closing time, or for so many hours."""
    hours = visit.form.get("hours", "")
    until = None
    if hours in {str(one) for one in HOURS}:
        until = visit.now + timedelta(hours=int(hours))
    elif visit.form.get("longer"):
        ends = duty.duty_ends_at(visit.session, visit.member.id, visit.now)
        until = (ends or visit.now) + timedelta(hours=1)
    duty.sign_on(visit.session, visit.member, visit.now, until)
    return visit.done(safe_next(visit.form.get("back", "")))


def sign_off(visit: Visit) -> Response:
    handover.sign_off(visit.session, visit.member, visit.now)
    return visit.done("/console/roster")


def plan(visit: Visit) -> Response:
    """A shift for oneself, or for anybody by a supervisor."""
    officer = _officer(visit)
    starts_at, ends_at = _planned_times(visit)
    try:
        duty.plan(visit.session, officer, starts_at, ends_at, visit.now, visit.member)
    except duty.ShiftRefused as refused:
        raise Refused(_why_no_shift(visit, refused.why), 422) from refused
    return visit.done("/console/roster")


def cancel(visit: Visit) -> Response:
    shift = visit.session.scalars(
        select(DutyShift).where(DutyShift.id == visit.number_in_path("id")).with_for_update()
    ).one_or_none()
    if shift is None or not _may_plan_for(visit, shift.staff_id):
        raise Missing
    duty.cancel(visit.session, shift, visit.now)
    return visit.done("/console/roster")


def set_whatsapp(visit: Visit) -> Response:
    """The person's own number for alerts; an empty one ends them."""
    given = re.sub(r"[\s().\-]", "", visit.form.get("whatsapp", ""))
    if given.startswith("0"):
        given = f"+62{given[1:]}"
    if given and not re.fullmatch(r"\+\d{8,15}", given):
        sentence = visit.gettext("Tulis nomor seperti 0811 400 0001 atau +62 811 400 0001.")
        raise Refused(sentence, 422)
    visit.member.whatsapp = f"whatsapp:{given}" if given else None
    return visit.done("/console/roster")


def set_capacity(visit: Visit) -> Response:
    """How many tickets an officer holds at most; empty means as many as there are."""
    officer = _officer(visit)
    given = visit.form.get("capacity", "").strip()
    is_number = given.isascii() and given.isdigit() and len(given) < 4
    if given and not (is_number and 1 <= int(given) <= LARGEST_CAPACITY):
        sentence = visit.gettext("Batas adalah 1 sampai {n}, atau kosong.")
        raise Refused(sentence.format(n=LARGEST_CAPACITY), 422)
    officer.capacity = int(given) if given else None
    return visit.done("/console/roster")


def _officer(visit: Visit) -> Staff:
    """The officer of the form, if the person may plan for that one."""
    given = visit.form.get("officer", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    officer = visit.session.scalars(duty.officers().where(Staff.id == number)).one_or_none()
    if officer is None or not _may_plan_for(visit, officer.id):
        raise Refused(visit.gettext("Pilih petugasnya."), 422)
    return officer


def _may_plan_for(visit: Visit, staff_id: int) -> bool:
    return visit.member.role in handover.OVERSEERS or staff_id == visit.member.id


def _planned_times(visit: Visit) -> tuple[datetime, datetime]:
    """Start and end in office time; an end not after the start is on the next day."""
    try:
        day = date.fromisoformat(visit.form.get("day", ""))
        first = time.fromisoformat(visit.form.get("from", ""))
        last = time.fromisoformat(visit.form.get("to", ""))
        zone = settings().office_zone
        starts_at = datetime.combine(day, first, zone)
        ends_at = datetime.combine(day + timedelta(days=last <= first), last, zone)
    except (ValueError, OverflowError) as error:
        raise Refused(visit.gettext("Isi tanggal, jam mulai dan jam selesai."), 422) from error
    return starts_at, ends_at


def _why_no_shift(visit: Visit, why: str) -> str:
    sentences = {
        "order": visit.gettext("Jam selesai harus sesudah jam mulai."),
        "long": visit.gettext("Satu giliran paling lama 24 jam."),
        "past": visit.gettext("Giliran itu sudah lewat."),
    }
    return sentences[why]
