"""What a ticket's page shows of its questions to sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.standing import explanations
from bot.models import Consultation, Message, Speaker, Ticket

MESSAGES_OFFERED = 20
SHARE = "share-"  # begins the names of the form's boxes; a message's id follows
LONGEST_ID = 18  # digits


@dataclass(frozen=True)
class Consulting:
    """What can be shared with a section, what sections explained, and what they asked back."""

    shareable: Sequence[Message]
    explained: Sequence[Consultation]
    asked_back: Sequence[Consultation]

    @property
    def is_overdue(self) -> bool:
        """Whether an explanation has lain here too long."""
        return any(c.nudged_at is not None for c in self.explained)


def consulting_of(session: Session, ticket: Ticket | None, *, for_sheet: bool) -> Consulting:
    """For the page of this ticket; nothing for a conversation without one.

    What can be shared is looked up only for the sheet that offers it.
    """
    if ticket is None:
        return Consulting((), (), ())
    asked_back = [c for c in ticket.consultations if c.is_open and c.asked_back_at is not None]
    shareable = _shareable(session, ticket) if for_sheet else ()
    return Consulting(shareable, explanations(session, ticket), asked_back)


def shared_in(form: Mapping[str, str]) -> list[int]:
    """The messages whose boxes were ticked."""
    ids = [name.removeprefix(SHARE) for name in form if name.startswith(SHARE)]
    return [int(i) for i in ids if i.isascii() and i.isdigit() and len(i) <= LONGEST_ID]


def _shareable(session: Session, ticket: Ticket) -> list[Message]:
    """The last messages of people and the bot, oldest first."""
    newest = session.scalars(
        select(Message)
        .where(Message.conversation_id == ticket.conversation_id, Message.speaker != Speaker.DESK)
        .order_by(Message.id.desc())
        .limit(MESSAGES_OFFERED)
    ).all()
    return list(reversed(newest))
