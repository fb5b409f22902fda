"""The signs that open pages give of who is looking and who is writing."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_conversations
from bot.console.handling import LARGEST_ID, Missing, Visit, screen, step
from bot.console.live.presence import DOINGS
from bot.console.live.routes import hub
from bot.db import PRESENCE, notify
from bot.models import Conversation


def presence_routes() -> list[BaseRoute]:
    return [
        Route("/presence", screen(show_present, *DESK), methods=["GET"]),
        Route("/presence", step(give_sign, *DESK), methods=["POST"]),
    ]


def show_present(_: Visit) -> Response:
    """Who is present anywhere."""
    return JSONResponse({"present": hub.present.everybody()})


def give_sign(visit: Visit) -> Response:
    """Tell every console what the person does in a conversation."""
    number, doing = visit.form.get("conversation", ""), visit.form.get("doing", "")
    if doing not in DOINGS or not _is_id(number) or not _may_see(visit, int(number)):
        raise Missing
    notify(
        visit.session,
        PRESENCE,
        conversation=int(number),
        staff=visit.member.id,
        name=visit.member.name,
        doing=doing,
    )
    return Response(status_code=204)


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) < 20 and int(number) <= LARGEST_ID


def _may_see(visit: Visit, conversation_id: int) -> bool:
    seen = visible_conversations(visit.member).where(Conversation.id == conversation_id)
    return visit.session.scalar(seen.with_only_columns(Conversation.id)) is not None
