"""Signs of life of the workers, for `/readyz`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.models import Heartbeat

STALE_AFTER = timedelta(seconds=10)


def beat(session: Session, name: str, now: datetime) -> None:
    """Say that a process called `name` is alive."""
    statement = insert(Heartbeat).values(name=name, at=now)
    session.execute(
        statement.on_conflict_do_update(index_elements=[Heartbeat.name], set_={"at": now})
    )


def is_alive(session: Session, name: str, now: datetime) -> bool:
    """Whether a process called `name` gave a sign of life lately."""
    at = session.scalar(select(Heartbeat.at).where(Heartbeat.name == name))
    return at is not None and now - at < STALE_AFTER
