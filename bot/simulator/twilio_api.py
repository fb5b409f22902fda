"""A stand-in for Twilio's Messages API: what we use of it, in Twilio's shapes, with its errors.

It follows Twilio's OpenAPI description of the resource (2010-04-01) for success, and its error
dictionary for refusals. Everything it accepted is in the tables, so it may be killed any time.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.clock import now
from bot.db import transaction
from bot.desk.templates import filled
from bot.models import Template
from bot.models.simulator import FailKind, SimulatorMessage
from bot.settings import settings
from bot.simulator.faults import current_faults
from bot.simulator.forms import API_VERSION, new_sid
from bot.simulator.ledger import Sending, accept_sending
from bot.simulator.media import content_of, fetch, held
from bot.simulator.postman import wake

log = logging.getLogger(__name__)

LONGEST_BODY = 1600
LARGEST_PAGE = 1000
USUAL_PAGE = 50
LARGEST_REQUEST = 256 * 1024

ADDRESS = re.compile(r"(whatsapp:)?(\+\d{6,15}|[A-Z]{2}\.[A-Za-z0-9]{1,128})")
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
ADDRESS_ON_THE_WEB = re.compile(r"https?://[^\s/?#]+\S*")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Refused(Exception):
    """An error as Twilio answers it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> Response:
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == 401 else None
        return JSONResponse(
            {
                "code": self.code,
                "message": self.message,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            },
            status_code=self.status,
            headers=headers,
        )


def _too_many_requests() -> Refused:
    return Refused(429, 20429, "Too Many Requests")


def _server_error() -> Refused:
    return Refused(500, 20500, "An internal server error has occurred")


class DroppedConnection(Response):
    """An answer that breaks off: the server closes the connection before the promised end."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})


# --- who asks -------------------------------------------------------------------------------


def _require_account(request: Request) -> None:
    """Raises Refused unless the request carries our account's credentials for our account."""
    expected = f"{settings().account_sid}:{settings().auth_token}"
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        credentials = base64.b64decode(given, validate=True)
    except ValueError:
        credentials = b""
    known = hmac.compare_digest(credentials, expected.encode())
    own_account = request.path_params["account_sid"] == settings().account_sid
    if scheme.lower() != "basic" or not known or not own_account:
        raise Refused(401, 20003, "Authenticate")


# --- sending --------------------------------------------------------------------------------


async def create_message(request: Request) -> Response:
    """POST Messages.json: accept a message, or fail in the way the network is set to."""
    try:
        _require_account(request)
        parameters = await _form_of(request)
        outcome = await run_in_threadpool(_create, parameters)
    except Refused as refusal:
        return refusal.response()
    except SQLAlchemyError as error:
        return _unavailable(error)
    wake()
    await asyncio.sleep(outcome.delay_seconds)
    return outcome.response


