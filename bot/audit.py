"""The append-only log of what staff change beside tickets: accounts, calendar, retention..."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.models import AuditEntry


def record(
    session: Session,
    kind: str,
    subject: str,
    at: datetime,
    staff_id: int | None = None,
    **data: object,
) -> None:
    """Write that `kind` was done to `subject` at `at`, by whom, with its facts.

    A fact that changed is a pair: what it was and what it is. `kind` has its words in
    `bot/console/audit/words.py`.
    """
    session.add(AuditEntry(at=at, staff_id=staff_id, kind=kind, subject=subject, data=data))
