"""The log of changes, with search."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.audit.entries import PAGE, Wanted, entries, read_cursor
from bot.console.audit.words import KINDS, facts_words, kind_words
from bot.console.handling import LARGEST_ID, Visit, screen
from bot.models import Role, Staff
from bot.settings import settings


def audit_routes() -> list[BaseRoute]:
    return [Route("/audit", screen(show_log, Role.SUPERVISOR, Role.ADMIN), methods=["GET"])]


def show_log(visit: Visit) -> Response:
    asked = visit.request.query_params
    wanted = Wanted(
        text=asked.get("q", "")[:100].replace("\x00", ""),
        staff_id=_number(asked.get("who", "")),
        kind=asked.get("what", "") if asked.get("what", "") in KINDS else "",
        since=_start_of_day(asked.get("since", "")),
        until=_start_of_day(asked.get("until", ""), days_later=1),
    )
    found = entries(visit.session, wanted, read_cursor(asked.get("after", "")))
    members = visit.session.execute(select(Staff.id, Staff.name).order_by(Staff.name)).all()
    filters = {k: asked.get(k, "") for k in ("q", "who", "what", "since", "until")}
    shown = found[:PAGE]
    return visit.page(
        "audit/log.html",
        entries=shown,
        members=members,
        kinds={kind: kind_words(kind, visit.words) for kind in KINDS},
        kind_words=lambda kind: kind_words(kind, visit.words),
        facts_words=lambda data: facts_words(data, visit.words),
        filters=filters,
        is_filtered=any(filters.values()),
        is_first="after" not in asked,
        first_address=_address(filters),
        next_address=_address(filters, shown[-1].cursor) if len(found) > PAGE else "",
    )


def _address(filters: dict[str, str], after: str = "") -> str:
    given = {key: value for key, value in {**filters, "after": after}.items() if value}
    return f"/console/audit?{urlencode(given)}" if given else "/console/audit"


def _number(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST_ID else None


def _start_of_day(text: str, days_later: int = 0) -> datetime | None:
    """The moment at which the day begins in office time."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time.min, settings().office_zone)
