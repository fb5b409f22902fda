"""What a change of a regulation does to the articles that rest on it.

An editor marks a regulation as amended, replaced or repealed from a day on. On that day, in the
office's time zone, the articles that rest on it are flagged or suspended.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from babel.dates import format_date
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from bot import audit
from bot.faq import withdrawing
from bot.faq.register import affected
from bot.models import (
    ArticleRevision,
    ArticleStatus,
    Effect,
    Regulation,
    RegulationEffect,
    RegulationState,
    Staff,
)
from bot.settings import settings

LONGEST_NOTE = 1000  # characters

_CHANGED = {
    RegulationState.AMENDED: "diubah",
    RegulationState.REPLACED: "diganti",
    RegulationState.REPEALED: "dicabut",
}
_NEEDS_OTHER = (RegulationState.AMENDED, RegulationState.REPLACED)


@dataclass(frozen=True)
class Mark:
    """The state that a regulation has from `since` on, and the one that brought it about."""

    state: RegulationState
    since: date | None = None
    other: Regulation | None = None
    note: str = ""


@dataclass(frozen=True)
class Flag:
    """A published article is to be looked at, since these regulations changed."""

    article_id: str
    title: str
    regulations: tuple[Regulation, ...]


class MarkFault(StrEnum):
    SINCE_MISSING = "since_missing"
    OTHER_MISSING = "other_missing"
    OTHER_ITSELF = "other_itself"


class BadMark(ValueError):
    """The regulation can't be marked so; `fault` says what is missing."""

    def __init__(self, fault: MarkFault) -> None:
        super().__init__(fault)
        self.fault = fault


def mark(
    session: Session,
    regulation: Regulation,
    wanted: Mark,
    suspend: Collection[str],
    staff: Staff,
    now: datetime,
) -> None:
    """Mark the regulation; of the articles that rest on it, those in `suspend` are suspended.

    The others are flagged. A mark of another kind or day takes the earlier one's place: what that
    had flagged is flagged no more, what it had suspended stays so until somebody brings it back.
    Raises BadMark.
    """
    _require_sound(regulation, wanted)
    session.refresh(regulation, with_for_update=True)
    before = (regulation.state, regulation.since, regulation.other_id)
    regulation.state, regulation.since, regulation.other = wanted.state, wanted.since, wanted.other
    regulation.note = wanted.note
    regulation.marked_at, regulation.marked_by_id = now, staff.id
    regulation.carried_out_at = None
    session.flush()
    if before != (regulation.state, regulation.since, regulation.other_id):
        session.execute(
            delete(RegulationEffect).where(RegulationEffect.regulation_id == regulation.id)
        )
    _choose(session, regulation, suspend)
    audit.record(
        session,
        "regulation_marked",
        regulation.name,
        now,
        staff.id,
        regulation_state=[before[0], regulation.state],
        since=regulation.since.isoformat() if regulation.since else None,
        other=regulation.other.name if regulation.other else None,
        note=regulation.note,
    )


def carry_out_due(session: Session, now: datetime) -> int:
    """Flag or suspend what rests on regulations whose day has come; how many of those there were.

    Doing it again does nothing.
    """
    today = now.astimezone(settings().office_zone).date()
    due = session.scalars(
        select(Regulation)
        .where(
            Regulation.state != RegulationState.IN_FORCE,
            Regulation.since <= today,
            Regulation.carried_out_at.is_(None),
        )
        .order_by(Regulation.id)
        .with_for_update(skip_locked=True)
    ).all()
    for regulation in due:
        _carry_out(session, regulation, now)
    return len(due)


