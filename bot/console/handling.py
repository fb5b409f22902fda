"""How a request becomes a response: who asks, may they, one handler, and what goes wrong.

A handler gets a `Visit` and answers within one transaction. It raises `Missing` for what the
person may not see and `Refused` for what can't be done now; both leave nothing behind.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import parse_qsl, quote

from anyio import CapacityLimiter, to_thread
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from bot import clock
from bot.console.access import OVERSEERS, home_of
from bot.console.language import Words, words_in
from bot.console.rendering import render
from bot.console.uploads import Upload, UploadTooLarge, has_files, read_form_with_files
from bot.db import transaction
from bot.desk import telling
from bot.models import Role, SignIn, Staff
from bot.settings import settings
from bot.staff import signed_in

COOKIE = "maraga_console"
LARGEST_FORM = 256 * 1024  # bytes
LARGEST_ID = 2**63 - 1
MOST_FIELDS = 300  # a year of holidays, or the office's hours with some dated periods

# Who signed in with a temporary password gets no further than choosing an own one.
PASSWORD_PATH = "/console/password"
WITH_TEMPORARY = (PASSWORD_PATH, "/console/language", "/console/signout")

# The threads compute in turns, and with them the loop that acknowledges applicants' messages: more
# at once make no page ready earlier and let those messages wait longer.
_threads = CapacityLimiter(4)

Endpoint = Callable[[Request], Awaitable[Response]]


class Missing(Exception):
    """There is nothing here for this person."""


class Refused(Exception):
    """It can't be done; the sentence, in the person's language, says why and what to do."""

    def __init__(self, sentence: str, status: int = 409) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class FormTooLarge(Exception):
    """The form is larger than anything the console sends."""


@dataclass(frozen=True)
class Visitor:
    """Who looks at a page, as the page shows it. Outlives the transaction."""

    id: int
    name: str
    role: Role
    section: str
    language: str
    csrf_token: str

    @property
    def home(self) -> str:
        return home_of(self.role)

    @property
    def csrf_field(self) -> Markup:
        """The hidden field that every form of a page carries."""
        return Markup('<input type="hidden" name="csrf" value="{}">').format(self.csrf_token)


@dataclass(frozen=True)
class Visit:
    """One request of a signed-in person."""

    request: Request
    session: Session
    member: Staff
    visitor: Visitor
    words: Words
    now: datetime
    form: Mapping[str, str]
    files: Sequence[Upload] = ()

    @property
    def is_fragment(self) -> bool:
        """The page's script asks for the live parts alone."""
        return "x-fragment" in self.request.headers

    def number_in_path(self, name: str) -> int:
        """A record's id out of the address."""
        number = int(self.request.path_params[name])
        if number > LARGEST_ID:
            raise Missing
        return number

    def page(self, template: str, **values: object) -> Response:
        """The template as a page, or its live parts alone."""
        layout = "layout/fragment.html" if self.is_fragment else "layout/page.html"
        return HTMLResponse(
            render(
                template,
                self.words,
                layout=layout,
                visitor=self.visitor,
                now=self.now,
                path=self.request.url.path,
                address=_address(self.request),
                to_agree=self._to_agree(),
                **values,
            )
        )

    def done(self, address: str) -> Response:
        """It was done; go on at `address`."""
        return _to(self.request, address)

    def gettext(self, text: str) -> str:
        return self.words.gettext(text)

    def _to_agree(self) -> int:
        """How many requests to tell people wait for this person, who may be one to agree."""
        if self.member.role not in OVERSEERS:
            return 0
        return telling.how_many_wait_for(self.session, self.member)


Handler = Callable[[Visit], Response]

Result = TypeVar("Result")


async def in_turn(work: Callable[..., Result], *args: object) -> Result:
    """The work's result, done in a thread; where enough are at work it waits until one is done."""
    return await to_thread.run_sync(work, *args, limiter=_threads)


def screen(show: Handler, *roles: Role) -> Endpoint:
    """An endpoint that shows something to people of these roles (all if none is named)."""

    async def endpoint(request: Request) -> Response:
        return await in_turn(_answer, request, show, roles, {})

    return endpoint


def step(take: Handler, *roles: Role) -> Endpoint:
    """An endpoint that changes something; the form has to carry the session's CSRF token."""

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request)
        except FormTooLarge:
            return Response(status_code=413)
        except ValueError:
            return Response(status_code=400)
        return await in_turn(_answer, request, _with_csrf(take), roles, form)

    return endpoint


