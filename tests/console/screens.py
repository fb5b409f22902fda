"""Every page of the console, found from its routes, with an address to open it at.

A new screen is in here by itself. One whose address names a record needs an example in
`EXAMPLES`, and `fill_the_office` makes that record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from starlette.routing import Mount, Route

from bot import clock, console
from bot.db import transaction
from bot.desk import tickets
from bot.models import Article, ArticleRevision, ArticleStatus, Staff

CAST = ("ani", "budi", "dewi", "eko", "admin")

# What a browser is never shown as a page of its own: where others begin, streams, and the door.
NO_PAGES = {"/", "/events", "/signin", "/{rest:path}"}

EXAMPLES = {
    "/accounts/{id:int}": "/accounts/1",
    "/articles/{id}": "/articles/contoh",
    "/calendar/versions/{id:int}": "/calendar/versions/1",
    "/clocks/{id:int}": "/clocks/1",
    "/conversations/{id:int}": "/conversations/1",
    "/section/{id:int}": "/section/1",
    "/tickets/{id:int}": "/tickets/1",
}

# The same page in another state that looks different.
FURTHER = ["/clocks/2", "/tickets/2", "/queue?tab=all", "/queue?tab=closed", "/audit?q=nothing"]


def paths() -> list[str]:
    """The path of every page, as its route has it."""
    [mount] = [route for route in console.routes() if isinstance(route, Mount)]
    return [
        route.path
        for route in mount.routes
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and route.path not in NO_PAGES
    ]


def addresses() -> list[str]:
    """An address for every page whose records `fill_the_office` has made, and `FURTHER`."""
    found = [EXAMPLES.get(path, path) for path in paths()]
    return [f"/console{path}" for path in [*found, *FURTHER] if "{" not in path]


def fill_the_office(ticket: Callable[..., int], consultation: Callable[..., int]) -> None:
    """One of everything: a question at a section, a late ticket, a closed one, an article."""
    consultation("P2", "Rokok tanpa pita cukai, bagaimana?", name="Muhammad Yusuf Daeng Mattola")
    ticket("paket saya belum keluar", name="Gunawan", ago=timedelta(hours=2))
    closed = ticket("terima kasih", name="Hasan")
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, closed, ani, clock.now())
        tickets.reply(session, closed, ani, "Sama-sama.", clock.now())
        tickets.close(session, closed, ani, "answered", clock.now())
        session.add(Article(id="contoh"))
        session.flush()
        session.add(
            ArticleRevision(
                article_id="contoh",
                number=1,
                status=ArticleStatus.PUBLISHED,
                title="Batas barang kiriman",
                group="kiriman",
                section_code="PKC",
                answer_id="Batasnya USD 3 per kiriman.",
                answer_en="The limit is USD 3 a consignment.",
                legal_basis=["PMK 96/2023"],
                valid_from=date(2024, 1, 1),
                review_by=date(2027, 1, 1),
                confidence="high",
                details={},
                content_hash="x",
            )
        )
