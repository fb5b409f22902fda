"""A conversation as it is read: days, messages, notes, what happened to its tickets in between.

The page shows the newest messages and keeps all that come after its first one, so that nothing
is missed after a lost connection. Older ones are asked for piece by piece, by the id before
which they lie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from bot.console import labels
from bot.console.language import Words
from bot.console.ticket.bubbles import Bubble, bubbles_of
from bot.console.times import day_heading, local
from bot.desk.merging import read_together
from bot.models import Conversation, Direction, Message, Note, Section, Ticket, TicketEvent

MESSAGES_SHOWN = 80
MOST_SHOWN = 300  # of a page that has been open for long


@dataclass(frozen=True)
class Happening:
    """A line between the messages."""

    at: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class NoteShown:
    """A note among the messages, that no applicant sees."""

    at: datetime
    note: Note


Entry = Bubble | Happening | NoteShown


@dataclass(frozen=True)
class Day:
    heading: str
    first: datetime
    entries: list[Entry]

    @property
    def date(self) -> str:
        """The day in office time, such as 2026-11-24."""
        return local(self.first).date().isoformat()


@dataclass(frozen=True)
class Transcript:
    days: list[Day]
    first_id: int  # the id of the first message shown, 0 if none is
    has_earlier: bool
    last_question: str  # the applicant's last words, for a question to a section


def latest(
    session: Session, together: Sequence[int], since: int | None, now: datetime, words: Words
) -> Transcript:
    """The newest messages; with `since`, all from that message on (the newest MOST_SHOWN).

    `together` are the conversations that are read as one.
    """
    limit = MESSAGES_SHOWN if since is None else MOST_SHOWN
    statement = _messages(together)
    newest = session.scalars(statement.order_by(Message.id.desc()).limit(limit + 1)).all()
    wanted = [m for m in newest[:limit] if since is None or m.id >= since]
    messages = list(reversed(wanted))
    return _transcript(session, together, messages, len(newest) > len(wanted), None, now, words)


def earlier(
    session: Session, conversation: Conversation, before: int, now: datetime, words: Words
) -> Transcript:
    """The messages before the one with the id `before`, the last MESSAGES_SHOWN of them."""
    together = read_together(session, conversation)
    statement = _messages(together).where(Message.id < before)
    found = session.scalars(statement.order_by(Message.id.desc()).limit(MESSAGES_SHOWN + 1)).all()
    messages = list(reversed(found[:MESSAGES_SHOWN]))
    until = session.scalar(select(Message.at).where(Message.id == before))
    return _transcript(session, together, messages, len(found) > MESSAGES_SHOWN, until, now, words)


def _messages(together: Sequence[int]) -> Select[Message]:
    return (
        select(Message)
        .where(Message.conversation_id.in_(together))
        .options(joinedload(Message.outbox))
    )


def _transcript(
    session: Session,
    together: Sequence[int],
    messages: Sequence[Message],
    has_earlier: bool,
    until: datetime | None,
    now: datetime,
    words: Words,
) -> Transcript:
    since = messages[0].at if messages and has_earlier else None
    entries: list[Entry] = [
        *bubbles_of(session, messages, words),
        *_notes(session, together, since, until),
        *_happenings(session, together, since, until, words),
    ]
    entries.sort(key=_moment)
    return Transcript(
        days=_by_day(entries, now, words),
        first_id=messages[0].id if messages else 0,
        has_earlier=has_earlier,
        last_question=_last_question(messages),
    )


def _moment(entry: Entry) -> tuple[datetime, int]:
    """Entries of one moment: what was written, then what came of it."""
    if isinstance(entry, Bubble):
        return entry.message.at, entry.message.id
    return entry.at, 2**62


def _notes(
    session: Session, together: Sequence[int], since: datetime | None, until: datetime | None
) -> list[NoteShown]:
    statement = (
        select(Note)
        .where(Note.conversation_id.in_(together))
        .options(joinedload(Note.staff))
        .order_by(Note.id)
    )
    if since is not None:
        statement = statement.where(Note.at >= since)
    if until is not None:
        statement = statement.where(Note.at < until)
    return [NoteShown(note.at, note) for note in session.scalars(statement)]


def _happenings(
    session: Session,
    together: Sequence[int],
    since: datetime | None,
    until: datetime | None,
    words: Words,
) -> list[Happening]:
    statement = (
        select(TicketEvent, Ticket.number)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.conversation_id.in_(together), TicketEvent.kind.in_(labels.EVENTS))
        .options(joinedload(TicketEvent.staff))
        .order_by(TicketEvent.id)
    )
    if since is not None:
        statement = statement.where(TicketEvent.at >= since)
    if until is not None:
        statement = statement.where(TicketEvent.at < until)
    rows = session.execute(statement).all()
    sections = _section_names(session) if any("section" in event.data for event, _ in rows) else {}
    return [
        Happening(event.at, _told(event, number, sections, words), event.kind)
        for event, number in rows
    ]


def _section_names(session: Session) -> dict[str, str]:
    return dict(session.execute(select(Section.code, Section.name)).all())


def _told(event: TicketEvent, number: str, sections: Mapping[str, str], words: Words) -> str:
    code = str(event.data.get("section", ""))
    return words.gettext(labels.EVENTS[event.kind]).format(
        ticket=number,
        who=event.staff.name if event.staff else words.gettext("Layanan"),
        section=sections.get(code, code),
        stars=event.data.get("stars", ""),
        to=event.data.get("to", ""),
    )


def _by_day(entries: Sequence[Entry], now: datetime, words: Words) -> list[Day]:
    days: list[Day] = []
    for entry in entries:
        at = _moment(entry)[0]
        if not days or local(days[-1].first).date() != local(at).date():
            days.append(Day(day_heading(at, now, words), at, []))
        days[-1].entries.append(entry)
    return days


def _last_question(messages: Sequence[Message]) -> str:
    said = (m.body for m in reversed(messages) if m.direction == Direction.IN and m.body.strip())
    return next(said, "")
