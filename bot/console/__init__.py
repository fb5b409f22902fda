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
from bot.console.alerts.routes import alert_routes
from bot.console.approved.routes import template_routes
from bot.console.articles.routes import article_routes
from bot.console.audit.routes import audit_routes
from bot.console.board.routes import board_routes
from bot.console.calendar.routes import calendar_routes
from bot.console.canned.routes import canned_routes
from bot.console.clocks.routes import clock_routes
from bot.console.consulting.routes import consulting_routes
from bot.console.gate.routes import gate_routes
from bot.console.handling import missing_page
from bot.console.headers import SafeHeaders
from bot.console.holding.routes import holding_routes
from bot.console.live.routes import hub, live_routes
from bot.console.live.signs import presence_routes
from bot.console.media.routes import media_routes
from bot.console.questions.routes import question_routes
from bot.console.queue.routes import queue_routes
from bot.console.reports.routes import reports_routes
from bot.console.retention.routes import retention_routes
from bot.console.roster.routes import roster_routes
from bot.console.search.routes import search_routes
from bot.console.section.routes import section_routes
from bot.console.signin.routes import sign_in_routes
from bot.console.ticket.applicant import applicant_routes
from bot.console.ticket.composing import composing_routes
from bot.console.ticket.routes import ticket_routes
from bot.console.ticket.suggestions import suggestion_routes
from bot.console.trying.routes import trying_routes
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
        *search_routes(),
        *ticket_routes(),
        *consulting_routes(),
        *holding_routes(),
        *roster_routes(),
        *composing_routes(),
        *suggestion_routes(),
        *applicant_routes(),
        *media_routes(),
        *canned_routes(),
        *template_routes(),
        *section_routes(),
        *article_routes(),
        *gate_routes(),
        *question_routes(),
        *trying_routes(),
        *board_routes(),
        *reports_routes(),
        *clock_routes(),
        *calendar_routes(),
        *accounts_routes(),
        *sections_routes(),
        *retention_routes(),
        *audit_routes(),
        *what_if_routes(),
        *live_routes(),
        *presence_routes(),
        *alert_routes(),
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
