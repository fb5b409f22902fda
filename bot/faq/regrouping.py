"""Grouping the open questions anew: hourly, and when an editor asks for it.

It takes seconds and much memory, so a process of its own does it (`python -m bot faq group`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, exists, func, insert, select, text
from sqlalchemy.orm import Session

from bot.faq.grouping import Alike, grouped
from bot.faq.loop import DAYS, grouping_is_due, the_grouping
from bot.faq.personal import without_personal_data
from bot.faq.work import estimate_work
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    GroupVerdict,
    OpenQuestion,
    QuestionGroup,
    QuestionOutcome,
    VerdictKind,
)

MOST_QUESTIONS = 5000  # the latest
# An article that the bot held less likely was not near.
NEAR_FROM = 0.1
# The figures of articles compare a month with the month before.
WORK_DAYS = 61
_ONE_AT_A_TIME = 0x4D41_4C50  # the key of a lock


@dataclass(frozen=True)
class Question:
    """An open question without personal data, and what came of it."""

    turn_id: int
    text: str
    outcome: QuestionOutcome
    at: datetime
    near: str | None  # article
    ticket_id: int | None
    seconds: int


def regroup_if_due(session: Session, now: datetime) -> int | None:
    """Group the open questions if it is due; returns how many there are, or None."""
    session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    return regroup(session, now) if grouping_is_due(session, now) else None


def regroup(session: Session, now: datetime, days: int = DAYS) -> int:
    """Group the open questions of the last `days`; returns how many there are."""
    estimate_work(session, now - timedelta(days=max(days, WORK_DAYS)))
    verdicts = _standing(session)
    published = _published_since(session, verdicts)
    found = list(_questions(session, now - timedelta(days=days)))
    groups = grouped([question.text for question in found], [v.seed for v in verdicts])
    _store(session, groups, found, verdicts, published)
    grouping = the_grouping(session)
    grouping.done_at, grouping.days, grouping.questions = now, days, len(found)
    if grouping.wanted_at is not None and grouping.wanted_at <= now:
        grouping.wanted_at = None
    return len(found)


def _standing(session: Session) -> Sequence[GroupVerdict]:
    """The verdicts that hold. Who threw a draft away took back that one was begun."""
    has_draft = exists().where(ArticleDraft.article_id == GroupVerdict.article_id)
    was_published = exists().where(
        ArticleRevision.article_id == GroupVerdict.article_id,
        ArticleRevision.published_at > GroupVerdict.at,
    )
    begun = GroupVerdict.kind == VerdictKind.DRAFTED
    gone = select(GroupVerdict.id).where(begun, ~has_draft, ~was_published)
    session.execute(delete(GroupVerdict).where(GroupVerdict.id.in_(gone)))
    return session.scalars(select(GroupVerdict).order_by(GroupVerdict.id)).all()


def _published_since(session: Session, verdicts: Iterable[GroupVerdict]) -> Mapping[int, datetime]:
    """When the draft that a verdict led to was published, by the verdict's id."""
    published = dict(
        session.execute(
            select(GroupVerdict.id, func.min(ArticleRevision.published_at))
            .join(ArticleRevision, ArticleRevision.article_id == GroupVerdict.article_id)
            .where(
                GroupVerdict.kind == VerdictKind.DRAFTED,
                ArticleRevision.published_at > GroupVerdict.at,
            )
            .group_by(GroupVerdict.id)
        ).all()
    )
    return {verdict.id: published[verdict.id] for verdict in verdicts if verdict.id in published}


# --- what is open ------------------------------------------------------------------------------

# `chosen`: the article that was picked for the same question, from what was offered then.
_OPEN = text("""
    SELECT d.turn_id, d.question, d.kind, d.helpful, d.asked_again, d.candidates, d.at,
        r.article_id AS given, c.article_id AS chosen, p.name, w.ticket_id,
        coalesce(w.seconds, 0) AS seconds
    FROM bot_decision d
    JOIN conversation k ON k.id = d.conversation_id
    JOIN person p ON p.id = k.person_id
    LEFT JOIN article_revision r ON r.id = d.revision_id
    LEFT JOIN officer_work w ON w.turn_id = d.turn_id
    LEFT JOIN LATERAL (
        SELECT later.article_id FROM bot_decision n
        JOIN article_revision later ON later.id = n.revision_id
        WHERE n.conversation_id = d.conversation_id AND n.turn_id > d.turn_id
            AND n.at <= d.at + interval '6 hours' AND n.question = d.question
            AND n.candidates -> 0 ->> 'nearest' = 'chosen'
        ORDER BY n.turn_id LIMIT 1
    ) c ON true
    WHERE d.at > :since AND (
        d.kind = 'person' OR d.helpful IS FALSE OR (d.kind = 'choices' AND c.article_id IS NULL)
    )
    ORDER BY d.turn_id DESC LIMIT :most
""")