def step_with_files(take: Handler, *roles: Role) -> Endpoint:
    """A step whose form may carry files, read only from somebody who is signed in."""
    without_files = step(take, *roles)

    async def endpoint(request: Request) -> Response:
        if not has_files(request):
            return await without_files(request)
        if not await in_turn(_is_signed_in, request):
            return _to_sign_in(request)
        try:
            form, files = await read_form_with_files(request)
        except UploadTooLarge:
            return await in_turn(_answer, request, _refuse_upload, roles, {})
        except ValueError:
            return Response(status_code=400)
        return await in_turn(_answer, request, _with_csrf(take), roles, form, files)

    return endpoint


async def missing_page(request: Request) -> Response:
    """For addresses that lead nowhere."""

    def nothing(_: Visit) -> Response:
        raise Missing

    return await in_turn(_answer, request, nothing, (), {})


async def read_form(request: Request) -> dict[str, str]:
    """The URL-encoded form; raises FormTooLarge, or ValueError when it is no such form."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise FormTooLarge
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))


def cookie_is_secure() -> bool:
    """Browsers are to send the cookie over TLS alone, where the service is reached so."""
    return settings().public_address.startswith("https://")


def safe_next(wanted: str) -> str:
    """Where to go after signing in: a page of the console, whatever the address asked for."""
    inside = wanted == "/console" or wanted.startswith(("/console/", "/console?"))
    harmless = wanted.isprintable() and "\\" not in wanted
    return wanted if inside and harmless else "/console/"


def _answer(
    request: Request,
    handler: Handler,
    roles: tuple[Role, ...],
    form: Mapping[str, str],
    files: Sequence[Upload] = (),
) -> Response:
    words = words_in("id")
    try:
        with transaction() as session:
            now = clock.now()
            sign_in = signed_in(session, request.cookies.get(COOKIE, ""), now)
            if sign_in is None:
                return _to_sign_in(request)
            words = words_in(sign_in.staff.language)
            if sign_in.staff.password_is_temporary and request.url.path not in WITH_TEMPORARY:
                return _to(request, PASSWORD_PATH)
            if roles and sign_in.staff.role not in roles:
                raise Missing
            visitor = _visitor(sign_in)
            return handler(Visit(request, session, sign_in.staff, visitor, words, now, form, files))
    except Missing:
        return _refusal(request, words, words.gettext("Halaman ini tidak ada."), 404)
    except Refused as refused:
        return _refusal(request, words, refused.sentence, refused.status)
    except (OperationalError, PoolTimeout):
        sentence = words.gettext("Basis data tidak terjangkau. Coba lagi sebentar lagi.")
        return _refusal(request, words, sentence, 503)


def _is_signed_in(request: Request) -> bool:
    try:
        with transaction() as session:
            token = request.cookies.get(COOKIE, "")
            return signed_in(session, token, clock.now()) is not None
    except (OperationalError, PoolTimeout):
        return True  # the answer will say that the database is away


def _refuse_upload(visit: Visit) -> Response:
    raise Refused(
        visit.gettext("Berkasnya bersama-sama terlalu besar. Kirim dalam beberapa balasan."), 413
    )


def _visitor(sign_in: SignIn) -> Visitor:
    member = sign_in.staff
    return Visitor(
        id=member.id,
        name=member.name,
        role=member.role,
        section=member.section.name if member.section else "",
        language=member.language,
        csrf_token=sign_in.csrf_token,
    )


def _with_csrf(take: Handler) -> Handler:
    def checked(visit: Visit) -> Response:
        given = visit.form.get("csrf") or visit.request.headers.get("x-csrf-token", "")
        if not secrets.compare_digest(given.encode(), visit.visitor.csrf_token.encode()):
            raise Refused(
                visit.gettext("Halaman ini sudah kedaluwarsa. Muat ulang, lalu coba lagi."), 403
            )
        return take(visit)

    return checked


def _to_sign_in(request: Request) -> Response:
    wanted = _address(request) if request.method == "GET" else "/console/"
    address = f"/console/signin?next={quote(wanted, safe='')}"
    if _is_script(request):
        return JSONResponse({"goto": address}, 401)
    return RedirectResponse(address, 303)


def _to(request: Request, address: str) -> Response:
    """Go on at `address`, told to a browser or to the page's script."""
    if _is_script(request):
        return JSONResponse({"goto": address})
    return RedirectResponse(address, 303)


def _refusal(request: Request, words: Words, sentence: str, status: int) -> Response:
    if _is_script(request):
        return JSONResponse({"refused": sentence}, status)
    back = safe_next(request.headers.get("referer", "").partition(request.url.netloc)[2])
    page = render("layout/refusal.html", words, sentence=sentence, status=status, back=back)
    return HTMLResponse(page, status)


def _is_script(request: Request) -> bool:
    return "x-console" in request.headers or "x-fragment" in request.headers


def _address(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"
