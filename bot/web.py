"""The web process: the gateway, the console, the simulator when it is on, and health."""

from __future__ import annotations

import gc
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot import clock, console, simulator
from bot.db import transaction
from bot.heartbeat import is_alive
from bot.settings import settings
from bot.whatsapp import sent_files, webhook

log = logging.getLogger(__name__)

PART_TIMEOUT_SECONDS = 2.0


def app() -> Starlette:
    """The application, for uvicorn."""
    routes: list[BaseRoute] = [
        Route("/", home),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        *webhook.routes(),
        *sent_files.routes(),
        *console.routes(),
    ]
    if settings().simulator:
        routes += simulator.routes()
    return Starlette(routes=routes, lifespan=_lifespan)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    async with AsyncExitStack() as running:
        await running.enter_async_context(console.running())
        if settings().simulator:
            await running.enter_async_context(simulator.running())
        # What is loaded stays. Looking through all of it again and again for garbage would hold
        # a webhook call up for a tenth of a second.
        gc.collect()
        gc.freeze()
        yield


async def home(_: Request) -> Response:
    """The phone while trying things out, the console in service."""
    return RedirectResponse("/simulator" if settings().simulator else "/console", 302)


async def healthz(_: Request) -> Response:
    """This process is alive."""
    return JSONResponse({"status": "alive"})


async def readyz(_: Request) -> Response:
    """Each part by name, `ready` or what is wrong; 503 unless all are ready."""
    parts = await run_in_threadpool(_database_and_worker)
    async with httpx.AsyncClient(
        timeout=PART_TIMEOUT_SECONDS, trust_env=False, verify=_certificates()
    ) as client:
        parts["rasa"] = await _answers(client, f"{settings().rasa_url}/status", "model_file")
        health = settings().actions_url.removesuffix("/webhook") + "/health"
        parts["actions"] = await _answers(client, health, "status")
    ready = all(state == "ready" for state in parts.values())
    return JSONResponse(parts, status_code=200 if ready else 503)


@cache
def _certificates() -> ssl.SSLContext:
    # Read once: it takes longer than all the questions, and the webhook would wait for it.
    return httpx.create_ssl_context()


def _database_and_worker() -> dict[str, str]:
    try:
        with transaction() as session:
            session.execute(text("SELECT 1"))
            worker = "ready" if is_alive(session, "worker", clock.now()) else "no sign of life"
    except SQLAlchemyError as error:
        return {"database": type(error).__name__, "worker": "unknown"}
    return {"database": "ready", "worker": worker}


async def _answers(client: httpx.AsyncClient, address: str, field: str) -> str:
    try:
        response = await client.get(address)
        return "ready" if response.status_code == 200 and response.json().get(field) else "busy"
    except (httpx.HTTPError, ValueError) as error:
        return type(error).__name__
