"""The open questions in their groups, as last grouped, and what editors decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from bot import audit
from bot.db import QUESTIONS, notify
from bot.models import (
    Grouping,
    GroupVerdict,
    OpenQuestion,
    QuestionGroup,
    Staff,
    VerdictKind,
)

DAYS = 30  # of questions that are grouped
EVERY = timedelta(hours=1)
MOST_SHOWN = 200  # questions of one group
_THE_ONE = 1
_LONGEST_SUBJECT = 80


class ReasonMissing(Exception):
    """Why questions are set aside has to be said."""


def open_groups() -> Select[QuestionGroup]:
    """What nobody has decided about, that first which cost people the most time."""
    return (
        select(QuestionGroup)
        .where(QuestionGroup.verdict_id.is_(None))
        .order_by(QuestionGroup.seconds.desc(), QuestionGroup.asked.desc(), QuestionGroup.id)
    )


def decided_groups(kind: VerdictKind) -> Select[QuestionGroup]:
    """What was dismissed, or has a draft begun; the latest decision first."""
    return (
        select(QuestionGroup)
        .join(QuestionGroup.verdict)
        .where(GroupVerdict.kind == kind)
        .options(joinedload(QuestionGroup.verdict).joinedload(GroupVerdict.staff))
        .order_by(GroupVerdict.at.desc(), QuestionGroup.id)
    )


def questions_of(session: Session, group: QuestionGroup) -> Sequence[OpenQuestion]:
    """The group's latest questions with what the bot did, and their tickets."""
    return session.scalars(
        select(OpenQuestion)
        .where(OpenQuestion.group_id == group.id)
        .options(joinedload(OpenQuestion.decision), joinedload(OpenQuestion.ticket))
        .order_by(OpenQuestion.turn_id.desc())
        .limit(MOST_SHOWN)
    ).all()


def dismiss(
    session: Session, group: QuestionGroup, staff: Staff, because: str, now: datetime
) -> None:
    """No article is wanted for these questions, nor for those like them. Raises ReasonMissing."""
    reason = because.strip()
    if not reason:
        raise ReasonMissing
    _decide(session, group, GroupVerdict(kind=VerdictKind.DISMISSED, because=reason), staff, now)
    audit.record(session, "questions_dismissed", subject(group), now, staff.id, note=reason)


def begun(
    session: Session, group: QuestionGroup, article_id: str, staff: Staff, now: datetime
) -> None:
    """A draft of this article was begun from the group."""
    verdict = GroupVerdict(kind=VerdictKind.DRAFTED, article_id=article_id)
    _decide(session, group, verdict, staff, now)
    audit.record(session, "questions_drafted", article_id, now, staff.id, question=subject(group))


def take_back(session: Session, group: QuestionGroup, staff: Staff, now: datetime) -> None:
    """The group is open again."""
    verdict = group.verdict
    if verdict is None:
        return
    group.verdict = None
    session.flush()
    session.delete(verdict)
    audit.record(session, "questions_taken_back", subject(group), now, staff.id)


def subject(group: QuestionGroup) -> str:
    """The group as the log names it."""
    cut = group.seed[:_LONGEST_SUBJECT]
    return cut if cut == group.seed else f"{cut.rstrip()}…"


def the_grouping(session: Session) -> Grouping:
    """When questions were grouped, locked; never yet, if nobody did."""
    first = {"id": _THE_ONE, "days": DAYS, "questions": 0}
    session.execute(insert(Grouping).values(first).on_conflict_do_nothing())
    return session.get_one(Grouping, _THE_ONE, with_for_update=True, populate_existing=True)


def last_grouping(session: Session) -> Grouping | None:
    """When questions were grouped, to show."""
    return session.get(Grouping, _THE_ONE)


def want_grouping(session: Session, now: datetime) -> None:
    """Have the questions grouped anew soon."""
    the_grouping(session).wanted_at = now
    notify(session, QUESTIONS)


def grouping_is_due(session: Session, now: datetime) -> bool:
    """Whether somebody waits for it, or the last time is an hour ago."""
    last = last_grouping(session)
    if last is None or last.done_at is None or last.wanted_at is not None:
        return True
    return last.done_at <= now - EVERY


def how_many_open(session: Session) -> int:
    """How many groups nobody has decided about."""
    groups = select(func.count()).where(QuestionGroup.verdict_id.is_(None))
    return session.scalar(groups.select_from(QuestionGroup)) or 0


def _decide(
    session: Session, group: QuestionGroup, verdict: GroupVerdict, staff: Staff, now: datetime
) -> None:
    verdict.seed, verdict.staff_id, verdict.at = group.seed, staff.id, now
    group.verdict = verdict
    session.add(verdict)
    session.flush()