async def _form_of(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > LARGEST_REQUEST:
        raise Refused(413, 20413, "Request entity too large")
    text = body.decode("utf-8", errors="replace").replace("%00", "")
    form: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        form.setdefault(name, value)  # of several MediaUrl WhatsApp takes the first
    return form


@dataclass(frozen=True)
class Outcome:
    response: Response
    delay_seconds: float


def _create(parameters: Mapping[str, str]) -> Outcome:
    sending = sending_from(parameters)
    file = fetch(sending.media_url) if sending.media_url else None
    with transaction() as session:
        faults = current_faults(session)
        failure = faults.drawn_failure()
        if failure is FailKind.TOO_MANY_REQUESTS:
            return Outcome(_too_many_requests().response(), faults.delay_seconds)
        if failure is FailKind.SERVER_ERROR:
            return Outcome(_server_error().response(), faults.delay_seconds)
        message = accept_sending(session, new_sid("SM"), sending, faults, failure, now(), file)
        accepted = JSONResponse(resource(message), status_code=201)
    return Outcome(_answer_after_accepting(failure, accepted), faults.delay_seconds)


def _answer_after_accepting(failure: FailKind | None, accepted: Response) -> Response:
    if failure is FailKind.SERVER_ERROR_AFTER_ACCEPTING:
        return _server_error().response()
    if failure is FailKind.DROP_AFTER_ACCEPTING:
        return DroppedConnection()
    return accepted


def sending_from(parameters: Mapping[str, str]) -> Sending:
    """The request's parameters, checked in Twilio's order; raises Refused with Twilio's code."""
    to = _recipient(parameters.get("To", ""))
    sender = _sender(parameters.get("From", ""))
    if to.startswith("whatsapp:") != sender.startswith("whatsapp:"):
        raise Refused(
            400, 21910, "Invalid From and To pair. From and To should be of the same channel"
        )
    content_sid = _content_sid(parameters.get("ContentSid"))
    variables = _content_variables(parameters.get("ContentVariables"))
    body = parameters.get("Body", "") or _text_of(content_sid, variables or {})
    media_url = _media_url(parameters.get("MediaUrl"))
    if not body.strip() and content_sid is None and media_url is None:
        raise Refused(400, 21619, "A text message body or media urls must be specified.")
    if len(body) > LONGEST_BODY:
        raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
    return Sending(
        to=to,
        from_=sender,
        body=body,
        content_sid=content_sid,
        content_variables=variables,
        status_callback=_status_callback(parameters.get("StatusCallback")),
        media_url=media_url,
    )


def _recipient(value: str) -> str:
    if not value:
        raise Refused(400, 21604, "A 'To' phone number is required.")
    if not ADDRESS.fullmatch(value):
        raise Refused(400, 21211, f"Invalid 'To' Phone Number: {value[:64]}")
    return value


def _sender(value: str) -> str:
    if not value:
        raise Refused(400, 21603, "A 'From' phone number is required.")
    if not ADDRESS.fullmatch(value):
        raise Refused(400, 21212, f"Invalid From Number (caller ID): {value[:64]}")
    if value != settings().whatsapp_from:
        raise Refused(400, 63007, "Twilio could not find a Channel with the specified From address")
    return value


def _content_sid(value: str | None) -> str | None:
    if value and not CONTENT_SID.fullmatch(value):
        raise Refused(400, 21655, "The ContentSid parameter is invalid.")
    return value or None


def _text_of(content_sid: str | None, variables: Mapping[str, str]) -> str:
    """What a content template says; of one that is not the desk's, the first variable is it."""
    if content_sid is None:
        return ""
    with transaction() as session:
        body = session.scalar(select(Template.body).where(Template.content_sid == content_sid))
    if body is None:
        return variables.get("1", "")
    try:
        return filled(body, {int(number): value for number, value in variables.items()})
    except (KeyError, ValueError):
        raise Refused(400, 21656, "The ContentVariables parameter is invalid.") from None


def _content_variables(value: str | None) -> dict[str, Any] | None:
    if not value:
        return None
    try:
        variables = json.loads(value)
    except ValueError:
        variables = None
    if not isinstance(variables, dict) or not all(isinstance(v, str) for v in variables.values()):
        raise Refused(400, 21656, "The ContentVariables parameter is invalid.")
    return variables


def _media_url(value: str | None) -> str | None:
    if value and not ADDRESS_ON_THE_WEB.fullmatch(value):
        raise Refused(400, 21620, "Invalid media URL(s)")
    return value or None


def _status_callback(value: str | None) -> str | None:
    if value and not ADDRESS_ON_THE_WEB.fullmatch(value):
        raise Refused(400, 21609, "The 'StatusCallback' URL is not a valid URL.")
    return value or None


# --- reading --------------------------------------------------------------------------------


def list_messages(request: Request) -> Response:
    """GET Messages.json: newest first, filtered, in pages."""
    try:
        _require_account(request)
        page = _page_asked_for(request)
        filters = _filters(request.query_params)
        with transaction() as session:
            return JSONResponse(_page(session, request, page, filters))
    except Refused as refusal:
        return refusal.response()
    except SQLAlchemyError as error:
        return _unavailable(error)


def fetch_message(request: Request) -> Response:
    """GET Messages/{sid}.json."""
    try:
        _require_account(request)
        with transaction() as session:
            return JSONResponse(resource(_message(session, request)))
    except Refused as refusal:
        return refusal.response()
    except SQLAlchemyError as error:
        return _unavailable(error)


def list_media(request: Request) -> Response:
    """GET Messages/{sid}/Media.json: what a message carried."""
    try:
        _require_account(request)
        with transaction() as session:
            message = _message(session, request)
    except Refused as refusal:
        return refusal.response()
    except SQLAlchemyError as error:
        return _unavailable(error)
    path = _message_path(message) + "/Media"
    items = [_media_resource(message, item, path) for item in message.media or []]
    uri = f"{path}.json?PageSize={USUAL_PAGE}&Page=0"
    return JSONResponse(
        {
            "end": max(len(items) - 1, 0),
            "first_page_uri": uri,
            "media_list": items,
            "next_page_uri": None,
            "page": 0,
            "page_size": USUAL_PAGE,
            "previous_page_uri": None,
            "start": 0,
            "uri": uri,
        }
    )


def fetch_media(request: Request) -> Response:
    """GET Messages/{sid}/Media/{sid}: the bytes. As on Twilio, authentication is opt-in here."""
    try:
        with transaction() as session:
            return _file_asked_for(session, request)
    except Refused as refusal:
        return refusal.response()
    except SQLAlchemyError as error:
        return _unavailable(error)


def _file_asked_for(session: Session, request: Request) -> Response:
    wanted = request.path_params["media_sid"]
    for item in _message(session, request).media or []:
        if item["sid"] == wanted:
            file = held(item)
            return Response(
                content_of(session, item),
                media_type=file.content_type,
                headers={
                    "Content-Disposition": f'inline; filename="{file.name}"',
                    "X-Content-Type-Options": "nosniff",
                    "Cache-Control": "private, max-age=14400",
                },
            )
    raise _not_found(request)


def _message(session: Session, request: Request) -> SimulatorMessage:
    message = session.scalar(
        select(SimulatorMessage).where(
            SimulatorMessage.sid == request.path_params["message_sid"],
            SimulatorMessage.account_sid == request.path_params["account_sid"],
        )
    )
    if message is None:
        raise _not_found(request)
    return message


def _not_found(request: Request) -> Refused:
    path = request.url.path[request.url.path.find(f"/{API_VERSION}") :]
    return Refused(404, 20404, f"The requested resource {path} was not found")


def _unavailable(error: SQLAlchemyError) -> Response:
    log.warning("simulator: the database is away (%s)", type(error).__name__)
    return Refused(503, 20503, "Service unavailable").response()


@dataclass(frozen=True)
class PageAskedFor:
    size: int
    number: int
    # `PA<sid>`: what comes after that message; `PB<sid>`: what comes before it.
    token: str


def _page_asked_for(request: Request) -> PageAskedFor:
    size = _whole_number(request, "PageSize", USUAL_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise Refused(400, 20001, f"PageSize must be between 1 and {LARGEST_PAGE}")
    return PageAskedFor(
        size, _whole_number(request, "Page", 0), request.query_params.get("PageToken", "")
    )


def _whole_number(request: Request, name: str, otherwise: int) -> int:
    given = request.query_params.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,9}", given):
        raise Refused(400, 20001, f"{name} must be a whole number")
    return int(given)


def _filters(query: Mapping[str, str]) -> list[ColumnElement[bool]]:
    # A message that is accepted and not sent yet counts with the moment of its acceptance, so
    # that whoever looks for a send that may have happened finds it.
    sent = func.coalesce(SimulatorMessage.sent_at, SimulatorMessage.created_at)
    filters: list[ColumnElement[bool]] = []
    if query.get("To"):
        filters.append(SimulatorMessage.to == query["To"])
    if query.get("From"):
        filters.append(SimulatorMessage.from_ == query["From"])
    if query.get("DateSent>"):
        filters.append(sent >= _span(query["DateSent>"])[0])
    if query.get("DateSent<"):
        filters.append(sent < _span(query["DateSent<"])[1])
    if query.get("DateSent"):
        first, after = _span(query["DateSent"])
        filters += [sent >= first, sent < after]
    return filters


def _span(value: str) -> tuple[datetime, datetime]:
    """From the moment that a date (its day) or a time (its second) begins until it is over."""
    try:
        if DAY.fullmatch(value):
            day = date.fromisoformat(value)
            first = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return first, first + timedelta(days=1)
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise Refused(400, 20001, f"DateSent is not a date: {value[:64]}") from None
    first = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(microsecond=0)
    return first, first + timedelta(seconds=1)


def _page(
    session: Session, request: Request, page: PageAskedFor, filters: list[ColumnElement[bool]]
) -> dict[str, object]:
    own = SimulatorMessage.account_sid == settings().account_sid
    rows, more = _rows(session, select(SimulatorMessage).where(own, *filters), page)
    start = page.number * page.size
    return {
        "end": start + max(len(rows) - 1, 0),
        "first_page_uri": _page_uri(request, 0, page.size),
        "messages": [resource(row) for row in rows],
        "next_page_uri": (
            _page_uri(request, page.number + 1, page.size, "PA" + rows[-1].sid) if more else None
        ),
        "page": page.number,
        "page_size": page.size,
        "previous_page_uri": (
            _page_uri(request, page.number - 1, page.size, "PB" + rows[0].sid)
            if page.number > 0 and rows
            else None
        ),
        "start": start,
        "uri": _page_uri(request, page.number, page.size, page.token),
    }


def _rows(
    session: Session, asked: Select[SimulatorMessage], page: PageAskedFor
) -> tuple[list[SimulatorMessage], bool]:
    """The page's messages, newest first, and whether older ones follow."""
    backwards = page.token.startswith("PB")
    if page.token:
        mark = session.scalar(
            select(SimulatorMessage.id).where(SimulatorMessage.sid == page.token[2:])
        )
        if mark is None:
            raise Refused(400, 20001, "PageToken is invalid")
        beyond = SimulatorMessage.id > mark if backwards else SimulatorMessage.id < mark
        asked = asked.where(beyond)
    if backwards:
        nearest = session.scalars(asked.order_by(SimulatorMessage.id).limit(page.size))
        return list(nearest)[::-1], True
    rows = list(session.scalars(asked.order_by(SimulatorMessage.id.desc()).limit(page.size + 1)))
    return rows[: page.size], len(rows) > page.size


def _page_uri(request: Request, number: int, size: int, token: str = "") -> str:
    query = [
        (name, request.query_params[name])
        for name in ("To", "From", "DateSent", "DateSent<", "DateSent>")
        if request.query_params.get(name)
    ]
    query += [("PageSize", str(size)), ("Page", str(number))]
    if token:
        query.append(("PageToken", token))
    account = f"/{API_VERSION}/Accounts/{settings().account_sid}"
    return f"{account}/Messages.json?{urlencode(query)}"


# --- shapes ---------------------------------------------------------------------------------


def _message_path(message: SimulatorMessage) -> str:
    return f"/{API_VERSION}/Accounts/{message.account_sid}/Messages/{message.sid}"


def _rfc_2822(moment: datetime | None) -> str | None:
    return None if moment is None else format_datetime(moment.astimezone(UTC))


def resource(message: SimulatorMessage) -> dict[str, object]:
    """A Message resource as Twilio answers it."""
    path = _message_path(message)
    return {
        "account_sid": message.account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _rfc_2822(message.created_at),
        "date_sent": _rfc_2822(message.sent_at),
        "date_updated": _rfc_2822(message.updated_at),
        "direction": message.direction.value,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": message.from_,
        "messaging_service_sid": None,
        "num_media": str(len(message.media or [])),
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": message.sid,
        "status": message.status.value,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }


def _media_resource(
    message: SimulatorMessage, item: Mapping[str, str], path: str
) -> dict[str, str]:
    created = format_datetime(message.created_at.astimezone(UTC))
    return {
        "account_sid": message.account_sid,
        "content_type": held(item).content_type,
        "date_created": created,
        "date_updated": created,
        "parent_sid": message.sid,
        "sid": item["sid"],
        "uri": f"{path}/{item['sid']}.json",
    }


def api_routes() -> list[Route]:
    """The API, from /2010-04-01 on."""
    messages = f"/{API_VERSION}/Accounts/{{account_sid}}/Messages"
    one = messages + "/{message_sid}"
    return [
        Route(f"{messages}.json", create_message, methods=["POST"]),
        Route(f"{messages}.json", list_messages, methods=["GET"]),
        Route(f"{one}/Media.json", list_media, methods=["GET"]),
        Route(f"{one}/Media/{{media_sid}}", fetch_media, methods=["GET"]),
        Route(f"{one}.json", fetch_message, methods=["GET"]),
    ]
