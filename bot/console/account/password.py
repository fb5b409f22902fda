"""Everybody's own password."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot import accounts
from bot.console.handling import COOKIE, PASSWORD_PATH, Missing, Visit, screen, step
from bot.staff import signed_in


def password_routes() -> list[BaseRoute]:
    path = PASSWORD_PATH.removeprefix("/console")
    return [
        Route(path, screen(show_password), methods=["GET"]),
        Route(path, step(change_password), methods=["POST"]),
    ]


def show_password(visit: Visit) -> Response:
    return _page(visit, "")


def change_password(visit: Visit) -> Response:
    """An own password; every other browser of the person is signed out."""
    sign_in = signed_in(visit.session, visit.request.cookies.get(COOKIE, ""), visit.now)
    if sign_in is None:
        raise Missing
    old, new = visit.form.get("old", ""), visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        return _page(visit, visit.gettext("Dua kata sandi baru itu tidak sama."))
    try:
        accounts.change_own_password(visit.session, visit.member, sign_in.id, old, new, visit.now)
    except accounts.BadPassword:
        sentence = visit.gettext(
            "Periksa kata sandi yang lama. Yang baru harus lain dan paling sedikit {n} huruf."
        )
        return _page(visit, sentence.format(n=accounts.SHORTEST_PASSWORD))
    return visit.done("/console/")


def _page(visit: Visit, fault: str) -> Response:
    page = visit.page(
        "account/password.html",
        fault=fault,
        is_temporary=visit.member.password_is_temporary,
        shortest=accounts.SHORTEST_PASSWORD,
        longest=accounts.LONGEST_PASSWORD,
    )
    return HTMLResponse(page.body, 422) if fault else page
