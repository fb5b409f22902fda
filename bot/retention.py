"""For how many days what is kept: as an administrator chose, else as the settings say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot import audit
from bot.models import Retention, RetentionKind, Staff
from bot.settings import settings

SHORTEST, LONGEST = 1, 3650  # days


def retention_days(session: Session) -> dict[RetentionKind, int]:
    """Each kind's days."""
    chosen = {row.kind: row.days for row in session.scalars(select(Retention))}
    return {**defaults(), **chosen}


def defaults() -> dict[RetentionKind, int]:
    """What holds while nobody has chosen: the settings file."""
    return {
        RetentionKind.PEOPLE: settings().retention_days,
        RetentionKind.RAW_FORMS: settings().raw_form_retention_days,
    }


def choose_retention(
    session: Session, admin: Staff, wanted: dict[RetentionKind, int], now: datetime
) -> None:
    """Keep each kind for so many days (1 to 3650) from the next hourly round on."""
    before = retention_days(session)
    for kind, days in wanted.items():
        if not SHORTEST <= days <= LONGEST:
            raise ValueError(f"{kind} is kept for {SHORTEST} to {LONGEST} days, not {days}")
        if days == before[kind]:
            continue
        statement = insert(Retention).values(kind=kind, days=days)
        session.execute(
            statement.on_conflict_do_update(index_elements=[Retention.kind], set_={"days": days})
        )
        audit.record(session, "retention_changed", kind, now, admin.id, days=[before[kind], days])
