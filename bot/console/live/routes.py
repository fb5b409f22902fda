"""The stream of changes that every open page reads."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from random import random

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot import clock
from bot.console.access import DESK
from bot.console.handling import COOKIE, in_turn
from bot.console.live.hub import Hub, Subscription
from bot.console.live.watch import EVERYTHING, Change, Watch, read_watch
from bot.db import transaction
from bot.models import Role
from bot.staff import signed_in

BEAT_SECONDS = 15.0  # at most
LOOK_AGAIN_SECONDS = 30.0

hub = Hub()


def live_routes() -> list[BaseRoute]:
    return [Route("/events", events)]


async def events(request: Request) -> Response:
    """Server-sent events such as {"ticket": 42}, as long as the person is signed in.

    The query names what the page watches: `?watch=conversation:7`; without, every change is told.
    """
    token = request.cookies.get(COOKIE, "")
    try:
        role = await in_turn(_role_of, token)
    except (OperationalError, PoolTimeout):
        return Response(status_code=503)
    if role is None:
        return Response(status_code=401)
    return StreamingResponse(
        _stream(token, role, read_watch(request.query_params.get("watch", ""))),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _stream(token: str, role: Role, watch: Watch) -> AsyncIterator[str]:
    # Streams that were opened together, as after a restart, neither beat nor look again together.
    looked_at = time.monotonic() - random() * LOOK_AGAIN_SECONDS
    with hub.subscription(watch) as subscription:
        yield "retry: 2000\nevent: open\ndata: {}\n\n"
        while True:
            yield await _next_lines(subscription, role)
            if time.monotonic() - looked_at > LOOK_AGAIN_SECONDS:
                looked_at = time.monotonic()
                if not await _is_still_signed_in(token):
                    return


async def _next_lines(subscription: Subscription, role: Role) -> str:
    changes = await subscription.changes(BEAT_SECONDS * (1 - random() / 2))
    told = [said for change in changes if (said := _told_to(role, change)) is not None]
    return "".join(map(_event, told)) or "event: beat\ndata: {}\n\n"


def _event(said: Change) -> str:
    """A change is a message; who is present is an event of its own, as no page is old by it."""
    if "presence" in said:
        return f"event: presence\ndata: {json.dumps(said['presence'])}\n\n"
    return f"data: {json.dumps(said)}\n\n"


def _told_to(role: Role, change: Change) -> Change | None:
    """What a role hears of a change: a section learns no numbers but that it may look."""
    if role in DESK:
        return change
    return EVERYTHING if change is EVERYTHING or "ticket" in change else None


async def _is_still_signed_in(token: str) -> bool:
    try:
        return await in_turn(_role_of, token) is not None
    except (OperationalError, PoolTimeout):
        return True  # the database is away; the person has not left


def _role_of(token: str) -> Role | None:
    with transaction() as session:
        sign_in = signed_in(session, token, clock.now())
        return sign_in.staff.role if sign_in else None
