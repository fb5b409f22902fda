"""`GET /whatsapp/media/<token>/<name>`: a file of ours, where Twilio fetches it to send it.

The token is random and told to Twilio alone. The address answers from the moment of the sending
until the message is on the phone, at most for `OPEN_FOR`; before, after, and for any other name
it is 404.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import clock
from bot.db import transaction
from bot.models import DeliveryState, MediaFile, Outbox
from bot.models.media import WITH_DATA
from bot.settings import settings

log = logging.getLogger(__name__)

# As long as Twilio may hold a message back before it fetches the file.
OPEN_FOR = timedelta(hours=4)
_NEEDED_IN = (
    DeliveryState.QUEUED,  # to be tried again
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.SENT,
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


def routes() -> list[Route]:
    return [Route("/whatsapp/media/{token}/{name}", show_file, methods=["GET"])]


def opened(file: MediaFile, now: datetime) -> str:
    """The address at which Twilio finds the file from now on, for a while."""
    file.public_until = now + OPEN_FOR
    return f"{settings().public_address}/whatsapp/media/{file.token}/{file.name}"


async def show_file(request: Request) -> Response:
    try:
        file = await run_in_threadpool(_open_file, **request.path_params)
    except SQLAlchemyError as error:
        log.error("the database is down, a file can't be had: %s", type(error).__name__)
        return PlainTextResponse("try again", status_code=503, headers={"Retry-After": "2"})
    if file is None:
        return PlainTextResponse("not found", status_code=404, headers=_HEADERS)
    disposition = f'inline; filename="{file.name}"'
    return Response(
        file.data,
        media_type=file.safe_type,
        headers={**_HEADERS, "Content-Disposition": disposition},
    )


def _open_file(token: str, name: str) -> MediaFile | None:
    with transaction() as session:
        return session.scalars(
            select(MediaFile)
            .join(Outbox, Outbox.message_id == MediaFile.message_id)
            .where(
                MediaFile.token == token,
                MediaFile.name == name,
                MediaFile.public_until > clock.now(),
                Outbox.state.in_(_NEEDED_IN),
            )
            .options(*WITH_DATA)
        ).one_or_none()
