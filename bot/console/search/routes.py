"""The page of what was found."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.handling import LARGEST_ID, Refused, Visit, screen
from bot.console.search.finding import messages_found, people_found, tickets_found
from bot.console.search.query import read_query

LONGEST_SEARCH = "3s"


def search_routes() -> list[BaseRoute]:
    return [Route("/search", screen(show_found, *DESK), methods=["GET"])]


def show_found(visit: Visit) -> Response:
    query = read_query(visit.request.query_params.get("q", ""))
    before = _before(visit)
    session, member = visit.session, visit.member
    session.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_SEARCH}'"))
    try:
        tickets = tickets_found(session, member, query) if before is None else []
        people = people_found(session, member, query) if before is None else []
        messages, following = messages_found(session, member, query, before)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != "57014":  # query_canceled
            raise
        sentence = visit.gettext("Pencarian ini terlalu luas. Tambahkan satu kata lagi.")
        raise Refused(sentence, 422) from error
    return visit.page(
        "search/search.html",
        query=query,
        tickets=tickets,
        people=people,
        messages=messages,
        following=following,
        is_first=before is None,
    )


def _before(visit: Visit) -> int | None:
    asked = visit.request.query_params.get("before", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > 19:
        return None
    return min(int(asked), LARGEST_ID)
