"""A file of a conversation: opened as what its bytes are, or only to be saved.

What a browser might run (HTML, SVG, scripts, documents with macros) is never opened here: only
types known by their first bytes are, every other file is a download without a name of its own.
"""

from __future__ import annotations

import mimetypes

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_conversations
from bot.console.handling import Missing, Visit, screen
from bot.console.media.ranges import ranged
from bot.models import Conversation, MediaFile, Message
from bot.models.media import WITH_DATA


def media_routes() -> list[BaseRoute]:
    return [Route("/media/{id:int}", screen(show_file, *DESK), methods=["GET"])]


def show_file(visit: Visit) -> Response:
    seen = visible_conversations(visit.member).with_only_columns(Conversation.id)
    file = visit.session.scalars(
        select(MediaFile)
        .join(MediaFile.message)
        .where(MediaFile.id == visit.number_in_path("id"), Message.conversation_id.in_(seen))
        .options(*WITH_DATA)
    ).one_or_none()
    if file is None or file.data is None:
        raise Missing
    opened = file.safe_type is not None and "save" not in visit.request.query_params
    disposition = "inline" if opened else "attachment"
    return ranged(
        visit.request,
        file.data,
        (file.safe_type if opened else None) or "application/octet-stream",
        {"Content-Disposition": f'{disposition}; filename="{file_name(file)}"'},
    )


def file_name(file: MediaFile) -> str:
    """What we called it; else no more than which file it is and of what type."""
    if file.name is not None:
        return file.name
    ending = mimetypes.guess_extension(file.safe_type or file.stated_type.split(";")[0]) or ".bin"
    return f"maraga-{file.message_id}-{file.position + 1}{ending}"
