"""The phone page: a chat as an applicant sees it. What it sends takes the real webhook's way."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.clock import now
from bot.db import transaction
from bot.models.simulator import (
    FailKind,
    SimulatorApplicant,
    SimulatorDirection,
    SimulatorMessage,
    SimulatorStatus,
)
from bot.settings import settings
from bot.simulator.bubbles import Bubble, bubbles_of, media_path, traffic_of
from bot.simulator.faults import FINAL_STATUSES, current_faults
from bot.simulator.forms import inbound_form, new_sid
from bot.simulator.ledger import plan_inbound, record_inbound
from bot.simulator.network import NotJson, json_object
from bot.simulator.postman import wake
from bot.simulator.samples import SAMPLES
from bot.simulator.words import LANGUAGES, SUGGESTIONS, WORDS

HERE = Path(__file__).parent
LONGEST_TEXT = 4096
LANGUAGE_COOKIE = "simulator_language"
# A message whose change was committed a little late is told again rather than missed.
OVERLAP = timedelta(seconds=3)

FIRST_APPLICANTS = (
    ("whatsapp:+6281100000001", "Rina Wulandari"),
    ("whatsapp:+6281100000002", "Andi Saleh"),
    ("whatsapp:+6281100000003", "CV Bahari Jaya"),
)
LOCATION = {"Latitude": "-5.1152", "Longitude": "119.4107"}
REACTION = "👍"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class PhoneRefused(ValueError):
    """The page asked for something that a phone can't do. Holds the key of the words for it."""


# --- addresses and language -------------------------------------------------------------------


def address_from(number: str) -> str:
    """The WhatsApp address of a number as people write it, or of a scoped id; PhoneRefused."""
    if re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}", number):
        return f"whatsapp:{number}"
    digits = re.sub(r"[\s().-]", "", number)
    if re.fullmatch(r"0\d{8,13}", digits):
        digits = "62" + digits[1:]
    if not re.fullmatch(r"\+?[1-9]\d{6,14}", digits):
        raise PhoneRefused("bad_number")
    return f"whatsapp:+{digits.removeprefix('+')}"


def path_of(address: str) -> str:
    """The phone page of an address."""
    return f"/simulator/phone/{quote(address.removeprefix('whatsapp:').removeprefix('+'))}"


def shown_number(address: str) -> str:
    """An address as people write numbers: +62 811-0000-0001."""
    number = address.removeprefix("whatsapp:")
    match = re.fullmatch(r"\+62(\d{3})(\d{4})(\d+)", number)
    return f"+62 {match[1]}-{match[2]}-{match[3]}" if match else number


def language_of(request: Request) -> str:
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _address(request: Request) -> str:
    return address_from(request.path_params["number"])


# --- applicants -------------------------------------------------------------------------------


def applicants(session: Session) -> list[SimulatorApplicant]:
    """Those whose phones can be played; a few to begin with."""
    known = list(session.scalars(select(SimulatorApplicant).order_by(SimulatorApplicant.id)))
    if known:
        return known
    for address, name in FIRST_APPLICANTS:
        remember_applicant(session, address, name)
    return list(session.scalars(select(SimulatorApplicant).order_by(SimulatorApplicant.id)))


def remember_applicant(session: Session, address: str, name: str) -> None:
    """Add somebody; a known number takes the new name."""
    statement = insert(SimulatorApplicant).values(address=address, name=name)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[SimulatorApplicant.address], set_={"name": name}
        )
    )


def _name_of(session: Session, address: str) -> str:
    name = session.scalar(
        select(SimulatorApplicant.name).where(SimulatorApplicant.address == address)
    )
    return name or shown_number(address)


# --- what a phone can send --------------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """One message as the applicant composed it."""

    kind: str
    text: str
    payload: str
    replied_to: str


def content_from(facts: dict[str, object], language: str) -> Content:
    """What the page asked to send; raises PhoneRefused."""
    values = {name: facts.get(name, "") for name in ("kind", "text", "payload", "replied_to")}
    if not all(isinstance(value, str) for value in values.values()):
        raise PhoneRefused("bad_message")
    content = Content(**{name: str(value).replace("\x00", "") for name, value in values.items()})
    if content.kind not in {"text", "button", "location", "reaction", *SAMPLES}:
        raise PhoneRefused("bad_message")
    if len(content.text) > LONGEST_TEXT or len(content.payload) > 256:
        raise PhoneRefused("bad_text")
    if content.kind in {"text", "button"} and not content.text.strip():
        raise PhoneRefused("bad_text")
    if not re.fullmatch(r"(SM[0-9a-f]{32})?", content.replied_to):
        raise PhoneRefused("bad_message")
    return content