def _questions(session: Session, since: datetime) -> Iterator[Question]:
    for row in session.execute(_OPEN, {"since": since, "most": MOST_QUESTIONS}):
        yield Question(
            row.turn_id,
            without_personal_data(row.question, [row.name]),
            _outcome(row),
            row.at,
            _near(row),
            row.ticket_id,
            row.seconds,
        )


def _outcome(row: Row[tuple[object, ...]]) -> QuestionOutcome:
    if row.helpful is False:
        return QuestionOutcome.ASKED_AGAIN if row.asked_again else QuestionOutcome.REJECTED
    return QuestionOutcome.UNSURE if row.kind == "choices" else QuestionOutcome.UNANSWERED


def _near(row: Row[tuple[object, ...]]) -> str | None:
    """The article that was picked after all, else the likeliest that was not given in vain."""
    if row.chosen is not None:
        return str(row.chosen)
    likely = [
        str(candidate["article"])
        for candidate in row.candidates
        if (candidate.get("score") or 0) >= NEAR_FROM and candidate["article"] != row.given
    ]
    return likely[0] if likely else None


# --- what is kept ------------------------------------------------------------------------------


def _store(
    session: Session,
    groups: Sequence[Alike],
    found: Sequence[Question],
    verdicts: Sequence[GroupVerdict],
    published: Mapping[int, datetime],
) -> None:
    before = dict(session.execute(select(OpenQuestion.turn_id, OpenQuestion.group_id)).all())
    known = {group.id: group for group in session.scalars(select(QuestionGroup))}
    session.execute(delete(OpenQuestion))
    rows: list[dict[str, object]] = []
    for alike in sorted(groups, key=lambda one: -len(one.members)):
        verdict = verdicts[alike.given] if alike.given is not None else None
        members = [found[place] for place in alike.members]
        since = published.get(verdict.id) if verdict else None
        if since is not None:  # what was asked before the article was there is settled
            members = [member for member in members if member.at > since]
        if not members:
            continue
        group = _same_as_before(members, before, known) or QuestionGroup()
        _fill(group, alike.seed, members)
        group.verdict = verdict if since is None else None
        if verdict is not None and since is not None:
            group.near_article_id = verdict.article_id
        session.add(group)
        session.flush()
        rows += [_row(member, group.id) for member in members]
    if rows:
        session.execute(insert(OpenQuestion), rows)
    session.execute(delete(QuestionGroup).where(QuestionGroup.id.in_(known)))


def _same_as_before(
    members: Collection[Question],
    before: Mapping[int, int],
    known: dict[int, QuestionGroup],
) -> QuestionGroup | None:
    """The group that most of them were in, taken out of `known`: who has it open finds it again."""
    were_in = Counter(
        before[member.turn_id] for member in members if before.get(member.turn_id) in known
    )
    return known.pop(were_in.most_common(1)[0][0]) if were_in else None


def _fill(group: QuestionGroup, seed: str, members: Collection[Question]) -> None:
    outcomes = Counter(member.outcome for member in members)
    group.seed = seed
    group.asked = len(members)
    group.unanswered = outcomes[QuestionOutcome.UNANSWERED]
    group.unsure = outcomes[QuestionOutcome.UNSURE]
    group.rejected = outcomes[QuestionOutcome.REJECTED]
    group.asked_again = outcomes[QuestionOutcome.ASKED_AGAIN]
    group.tickets = len({member.ticket_id for member in members if member.ticket_id})
    group.seconds = sum(member.seconds for member in members)
    group.last_asked_at = max(member.at for member in members)
    group.near_article_id = _near_most(members)


def _near_most(members: Collection[Question]) -> str | None:
    """The article that at least half of them came close to."""
    near = Counter(member.near for member in members if member.near is not None)
    article, times = near.most_common(1)[0] if near else (None, 0)
    return article if 2 * times >= len(members) else None


def _row(member: Question, group_id: int) -> dict[str, object]:
    return {
        "turn_id": member.turn_id,
        "group_id": group_id,
        "text": member.text,
        "outcome": member.outcome,
        "ticket_id": member.ticket_id,
    }
