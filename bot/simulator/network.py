"""The switches that make the stand-in's network slow, failing, duplicating or reordering."""

from __future__ import annotations

import json
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.db import transaction
from bot.simulator.faults import Faults, FaultsRefused, current_faults, faults_from, set_faults


class NotJson(ValueError):
    """The request's body is not a JSON object."""


async def json_object(request: Request) -> dict[str, object]:
    """The request's JSON object; raises NotJson.

    Another site's form cannot send this content type unasked, so nobody else's page can press
    our buttons.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise NotJson("send application/json")
    try:
        facts = json.loads(await request.body())
    except ValueError:
        raise NotJson("this is not JSON") from None
    if not isinstance(facts, dict):
        raise NotJson("send a JSON object")
    return facts


def read_network(request: Request) -> Response:
    with transaction() as session:
        return JSONResponse(asdict(current_faults(session)))


async def change_network(request: Request) -> Response:
    """Change what the body names; an empty object makes the network healthy again."""
    try:
        facts = await json_object(request)
        faults = await run_in_threadpool(_change, facts)
    except (NotJson, FaultsRefused) as refusal:
        return JSONResponse({"error": str(refusal)}, status_code=400)
    return JSONResponse(asdict(faults))


def _change(facts: dict[str, object]) -> Faults:
    with transaction() as session:
        faults = faults_from(facts, current_faults(session)) if facts else Faults()
        set_faults(session, faults)
        return faults


def network_routes() -> list[Route]:
    return [
        Route("/simulator/network", read_network, methods=["GET"]),
        Route("/simulator/network", change_network, methods=["POST"]),
    ]
