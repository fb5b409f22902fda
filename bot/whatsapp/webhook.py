"""`POST /whatsapp/inbound` and `POST /whatsapp/status`: verify, store, answer. Nothing else.

Neither calls Rasa or Twilio. Answers: 200 stored (or known), 403 not signed by Twilio,
413 too large, 400 no usable form, 503 database down (Twilio tries again).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import now
from bot.db import transaction
from bot.whatsapp.forms import FormRefused, read_number
from bot.whatsapp.intake import keep_form
from bot.whatsapp.signature import is_signed, parse_form, public_url
from bot.whatsapp.status import record_status

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024  # bytes; a form with ten media stays under 16 KiB

_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


def routes() -> list[Route]:
    """The gateway's two addresses."""
    return [
        Route("/whatsapp/inbound", inbound, methods=["POST"]),
        Route("/whatsapp/status", status, methods=["POST"]),
    ]


async def inbound(request: Request) -> Response:
    """An applicant's message."""
    return await _accept(request, lambda form: keep_form(form, now()))


async def status(request: Request) -> Response:
    """What became of a message of ours. The query names it: `?m=<message id>`."""
    message_id = read_number(request.query_params.get("m", ""))
    return await _accept(request, lambda form: _move_on(form, message_id))


def _move_on(form: Mapping[str, str], message_id: int | None) -> None:
    with transaction() as session:
        record_status(session, form, message_id)


async def _accept(request: Request, store: Callable[[Mapping[str, str]], None]) -> Response:
    body = await _read_body(request)
    if body is None:
        return PlainTextResponse("too large", status_code=413)
    try:
        parameters = parse_form(body)
    except ValueError:
        return PlainTextResponse("not a form", status_code=403)
    url = public_url(request.url.path, request.url.query)
    if not is_signed(url, parameters, request.headers.get("X-Twilio-Signature", "")):
        log.warning("refused a call to %s: the signature is not Twilio's", request.url.path)
        return PlainTextResponse("not signed by Twilio", status_code=403)
    form = {_storable(name): _storable(value) for name, value in parameters}
    try:
        await run_in_threadpool(store, form)
    except FormRefused as refusal:
        log.warning("refused a signed form: %s", refusal)
        return PlainTextResponse(str(refusal), status_code=400)
    except SQLAlchemyError as error:
        log.error("the database is down, Twilio is asked to try again: %s", type(error).__name__)
        return PlainTextResponse("try again", status_code=503, headers={"Retry-After": "2"})
    return Response(_EMPTY_TWIML, media_type="text/xml")


async def _read_body(request: Request) -> bytes | None:
    """The body, or None when it is larger than any form of Twilio's."""
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > LARGEST_BODY:
            return None
    return bytes(chunks)


def _storable(value: str) -> str:
    """PostgreSQL keeps no NUL characters."""
    return value.replace("\x00", "\ufffd")
