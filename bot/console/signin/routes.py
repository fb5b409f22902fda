"""The sign-in page. Its form is bound to the browser before anybody is known."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import anyio
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot import clock
from bot.console.handling import (
    COOKIE,
    FormTooLarge,
    cookie_is_secure,
    in_turn,
    read_form,
    safe_next,
)
from bot.console.language import LANGUAGES, Words, words_in
from bot.console.rendering import render
from bot.db import transaction
from bot.settings import settings
from bot.staff import SignInRefused, sign_in, sign_out, signed_in

FORM_COOKIE = "maraga_console_form"
PATH = "/console/signin"

# Checking a password is slow and takes memory by design: two at a time, and the rest of the
# service's threads stay free.
_checks = anyio.CapacityLimiter(2)


def sign_in_routes() -> list[BaseRoute]:
    return [
        Route("/signin", sign_in_page, methods=["GET"]),
        Route("/signin", take_sign_in, methods=["POST"]),
    ]


async def sign_in_page(request: Request) -> Response:
    """The form, or on to the console for who is signed in already."""
    if await in_turn(_is_signed_in, request.cookies.get(COOKIE, "")):
        return RedirectResponse(safe_next(request.query_params.get("next", "")), 303)
    return _form_page(request, request.query_params, "", 200)


async def take_sign_in(request: Request) -> Response:
    """Sign in, or the form again with the reason."""
    try:
        form = await read_form(request)
    except FormTooLarge:
        return Response(status_code=413)
    except ValueError:
        return Response(status_code=400)
    words = _words(form)
    if not _is_own_form(request, form):
        sentence = words.gettext("Halaman ini sudah kedaluwarsa. Silakan masuk sekali lagi.")
        return _form_page(request, form, sentence, 403)
    try:
        token, refusal = await anyio.to_thread.run_sync(
            _try, form, words, request.cookies.get(COOKIE, ""), limiter=_checks
        )
    except (OperationalError, PoolTimeout):
        sentence = words.gettext("Basis data tidak terjangkau. Coba lagi sebentar lagi.")
        return _form_page(request, form, sentence, 503)
    if token is None:
        return _form_page(request, form, refusal, 403)
    response = RedirectResponse(safe_next(form.get("next", "")), 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings().session_hours * 3600,
        path="/console",
        secure=cookie_is_secure(),
        httponly=True,
        samesite="lax",
    )
    response.delete_cookie(FORM_COOKIE, path=PATH)
    return response


def _try(form: Mapping[str, str], words: Words, old_token: str) -> tuple[str | None, str]:
    """A token, or the sentence that says why not. A failure is counted, so it commits."""
    with transaction() as session:
        try:
            token = sign_in(
                session, form.get("username", ""), form.get("password", ""), clock.now()
            )
        except SignInRefused as refused:
            return None, _why(refused, words)
        if old_token:
            sign_out(session, old_token)
        return token, ""


def _why(refused: SignInRefused, words: Words) -> str:
    if refused.locked_until is None:
        return words.gettext("Nama pengguna atau kata sandi tidak cocok.")
    seconds = max(1, round((refused.locked_until - clock.now()).total_seconds()))
    return words.gettext(
        "Terlalu banyak percobaan yang gagal. Akun ini dikunci; coba lagi dalam {n} detik."
    ).format(n=seconds)


def _form_page(
    request: Request, form: Mapping[str, str], refusal: str, status: int
) -> HTMLResponse:
    key = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    page = render(
        "signin/signin.html",
        _words(form),
        key=key,
        next=safe_next(form.get("next", "")),
        username=form.get("username", ""),
        refusal=refusal,
    )
    response = HTMLResponse(page, status)
    response.set_cookie(
        FORM_COOKIE,
        key,
        path=PATH,
        secure=cookie_is_secure(),
        httponly=True,
        samesite="strict",
    )
    return response


def _is_own_form(request: Request, form: Mapping[str, str]) -> bool:
    key = request.cookies.get(FORM_COOKIE, "")
    return bool(key) and secrets.compare_digest(key.encode(), form.get("key", "").encode())


def _is_signed_in(token: str) -> bool:
    try:
        with transaction() as session:
            return signed_in(session, token, clock.now()) is not None
    except (OperationalError, PoolTimeout):
        return False


def _words(form: Mapping[str, str]) -> Words:
    asked = form.get("lang", "")
    return words_in(asked if asked in LANGUAGES else LANGUAGES[0])
