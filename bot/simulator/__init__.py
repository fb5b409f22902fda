"""A phone in the browser and a stand-in for Twilio, over the service's real webhook.

The web process mounts `routes()` at its root and works within `running()` when no account is
configured. `standin_app()` is the API alone, for tests and measurements that want it in a
process of its own: `uvicorn --factory bot.simulator:standin_app`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from bot.simulator.network import network_routes
from bot.simulator.phone import phone_routes
from bot.simulator.postman import posting
from bot.simulator.twilio_api import api_routes

__all__ = ["routes", "running", "standin_app"]


def routes() -> list[BaseRoute]:
    """Everything under /simulator: the phone, the network's switches, the API."""
    return [Mount("/simulator/twilio", routes=api_routes()), *network_routes(), *phone_routes()]


@asynccontextmanager
async def running(app: Starlette | None = None) -> AsyncIterator[None]:
    """The postman at work: what the stand-in owes is posted, beginning with what was left over."""
    with posting():
        yield


def standin_app() -> Starlette:
    """The API at the root and the network's switches, with the postman at work."""
    return Starlette(routes=[*api_routes(), *network_routes()], lifespan=running)
