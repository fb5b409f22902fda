"""A conversation as it is read: days, messages, what happened to its tickets in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bot.console import labels
from bot.console.language import Words
from bot.console.times import day_heading, local
from bot.models import (
    ArticleRevision,
    ArticleStatus,
    BotDecision,
    Conversation,
    DeliveryState,
    Direction,
    Message,
    Section,
    Speaker,
    Staff,
    Ticket,
    TicketEvent,
)

MESSAGES_SHOWN = 150


@dataclass(frozen=True)
class Candidate:
    """An article that the bot weighed for an answer."""

    title: str
    article: str
    percent: int | None


@dataclass(frozen=True)
class Evidence:
    """Why the bot said what it said."""

    question: str
    kind: str
    given: ArticleRevision | None
    candidates: tuple[Candidate, ...]
    helpful: bool | None


@dataclass(frozen=True)
class Bubble:
    """A message with what is shown beside it."""

    message: Message
    who: str
    evidence: Evidence | None
    fault: str

    @property
    def media(self) -> list[tuple[str, str]]:
        """Type and file name of each attachment."""
        found = (self.message.extra or {}).get("media") or []
        return [(str(item.get("type", "")), str(item.get("name") or "")) for item in found]

    @property
    def map_address(self) -> str | None:
        """A map at the place that was sent."""
        extra = self.message.extra or {}
        try:
            latitude, longitude = float(extra["latitude"]), float(extra["longitude"])
        except (KeyError, TypeError, ValueError):
            return None
        place = f"{latitude:.6f}/{longitude:.6f}"
        return (
            f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}"
            f"#map=16/{place}"
        )


@dataclass(frozen=True)
class Happening:
    """A line between the messages."""

    at: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class Day:
    heading: str
    first: datetime
    entries: list[Bubble | Happening]


@dataclass(frozen=True)
class Transcript:
    days: list[Day]
    has_earlier: bool
    last_question: str  # the applicant's last words, for a question to a section


def transcript_of(
    session: Session, conversation: Conversation, pages: int, now: datetime, words: Words
) -> Transcript:
    """The last messages of the conversation, `pages` times as many as are usually shown."""
    limit = MESSAGES_SHOWN * pages
    newest = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id)
        .options(joinedload(Message.outbox))
        .order_by(Message.id.desc())
        .limit(limit + 1)
    ).all()
    messages = list(reversed(newest[:limit]))
    has_earlier = len(newest) > limit
    since = messages[0].at if messages and has_earlier else None
    entries: list[Bubble | Happening] = [
        *_bubbles(session, messages, words),
        *_happenings(session, conversation, since, words),
    ]
    entries.sort(key=_moment)
    return Transcript(_by_day(entries, now, words), has_earlier, _last_question(messages))


def _moment(entry: Bubble | Happening) -> tuple[datetime, int]:
    """Entries of one moment: what was written, then what came of it."""
    if isinstance(entry, Bubble):
        return entry.message.at, entry.message.id
    return entry.at, 2**62


def _bubbles(session: Session, messages: Sequence[Message], words: Words) -> list[Bubble]:
    names = _names(session, {m.staff_id for m in messages if m.staff_id})
    evidence = _evidence(session, {m.turn_id for m in messages if m.turn_id})
    bubbles = []
    for message in messages:
        shown = None
        if message.speaker == Speaker.BOT and message.turn_id is not None:
            shown = evidence.pop(message.turn_id, None)  # under the turn's first words alone
        bubbles.append(Bubble(message, _who(message, names, words), shown, _fault(message, words)))
    return bubbles


def _who(message: Message, names: Mapping[int, str], words: Words) -> str:
    name = names.get(message.staff_id) if message.staff_id else None
    return name or labels.label(message.speaker, words)


def _fault(message: Message, words: Words) -> str:
    outbox = message.outbox
    if outbox is None:
        return ""
    if outbox.state == DeliveryState.CANCELLED:
        return words.gettext("Petugas sudah mengambil alih sebelum pesan ini terkirim.")
    if outbox.state == DeliveryState.FAILED:
        return labels.fault(outbox.error_code, words)
    return ""


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return dict(rows.all())


def _evidence(session: Session, turns: set[int]) -> dict[int, Evidence]:
    decisions = session.scalars(
        select(BotDecision)
        .where(BotDecision.turn_id.in_(turns))
        .options(joinedload(BotDecision.revision))
    ).all()
    titles = _titles(session, decisions)
    return {decision.turn_id: _evidence_of(decision, titles) for decision in decisions}


def _evidence_of(decision: BotDecision, titles: Mapping[str, str]) -> Evidence:
    return Evidence(
        question=decision.question,
        kind=decision.kind,
        given=decision.revision,
        candidates=tuple(_candidate(item, titles) for item in decision.candidates),
        helpful=decision.helpful,
    )


def _candidate(item: Mapping[str, Any], titles: Mapping[str, str]) -> Candidate:
    article = str(item.get("article", ""))
    score = item.get("score")
    percent = round(float(score) * 100) if isinstance(score, int | float) else None
    return Candidate(titles.get(article, article), article, percent)


def _titles(session: Session, decisions: Sequence[BotDecision]) -> dict[str, str]:
    articles = {str(item.get("article", "")) for d in decisions for item in d.candidates}
    if not articles:
        return {}
    rows = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.title).where(
            ArticleRevision.article_id.in_(articles),
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    )
    return dict(rows.all())


def _happenings(
    session: Session, conversation: Conversation, since: datetime | None, words: Words
) -> list[Happening]:
    statement = (
        select(TicketEvent, Ticket.number)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.conversation_id == conversation.id, TicketEvent.kind.in_(labels.EVENTS))
        .options(joinedload(TicketEvent.staff))
        .order_by(TicketEvent.id)
    )
    if since is not None:
        statement = statement.where(TicketEvent.at >= since)
    rows = session.execute(statement).all()
    sections = dict(session.execute(select(Section.code, Section.name)).all())
    return [
        Happening(event.at, _told(event, number, sections, words), event.kind)
        for event, number in rows
    ]


def _told(event: TicketEvent, number: str, sections: Mapping[str, str], words: Words) -> str:
    code = str(event.data.get("section", ""))
    return words.gettext(labels.EVENTS[event.kind]).format(
        ticket=number,
        who=event.staff.name if event.staff else words.gettext("Layanan"),
        section=sections.get(code, code),
        stars=event.data.get("stars", ""),
        to=event.data.get("to", ""),
    )


def _by_day(entries: Sequence[Bubble | Happening], now: datetime, words: Words) -> list[Day]:
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
