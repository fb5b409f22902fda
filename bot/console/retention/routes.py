"""What is deleted after how many days."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.handling import Visit, screen, step
from bot.housekeeping import silent_people
from bot.models import RetentionKind, Role
from bot.retention import LONGEST, SHORTEST, choose_retention, defaults, retention_days


def retention_routes() -> list[BaseRoute]:
    return [
        Route("/retention", screen(show_retention, Role.ADMIN), methods=["GET"]),
        Route("/retention", step(change, Role.ADMIN), methods=["POST"]),
    ]


def show_retention(visit: Visit) -> Response:
    days = {kind.value: str(n) for kind, n in retention_days(visit.session).items()}
    return _page(visit, days)


def change(visit: Visit) -> Response:
    """Keep things for so long. A shorter time is asked about once, as it can't be undone."""
    written = {kind.value: visit.form.get(kind.value, "").strip() for kind in RetentionKind}
    wanted = {RetentionKind(kind): _days(text) for kind, text in written.items()}
    if not all(wanted.values()):
        sentence = visit.gettext("Isi antara {n} dan {m} hari.").format(n=SHORTEST, m=LONGEST)
        return _page(visit, written, fault=sentence)
    before = retention_days(visit.session)
    if any(wanted[kind] < before[kind] for kind in wanted) and "sure" not in visit.form:
        until = visit.now - timedelta(days=wanted[RetentionKind.PEOPLE])
        people = visit.session.scalar(
            select(func.count()).select_from(silent_people(until).subquery())
        )
        return _page(visit, written, people_to_go=people)
    choose_retention(visit.session, visit.member, wanted, visit.now)
    return visit.done("/console/retention?saved=yes")


def _page(
    visit: Visit, days: dict[str, str], fault: str = "", people_to_go: int | None = None
) -> Response:
    page = visit.page(
        "retention/retention.html",
        days=days,
        fault=fault,
        people_to_go=people_to_go,
        saved="saved" in visit.request.query_params,
        defaults={kind.value: n for kind, n in defaults().items()},
        shortest=SHORTEST,
        longest=LONGEST,
    )
    return HTMLResponse(page.body, 422) if fault else page


def _days(text: str) -> int:
    """The number that is written; 0 if it is none that is allowed."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return number if SHORTEST <= number <= LONGEST else 0
