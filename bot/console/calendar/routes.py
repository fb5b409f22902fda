"""The calendar's screens. An edit is reviewed beside what holds, then becomes a new version."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.calendar import forms
from bot.console.calendar.changes import (
    changes,
    first_changed_day,
    mark_in,
    shown_days,
    weekday_name,
)
from bot.console.calendar.faults import said
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.times import local
from bot.desk.calendar import OfficeCalendar, read_rules
from bot.desk.calendar_rules import WrongRules, check
from bot.desk.calendar_versions import NothingChanged, OutOfDate, add_version, newest_version
from bot.models import OfficeCalendarVersion, Role, Staff

VERSIONS_SHOWN = 30
LONGEST_NOTE = 200


def calendar_routes() -> list[BaseRoute]:
    return [
        Route("/calendar", screen(show_calendar, *DESK), methods=["GET"]),
        Route("/calendar/versions/{id:int}", screen(show_version, *DESK), methods=["GET"]),
        Route("/calendar/hours", screen(edit_hours, Role.ADMIN), methods=["GET"]),
        Route("/calendar/hours", step(review_hours, Role.ADMIN), methods=["POST"]),
        Route("/calendar/holidays", screen(edit_holidays, Role.ADMIN), methods=["GET"]),
        Route("/calendar/holidays", step(review_holidays, Role.ADMIN), methods=["POST"]),
        Route("/calendar/apply", step(apply, Role.ADMIN), methods=["POST"]),
    ]


# --- looking ----------------------------------------------------------------------------------


def show_calendar(visit: Visit) -> Response:
    version = newest_version(visit.session)
    calendar = read_rules(version.rules, version.id)
    today = _today(visit)
    author = aliased(Staff)
    versions = visit.session.execute(
        select(OfficeCalendarVersion, author.name)
        .outerjoin(author, author.id == OfficeCalendarVersion.created_by_id)
        .order_by(OfficeCalendarVersion.id.desc())
        .limit(VERSIONS_SHOWN)
    ).all()
    return visit.page(
        "calendar/calendar.html",
        version=version,
        fields=forms.hours_of(version.rules, mark_in(visit.words)),
        weekdays=_weekdays(visit),
        days=shown_days(calendar, today, visit.words),
        today=today,
        versions=versions,
        unconfirmed=_unconfirmed(version.rules, today),
        may_edit=visit.member.role is Role.ADMIN,
    )


def show_version(visit: Visit) -> Response:
    number = visit.number_in_path("id")
    version = visit.session.get(OfficeCalendarVersion, number)
    if version is None:
        raise Missing
    before = visit.session.scalars(
        select(OfficeCalendarVersion)
        .where(OfficeCalendarVersion.id < number)
        .order_by(OfficeCalendarVersion.id.desc())
        .limit(1)
    ).one_or_none()
    return visit.page(
        "calendar/version.html",
        version=version,
        author=visit.session.get(Staff, version.created_by_id or 0),
        newest=newest_version(visit.session).id,
        fields=forms.hours_of(version.rules, mark_in(visit.words)),
        weekdays=_weekdays(visit),
        holidays=[(date.fromisoformat(d), n) for d, n in version.rules["holidays"].items()],
        changed=changes(before.rules, version.rules, visit.words) if before else [],
    )


# --- editing ----------------------------------------------------------------------------------


def edit_hours(visit: Visit) -> Response:
    version = newest_version(visit.session)
    return _hours_page(visit, version, forms.hours_of(version.rules, mark_in(visit.words)), {})


def review_hours(visit: Visit) -> Response:
    version = newest_version(visit.session)
    fields = forms.hours_in(visit.form)
    try:
        rules, calendar = forms.rules_with_hours(version.rules, fields, _today(visit))
    except WrongRules as wrong:
        return _hours_page(visit, version, fields, said(wrong.problems, visit.words), 422)
    return _review_page(visit, version, rules, calendar, back="/console/calendar/hours")


def edit_holidays(visit: Visit) -> Response:
    return _holidays_page(visit, _year(visit, visit.request.query_params.get("year", "")), {})


def review_holidays(visit: Visit) -> Response:
    version = newest_version(visit.session)
    year = _year(visit, visit.form.get("year", ""))
    try:
        rules, calendar = forms.rules_with_holidays(version.rules, visit.form, year, _today(visit))
    except WrongRules as wrong:
        return _holidays_page(visit, year, said(wrong.problems, visit.words), 422)
    back = f"/console/calendar/holidays?year={year}"
    return _review_page(visit, version, rules, calendar, back=back)


def apply(visit: Visit) -> Response:
    """Make what was reviewed the newest version."""
    note = " ".join(visit.form.get("note", "").split())
    if not 0 < len(note) <= LONGEST_NOTE:
        raise Refused(visit.gettext("Tulis alasan perubahan ini, misalnya nomor edarannya."), 422)
    based_on = visit.form.get("based_on", "")
    try:
        rules = json.loads(visit.form.get("rules", ""))
        check(rules)
        add_version(
            visit.session,
            rules,
            based_on=int(based_on) if based_on.isascii() and based_on.isdigit() else 0,
            note=note,
            admin=visit.member,
            now=visit.now,
        )
    except (ValueError, WrongRules) as error:
        raise Refused(
            visit.gettext("Aturan ini tidak bisa dipakai. Ulangi dari editor."), 422
        ) from (error)
    except OutOfDate as error:
        raise Refused(
            visit.gettext(
                "Sementara itu ada versi baru dari administrator lain. Buka lagi kalendernya, "
                "lalu ulangi perubahan Anda."
            )
        ) from error
    except NothingChanged as error:
        raise Refused(visit.gettext("Tidak ada yang berubah."), 422) from error
    return visit.done("/console/calendar")


# --- pages ------------------------------------------------------------------------------------


def _hours_page(
    visit: Visit,
    version: OfficeCalendarVersion,
    fields: forms.HoursFields,
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    page = visit.page(
        "calendar/hours.html",
        version=version,
        fields=forms.with_blank_period(fields),
        weekdays=_weekdays(visit),
        faults=faults,
        example=forms.written([["07:30", "12:00"], ["13:00", "17:00"]], mark_in(visit.words)),
    )
    return _with_status(page, status)


def _holidays_page(visit: Visit, year: int, faults: dict[str, str], status: int = 200) -> Response:
    version = newest_version(visit.session)
    rows = forms.holiday_rows(version.rules, year)
    page = visit.page(
        "calendar/holidays.html",
        version=version,
        year=year,
        years=range(_today(visit).year, _today(visit).year + 3),
        rows=rows,
        is_confirmed=year in version.rules.get("confirmed_years", []),
        form=visit.form,
        own_days=range(forms.OWN_DAYS),
        faults=faults,
    )
    return _with_status(page, status)


def _review_page(
    visit: Visit,
    version: OfficeCalendarVersion,
    rules: dict[str, Any],
    calendar: OfficeCalendar,
    back: str,
) -> Response:
    old = read_rules(version.rules, version.id)
    today = _today(visit)
    first = first_changed_day(calendar, old, today)
    is_later = first is not None and (first - today).days >= 30
    return visit.page(
        "calendar/review.html",
        version=version,
        rules=json.dumps(rules),
        changed=changes(version.rules, rules, visit.words),
        is_unchanged=rules == version.rules,
        days=shown_days(calendar, today, visit.words, old),
        later=shown_days(calendar, first, visit.words, old) if first and is_later else [],
        back=back,
        today=today,
    )


def _with_status(page: Response, status: int) -> Response:
    return HTMLResponse(page.body, status) if status != 200 else page


def _weekdays(visit: Visit) -> list[str]:
    return [weekday_name(weekday, visit.words) for weekday in forms.WEEK]


def _today(visit: Visit) -> date:
    return local(visit.now).date()


def _year(visit: Visit, asked: str) -> int:
    """This year or one of the next two; this year if it is none of them."""
    this = _today(visit).year
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this
    return year if this <= year <= this + 2 else this


def _unconfirmed(rules: dict[str, Any], today: date) -> int | None:
    """A year whose days off nobody has confirmed and that is near: next year's from October on."""
    year = today.year + 1 if today.month >= 10 else today.year
    return None if year in rules.get("confirmed_years", []) else year