def send_from_phone(session: Session, address: str, content: Content, language: str) -> str:
    """Put one message on its way to the webhook; its SID."""
    sid = new_sid("SM")
    media = _media_for(content)
    urls = {
        _api_base() + media_path(settings().account_sid, sid, item["sid"]): SAMPLES[
            item["sample"]
        ].content_type
        for item in media
    }
    form = inbound_form(
        sid=sid,
        address=address,
        name=_name_of(session, address),
        kind=_message_type(content.kind),
        body=REACTION if content.kind == "reaction" else content.text,
        media=urls,
        extra=_extra(content, language),
    )
    record_inbound(session, form, media, current_faults(session), now())
    return sid


def _api_base() -> str:
    return settings().twilio_api or f"{settings().public_address}/simulator/twilio"


def _media_for(content: Content) -> list[dict[str, str]]:
    if content.kind not in SAMPLES:
        return []
    return [{"sid": new_sid("ME"), "sample": content.kind}]


def _message_type(kind: str) -> str:
    return SAMPLES[kind].message_type if kind in SAMPLES else kind


def _extra(content: Content, language: str) -> dict[str, str]:
    extra: dict[str, str] = {}
    if content.replied_to:
        extra["OriginalRepliedMessageSid"] = content.replied_to
        extra["OriginalRepliedMessageSender"] = settings().whatsapp_from
    if content.kind == "button":
        extra |= {"ButtonText": content.text, "ButtonPayload": content.payload}
    if content.kind == "location":
        name = WORDS[language]["location_name"]
        extra |= LOCATION | {"Label": name, "Address": name}
    return extra


# --- routes -----------------------------------------------------------------------------------


def first_phone(request: Request) -> Response:
    """The phone played last in this browser, or the first there is."""
    with transaction() as session:
        address = applicants(session)[0].address
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path_of(address) + query, status_code=303, headers=HEADERS)


def phone_page(request: Request) -> Response:
    language = language_of(request)
    address = _address(request)
    with transaction() as session:
        people = {person.address: person.name for person in applicants(session)}
    name = people.setdefault(address, shown_number(address))
    response = _page(
        language=language,
        words=WORDS[language],
        suggestions=SUGGESTIONS[language],
        other_language=next(other for other in LANGUAGES if other != language),
        address=address,
        name=name,
        number=shown_number(address),
        path=path_of(address),
        people=[_listed(known, called, address) for known, called in people.items()],
        zone=now().astimezone(settings().office_zone).tzname(),
        fail_kinds=list(FailKind),
        final_statuses=FINAL_STATUSES,
    )
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=31_536_000, path="/simulator", samesite="lax"
    )
    return response


def _listed(address: str, name: str, current: str) -> dict[str, object]:
    return {
        "name": name,
        "initial": name.removeprefix("+")[0].upper(),
        "number": shown_number(address),
        "path": path_of(address),
        "current": address == current,
    }


def _page(**context: Any) -> Response:
    html = _templates.get_template("phone.html").render(**context)
    return HTMLResponse(html, headers=HEADERS)


def read_phone(request: Request) -> Response:
    """What is new on this phone after `since`; everything without it."""
    language = language_of(request)
    address = _address(request)
    asked_at = now()
    with transaction() as session:
        bubbles = _changed(session, address, language, _since(request), asked_at)
        traffic = traffic_of(session, address, language)
        faults = current_faults(session)
    return JSONResponse(
        {
            "since": (asked_at - OVERLAP).isoformat(),
            "messages": [_shown(bubble, language) for bubble in bubbles],
            "traffic": [asdict(passage) for passage in traffic],
            "network": asdict(faults) | {"healthy": faults.healthy},
        },
        headers=HEADERS,
    )


def _since(request: Request) -> datetime | None:
    asked = request.query_params.get("since")
    if not asked:
        return None
    try:
        since = datetime.fromisoformat(asked)
    except ValueError:
        raise PhoneRefused("bad_message") from None
    if since.tzinfo is None:
        raise PhoneRefused("bad_message")
    return since


def _changed(
    session: Session, address: str, language: str, since: datetime | None, at: datetime
) -> list[Bubble]:
    today = at.astimezone(settings().office_zone)
    return bubbles_of(session, address, language, today, since)