def flags(session: Session) -> Mapping[str, Flag]:
    """The published articles that are to be looked at, by id.

    Until an editor finds one still right, or publishes it anew.
    """
    flagged = session.execute(
        select(RegulationEffect, ArticleRevision.title)
        .join(ArticleRevision, ArticleRevision.id == RegulationEffect.revision_id)
        .where(
            RegulationEffect.effect == Effect.FLAG,
            RegulationEffect.checked_at.is_(None),
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
        .options(joinedload(RegulationEffect.regulation).joinedload(Regulation.other))
        .order_by(RegulationEffect.id)
    )
    found: dict[str, Flag] = {}
    for effect, title in flagged:
        known = found.get(effect.article_id)
        regulations = (*known.regulations, effect.regulation) if known else (effect.regulation,)
        found[effect.article_id] = Flag(effect.article_id, title, regulations)
    return found


def find_still_right(
    session: Session, regulation: Regulation, article_id: str, staff: Staff, now: datetime
) -> None:
    """Take the flag off: somebody looked at the article, and the change leaves it true."""
    effect = session.scalars(
        select(RegulationEffect)
        .where(
            RegulationEffect.regulation_id == regulation.id,
            RegulationEffect.article_id == article_id,
            RegulationEffect.effect == Effect.FLAG,
            RegulationEffect.done_at.is_not(None),
            RegulationEffect.checked_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if effect is not None:
        effect.checked_at, effect.checked_by_id = now, staff.id
        audit.record(
            session, "article_still_right", article_id, now, staff.id, regulation=regulation.name
        )


def effects_of(session: Session, regulation: Regulation) -> dict[str, RegulationEffect]:
    """What was chosen for each article, by its id."""
    chosen = session.scalars(
        select(RegulationEffect).where(RegulationEffect.regulation_id == regulation.id)
    )
    return {effect.article_id: effect for effect in chosen}


def suspended_by(session: Session, regulation: Regulation) -> Sequence[RegulationEffect]:
    """What was suspended when its day came, with the revision that was."""
    return session.scalars(
        select(RegulationEffect)
        .where(
            RegulationEffect.regulation_id == regulation.id,
            RegulationEffect.effect == Effect.SUSPEND,
            RegulationEffect.revision_id.is_not(None),
        )
        .options(joinedload(RegulationEffect.revision))
        .order_by(RegulationEffect.id)
    ).all()


def reason(regulation: Regulation) -> str:
    """Why an article is suspended: "PMK 96/2023 diganti PMK 4/2025 sejak 1 Januari 2027"."""
    by = f" {regulation.other.name}" if regulation.other else ""
    day = format_date(regulation.since, "d MMMM y", locale="id")
    return f"{regulation.name} {_CHANGED[regulation.state]}{by} sejak {day}"


def _require_sound(regulation: Regulation, wanted: Mark) -> None:
    if wanted.state is RegulationState.IN_FORCE:
        return
    if wanted.since is None:
        raise BadMark(MarkFault.SINCE_MISSING)
    if wanted.other is None and wanted.state in _NEEDS_OTHER:
        raise BadMark(MarkFault.OTHER_MISSING)
    if wanted.other is not None and wanted.other.id == regulation.id:
        raise BadMark(MarkFault.OTHER_ITSELF)


def _choose(session: Session, regulation: Regulation, suspend: Collection[str]) -> None:
    """Keep what is to happen to each article. Another choice than was done already is done anew."""
    chosen = effects_of(session, regulation)
    for article in affected(session, regulation):
        effect = Effect.SUSPEND if article.article_id in suspend else Effect.FLAG
        known = chosen.get(article.article_id)
        if known is None or known.effect is not effect:
            if known is not None:
                session.delete(known)
                session.flush()
            _add(session, regulation, article.article_id, effect)


def _carry_out(session: Session, regulation: Regulation, now: datetime) -> None:
    articles = {article.article_id: article for article in affected(session, regulation)}
    chosen = effects_of(session, regulation)
    for article_id in articles.keys() - chosen.keys():  # published since the mark was made
        chosen[article_id] = _add(session, regulation, article_id, Effect.FLAG)
    done = []
    for effect in chosen.values():
        if effect.done_at is not None:
            continue
        effect.done_at = now
        if article := articles.get(effect.article_id):
            effect.revision_id = article.revision_id
            done.append(effect)
    for effect in done:
        if effect.effect is Effect.SUSPEND:
            withdrawing.suspend(session, effect.article_id, None, reason(regulation), now)
    regulation.carried_out_at = now
    flagged = sum(effect.effect is Effect.FLAG for effect in done)
    counts = {"flagged": flagged, "suspended": len(done) - flagged}
    name, marker = regulation.name, regulation.marked_by_id
    audit.record(session, "regulation_carried_out", name, now, marker, **counts)


def _add(
    session: Session, regulation: Regulation, article_id: str, effect: Effect
) -> RegulationEffect:
    added = RegulationEffect(regulation_id=regulation.id, article_id=article_id, effect=effect)
    session.add(added)
    session.flush()
    return added
