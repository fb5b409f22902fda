"""What is worth a sound and a notification, the web app's manifest and its service worker."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import or_
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_tickets
from bot.console.deadline import Deadline, deadline_of
from bot.console.handling import Visit, screen
from bot.console.rendering import static
from bot.console.times import clock_time
from bot.desk import duty
from bot.desk.handover import waits_for_an_officer
from bot.models import Clock, Ticket, TicketReason, TicketState

STATIC = Path(__file__).parent.parent / "static"
MOST = 50


def alert_routes() -> list[BaseRoute]:
    return [
        Route("/alerts", screen(show_alerts, *DESK), methods=["GET"]),
        Route("/manifest.webmanifest", manifest, methods=["GET"]),
        Route("/worker.js", service_worker, methods=["GET"]),
    ]


def show_alerts(visit: Visit) -> Response:
    """What calls this person now; nothing for who is not on duty.

    Each has a key that stays the same while nothing gets worse, so that a page tells it once.
    """
    if not duty.is_on_duty(visit.session, visit.member.id, visit.now):
        return JSONResponse({"on_duty": False, "alerts": []})
    rows = visit.session.execute(
        visible_tickets(visit.member)
        .where(
            or_(waits_for_an_officer(), Ticket.holder_id == visit.member.id),
            Ticket.state != TicketState.CLOSED,
        )
        .join(Clock, Clock.ticket_id == Ticket.id)
        .where(Clock.stopped_at.is_(None))
        .add_columns(Clock)
        .order_by(Clock.due_at, Clock.id)
        .limit(MOST)
    )
    alerts = [told for ticket, clock in rows if (told := _alert(visit, ticket, clock))]
    return JSONResponse({"on_duty": True, "alerts": alerts})


def _alert(visit: Visit, ticket: Ticket, clock: Clock) -> dict[str, str] | None:
    deadline = deadline_of(clock)
    mood = deadline.mood(visit.now) if deadline else "calm"
    if deadline is None or (ticket.holder_id is not None and mood == "calm"):
        return None
    return {
        "key": f"{clock.id}:{mood}:{ticket.reason}",
        "title": _title(visit, ticket, mood),
        "body": _body(visit, ticket, deadline),
        "address": f"/console/tickets/{ticket.id}",
    }


def _title(visit: Visit, ticket: Ticket, mood: str) -> str:
    if mood == "breached":
        return visit.gettext("Tenggat terlewati")
    if mood == "urgent":
        return visit.gettext("Tenggat hampir habis")
    if ticket.reason is TicketReason.URGENT:
        return visit.gettext("Tiket mendesak menunggu")
    return visit.gettext("Tiket baru menunggu")


def _body(visit: Visit, ticket: Ticket, deadline: Deadline) -> str:
    """The number and the deadline: a notification shows on a locked screen, so no more."""
    return visit.gettext("{ticket}, tenggat {when}").format(
        ticket=ticket.number, when=clock_time(deadline.due_at, visit.words)
    )


async def manifest(_: Request) -> Response:
    """What a phone or desktop needs to install the console."""
    return JSONResponse(
        {
            "name": "Maraga Care",
            "short_name": "Maraga Care",
            "id": "/console/",
            "start_url": "/console/",
            "scope": "/console/",
            "display": "standalone",
            "lang": "id",
            "background_color": "#f4f2ec",
            "theme_color": "#0b3a43",
            "icons": [
                {"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml"},
                *(
                    {
                        "src": static(f"icon-{size}.png"),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                        "purpose": purpose,
                    }
                    for size in (192, 512)
                    for purpose in ("any", "maskable")
                ),
            ],
        },
        media_type="application/manifest+json",
    )


async def service_worker(_: Request) -> Response:
    """Served beside the pages, as a worker rules only what lies below its own address."""
    return FileResponse(STATIC / "worker.js", media_type="text/javascript")
