"""Tags on tickets: short words of the officers' own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.db import DESK, notify
from bot.desk import tickets
from bot.desk.log import record
from bot.models import Staff, Tag, TicketTag

LONGEST = 32
MOST = 12  # on one ticket


class TagRefused(tickets.DeskError):
    """`why` is `empty`, `long` or `many`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def clean(name: str) -> str:
    """The tag as it is kept: lower case, single spaces, without `#`; raises TagRefused."""
    cleaned = " ".join(name.replace("#", " ").lower().split())
    if not cleaned or not cleaned.isprintable():
        raise TagRefused("empty")
    if len(cleaned) > LONGEST:
        raise TagRefused("long")
    return cleaned


def add(session: Session, ticket_id: int, name: str, officer: Staff, now: datetime) -> None:
    """Put a tag on a ticket, open or closed; once."""
    cleaned = clean(name)
    ticket, conversation = tickets.locked_ticket(session, ticket_id)
    present = tags_of(session, ticket.id)
    if cleaned in {tag.name for tag in present}:
        return
    if len(present) >= MOST:
        raise TagRefused("many")
    session.add(
        TicketTag(
            ticket_id=ticket.id,
            tag_id=_tag_id(session, cleaned),
            added_by_id=officer.id,
            added_at=now,
        )
    )
    record(session, ticket.id, "tagged", now, officer.id, tag=cleaned)
    notify(session, DESK, ticket=ticket.id, conversation=conversation.id)


def remove(session: Session, ticket_id: int, tag_id: int, officer: Staff, now: datetime) -> None:
    """Take a tag off a ticket."""
    ticket, conversation = tickets.locked_ticket(session, ticket_id)
    tag = next((one for one in tags_of(session, ticket.id) if one.id == tag_id), None)
    if tag is None:
        return
    session.execute(
        delete(TicketTag).where(TicketTag.ticket_id == ticket.id, TicketTag.tag_id == tag_id)
    )
    record(session, ticket.id, "untagged", now, officer.id, tag=tag.name)
    notify(session, DESK, ticket=ticket.id, conversation=conversation.id)


def tags_of(session: Session, ticket_id: int) -> Sequence[Tag]:
    """The ticket's tags by name."""
    return session.scalars(
        select(Tag).join(TicketTag).where(TicketTag.ticket_id == ticket_id).order_by(Tag.name)
    ).all()


def tags_by_ticket(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[str]]:
    """The names of the tags of many tickets at once."""
    found: dict[int, list[str]] = {}
    rows = session.execute(
        select(TicketTag.ticket_id, Tag.name)
        .join(Tag)
        .where(TicketTag.ticket_id.in_(ticket_ids))
        .order_by(Tag.name)
    )
    for ticket_id, name in rows:
        found.setdefault(ticket_id, []).append(name)
    return found


def known_tags(session: Session) -> Sequence[Tag]:
    """Every tag by name."""
    return session.scalars(select(Tag).order_by(Tag.name)).all()


def _tag_id(session: Session, name: str) -> int:
    """The tag's id, made if it is new; of two who make it at once both get the same."""
    session.execute(insert(Tag).values(name=name).on_conflict_do_nothing())
    return session.scalars(select(Tag.id).where(Tag.name == name)).one()
