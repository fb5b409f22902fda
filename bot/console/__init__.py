"""The console: where officers, sections and supervisors keep the promise.

The web process mounts `routes()` at its root and works within `running()`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.console.account.password import password_routes
from bot.console.account.routes import account_routes
from bot.console.accounts.routes import accounts_routes
from bot.console.accounts.section_routes import sections_routes
from bot.console.articles.routes import article_routes
from bot.console.audit.routes import audit_routes
from bot.console.calendar.routes import calendar_routes
from bot.console.clocks.routes import clock_routes
from bot.console.handling import missing_page
from bot.console.headers import SafeHeaders
from bot.console.live.routes import hub, live_routes
from bot.console.queue.routes import queue_routes
from bot.console.retention.routes import retention_routes
from bot.console.section.routes import section_routes
from bot.console.signin.routes import sign_in_routes
from bot.console.ticket.routes import ticket_routes
from bot.console.what_if.routes import what_if_routes

__all__ = ["routes", "running"]

STATIC = Path(__file__).parent / "static"


def routes() -> list[BaseRoute]:
    """Everything under /console."""
    screens: list[BaseRoute] = [
        *sign_in_routes(),
        *account_routes(),
        *password_routes(),
        *queue_routes(),
        *ticket_routes(),
        *section_routes(),
        *article_routes(),
        *clock_routes(),
        *calendar_routes(),
        *accounts_routes(),
        *sections_routes(),
        *retention_routes(),
        *audit_routes(),
        *what_if_routes(),
        *live_routes(),
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/{rest:path}", missing_page),
    ]
    return [
        Route("/console", enter),
        Mount("/console", routes=screens, middleware=[Middleware(SafeHeaders)]),
    ]


async def enter(_: Request) -> Response:
    """The address that people type."""
    return RedirectResponse("/console/", 303)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Listen to the database for what the open pages have to be told."""
    async with hub.listening():
        yield
