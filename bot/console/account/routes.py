"""Language and signing out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.handling import COOKIE, Missing, Visit, safe_next, screen, step
from bot.console.language import LANGUAGES
from bot.staff import sign_out


def account_routes() -> list[BaseRoute]:
    return [
        Route("/", screen(home), methods=["GET"]),
        Route("/language", step(choose_language), methods=["POST"]),
        Route("/signout", step(leave), methods=["POST"]),
    ]


def home(visit: Visit) -> Response:
    """The screen that the person's work starts with."""
    return RedirectResponse(visit.visitor.home, 303)


def choose_language(visit: Visit) -> Response:
    chosen = visit.form.get("language", "")
    if chosen not in LANGUAGES:
        raise Missing
    visit.member.language = chosen
    return visit.done(safe_next(visit.form.get("back", "")))


def leave(visit: Visit) -> Response:
    sign_out(visit.session, visit.request.cookies[COOKIE])
    response = visit.done("/console/signin")
    response.delete_cookie(COOKIE, path="/console")
    return response
