"""Officers' marks for the editors: this reply is worth an article, here the bot was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, joinedload

from bot import audit
from bot.faq import remembered
from bot.faq.marked import decision_of, name_of
from bot.faq.personal import without_personal_data
from bot.faq.published import published
from bot.models import (
    FaqMark,
    MarkEnd,
    MarkKind,
    Message,
    Speaker,
    Staff,
    Ticket,
)

LONGEST_NOTE = 500  # characters


class MarkFault(StrEnum):
    """Why a message can't be marked, or a mark not be settled."""

    NOT_MARKABLE = "not_markable"
    MARKED_ALREADY = "marked_already"
    NO_SUCH_ARTICLE = "no_such_article"
    TOO_LONG = "too_long"
    SETTLED_ALREADY = "settled_already"
    REASON_MISSING = "reason_missing"


class MarkRefused(Exception):
    """It can't be done; `fault` says why."""

    def __init__(self, fault: MarkFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Right:
    """What would have been right instead of what the bot did: an article, a person, or unsaid."""

    article_id: str | None = None
    person: bool = False


def kind_for(session: Session, message: Message) -> MarkKind | None:
    """How this message can be marked; None if it can't."""
    if message.speaker == Speaker.OFFICER and message.body.strip():
        return MarkKind.MAKE_FAQ
    if message.speaker == Speaker.BOT and decision_of(session, message) is not None:
        return MarkKind.BOT_WRONG
    return None


def mark(
    session: Session,
    message: Message,
    staff: Staff,
    now: datetime,
    *,
    note: str = "",
    right: Right | None = None,
) -> FaqMark:
    """Put the message before the editors. What would have been right is remembered for the gate."""
    right = right or Right()
    kind = kind_for(session, message)
    if kind is None:
        _refuse(MarkFault.NOT_MARKABLE)
    if len(note) > LONGEST_NOTE:
        _refuse(MarkFault.TOO_LONG)
    if right.article_id and published(session, right.article_id) is None:
        _refuse(MarkFault.NO_SUCH_ARTICLE)
    session.scalar(select(Message.id).where(Message.id == message.id).with_for_update())
    if open_mark(session, message) is not None:
        _refuse(MarkFault.MARKED_ALREADY)
    made = FaqMark(
        kind=kind,
        message_id=message.id,
        staff_id=staff.id,
        at=now,
        note=without_personal_data(note.strip(), [name_of(session, message)]),
        right_article_id=right.article_id,
        right_is_person=right.person and right.article_id is None,
    )
    session.add(made)
    decision = decision_of(session, message)
    if kind is MarkKind.BOT_WRONG and decision is not None and (right.article_id or right.person):
        text = without_personal_data(decision.question, [name_of(session, message)])
        remembered.correct(session, text[: remembered.LONGEST], right.article_id, staff, now)
    what = "reply_marked" if kind is MarkKind.MAKE_FAQ else "bot_marked_wrong"
    audit.record(session, what, _subject(session, message), now, staff.id, note=made.note)
    session.flush()
    return made


def withdraw(session: Session, marked: FaqMark, staff: Staff, now: datetime) -> None:
    """It was a mistake; the editors need not see it."""
    _settle(session, marked, MarkEnd.WITHDRAWN, staff, now)


def drafted(
    session: Session, marked: FaqMark, article_id: str, staff: Staff, now: datetime
) -> None:
    """A draft of this article was begun from it."""
    _settle(session, marked, MarkEnd.DRAFTED, staff, now)
    marked.article_id = article_id


def dismiss(session: Session, marked: FaqMark, staff: Staff, because: str, now: datetime) -> None:
    """Nothing is to be written, and why."""
    reason = because.strip()
    if not reason:
        _refuse(MarkFault.REASON_MISSING)
    _settle(session, marked, MarkEnd.DISMISSED, staff, now, reason)
    marked.because = reason


def open_marks() -> Select[FaqMark]:
    """What waits for an editor, the oldest first."""
    return (
        select(FaqMark)
        .where(FaqMark.done_at.is_(None))
        .options(joinedload(FaqMark.message), joinedload(FaqMark.staff))
        .order_by(FaqMark.id)
    )


def how_many_open(session: Session) -> int:
    """How many marks wait for an editor."""
    waiting = select(func.count()).select_from(FaqMark).where(FaqMark.done_at.is_(None))
    return session.scalar(waiting) or 0


def open_mark(session: Session, message: Message) -> FaqMark | None:
    """The message's mark that waits for an editor."""
    return session.scalars(
        select(FaqMark).where(FaqMark.message_id == message.id, FaqMark.done_at.is_(None))
    ).one_or_none()


def _subject(session: Session, message: Message) -> str:
    """The ticket's number; without one the log names the message."""
    ticket = session.get(Ticket, message.ticket_id) if message.ticket_id else None
    return ticket.number if ticket else f"#{message.id}"


def _settle(
    session: Session,
    one: FaqMark,
    end: MarkEnd,
    staff: Staff,
    now: datetime,
    because: str = "",
) -> None:
    taken = session.scalar(
        update(FaqMark)
        .where(FaqMark.id == one.id, FaqMark.done_at.is_(None))
        .values(done_at=now, done_by_id=staff.id, became=end)
        .returning(FaqMark.id)
    )
    if taken is None:
        _refuse(MarkFault.SETTLED_ALREADY)
    subject = _subject(session, one.message)
    audit.record(session, f"mark_{end}", subject, now, staff.id, note=because)


def _refuse(fault: MarkFault) -> NoReturn:
    raise MarkRefused(fault)
