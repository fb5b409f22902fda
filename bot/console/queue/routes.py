"""The queue and its tabs."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import Visit, screen
from bot.console.queue.rows import PAGE, TABS, bot_rows, counts, ticket_rows


def queue_routes() -> list[BaseRoute]:
    return [Route("/queue", screen(show_queue, *DESK), methods=["GET"])]


def show_queue(visit: Visit) -> Response:
    asked = visit.request.query_params.get("tab", "")
    tab = asked if asked in TABS else TABS[0]
    page = _page_number(visit)
    find = bot_rows if tab == "bot" else ticket_rows
    rows = find(visit.session, visit.member, tab, page, visit.now)
    return visit.page(
        "queue/queue.html",
        tab=tab,
        tabs=TABS,
        counts=counts(visit.session, visit.member),
        rows=rows[:PAGE],
        page=page,
        first=(page - 1) * PAGE + 1,
        has_more=len(rows) > PAGE,
    )


def _page_number(visit: Visit) -> int:
    asked = visit.request.query_params.get("page", "1")
    return min(10_000, max(1, int(asked))) if asked.isascii() and asked.isdigit() else 1
