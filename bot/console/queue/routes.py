"""The queue and its tabs."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console import labels
from bot.console.access import DESK
from bot.console.handling import Visit, screen
from bot.console.queue import filters as narrowing
from bot.console.queue.cursor import Cursor
from bot.console.queue.rows import TABS, bot_page, counts, ticket_page
from bot.console.roster.routes import own_duty
from bot.models import TicketReason


def queue_routes() -> list[BaseRoute]:
    return [Route("/queue", screen(show_queue, *DESK), methods=["GET"])]


def show_queue(visit: Visit) -> Response:
    asked = visit.request.query_params
    tab = asked.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    filters = narrowing.read_filters(asked)
    cursor = Cursor.read(asked.get("after", ""))
    if tab == "bot":
        page = bot_page(visit.session, visit.member, cursor, visit.now)
    else:
        page = ticket_page(visit.session, visit.member, tab, filters, cursor)
    return visit.page(
        "queue/queue.html",
        tab=tab,
        tabs=TABS,
        counts=counts(visit.session, visit.member, filters),
        rows=page.rows,
        following=page.next,
        is_first=cursor is None,
        filters=filters,
        choices={} if visit.is_fragment else _choices(visit),  # the form stays as it is
        **own_duty(visit),
    )


def _choices(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """What each filter can be set to: the value in the address, and what it is called."""
    return {
        "topic": [(t, labels.topic(t, visit.words)) for t in narrowing.topics(visit.session)],
        "section": [(s.code, s.name) for s in narrowing.sections(visit.session)],
        "channel": [(k, visit.gettext(text)) for k, text in narrowing.CHANNELS.items()],
        "tag": [(name, name) for name in narrowing.tag_names(visit.session)],
        "reason": [(r, labels.label(r, visit.words)) for r in TicketReason],
    }