def _shown(bubble: Bubble, language: str) -> dict[str, str | int]:
    html = _templates.get_template("bubble.html").render(bubble=bubble, words=WORDS[language])
    return {
        "sid": bubble.sid,
        "order": bubble.order,
        "day": bubble.day,
        "day_label": bubble.day_label,
        "html": html,
    }


async def send_message(request: Request) -> Response:
    """Send one message from this phone."""
    facts = await json_object(request)
    address = _address(request)
    language = language_of(request)
    content = content_from(facts, language)
    shown = await run_in_threadpool(_send, address, content, language)
    wake()
    return JSONResponse(shown, status_code=201, headers=HEADERS)


def _send(address: str, content: Content, language: str) -> dict[str, str | int]:
    with transaction() as session:
        at = now()
        sid = send_from_phone(session, address, content, language)
        bubbles = _changed(session, address, language, at - OVERLAP, at)
    return _shown(next(bubble for bubble in bubbles if bubble.sid == sid), language)


async def send_again(request: Request) -> Response:
    """Put a refused message on its way once more, with the same MessageSid."""
    await json_object(request)
    await run_in_threadpool(_send_again, _address(request), request.path_params["sid"])
    wake()
    return JSONResponse({}, status_code=202, headers=HEADERS)


def _send_again(address: str, sid: str) -> None:
    with transaction() as session:
        message = session.scalar(
            select(SimulatorMessage)
            .where(
                SimulatorMessage.sid == sid,
                SimulatorMessage.phone == address,
                SimulatorMessage.direction == SimulatorDirection.INBOUND,
                SimulatorMessage.status == SimulatorStatus.FAILED,
            )
            .with_for_update()
        )
        if message is None:
            raise PhoneRefused("bad_message")
        plan_inbound(message, current_faults(session), now())


async def add_applicant(request: Request) -> Response:
    facts = await json_object(request)
    name = str(facts.get("name", "")).replace("\x00", "").strip()
    address = address_from(str(facts.get("number", "")).strip())
    if not 1 <= len(name) <= 60:
        raise PhoneRefused("bad_name")
    await run_in_threadpool(_add_applicant, address, name)
    return JSONResponse({"path": path_of(address)}, status_code=201, headers=HEADERS)


def _add_applicant(address: str, name: str) -> None:
    with transaction() as session:
        remember_applicant(session, address, name)


# --- refusals in words ------------------------------------------------------------------------

Handler = Callable[[Request], Response]
AsyncHandler = Callable[[Request], Awaitable[Response]]


def _in_words(handler: Handler) -> Handler:
    """A handler whose refusals are words for the person at the page."""

    def calm(request: Request) -> Response:
        try:
            return handler(request)
        except (PhoneRefused, SQLAlchemyError) as error:
            return _refusal(request, error)

    return calm


def _in_words_async(handler: AsyncHandler) -> AsyncHandler:
    async def calm(request: Request) -> Response:
        try:
            return await handler(request)
        except (PhoneRefused, NotJson, SQLAlchemyError) as error:
            return _refusal(request, error)

    return calm


def _refusal(request: Request, error: Exception) -> Response:
    words = WORDS[language_of(request)]
    if isinstance(error, SQLAlchemyError):
        status, said = 503, words["database_away"]
    elif isinstance(error, PhoneRefused):
        status, said = 400, words[str(error)]
    else:
        status, said = 400, words["bad_message"]
    if "text/html" in request.headers.get("accept", ""):
        html = _templates.get_template("refusal.html").render(words=words, said=said)
        return HTMLResponse(html, status_code=status, headers=HEADERS)
    return JSONResponse({"error": said}, status_code=status, headers=HEADERS)


def phone_routes() -> list[BaseRoute]:
    phone = "/simulator/phone/{number}"
    again = phone + "/messages/{sid}/again"
    return [
        Mount("/simulator/static", StaticFiles(directory=HERE / "static"), name="simulator-static"),
        Route("/simulator", _in_words(first_phone), methods=["GET"]),
        Route("/simulator/", _in_words(first_phone), methods=["GET"]),
        Route("/simulator/applicants", _in_words_async(add_applicant), methods=["POST"]),
        Route(phone, _in_words(phone_page), methods=["GET"]),
        Route(f"{phone}/messages", _in_words(read_phone), methods=["GET"]),
        Route(f"{phone}/messages", _in_words_async(send_message), methods=["POST"]),
        Route(again, _in_words_async(send_again), methods=["POST"]),
    ]
