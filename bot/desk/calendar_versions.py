"""Versions of the office calendar: a change makes a new one and moves no past deadline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import audit
from bot.desk.calendar_rules import check, check_ahead
from bot.models import OfficeCalendarVersion, Staff


class OutOfDate(Exception):
    """Somebody made a newer version meanwhile; look at it before changing it."""


class NothingChanged(Exception):
    """These are the rules that hold already."""


def newest_version(session: Session) -> OfficeCalendarVersion:
    """The version that new deadlines are computed from."""
    return session.scalars(
        select(OfficeCalendarVersion).order_by(OfficeCalendarVersion.id.desc()).limit(1)
    ).one()


def add_version(
    session: Session,
    rules: Mapping[str, Any],
    *,
    based_on: int,
    note: str,
    admin: Staff,
    now: datetime,
) -> OfficeCalendarVersion:
    """Freeze `rules` as the newest version.

    Raises WrongRules, NothingChanged, or OutOfDate when `based_on` is not the newest version any
    more: of two who change it at once the second is told, and nobody's change is lost.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("office calendar"))))
    newest = newest_version(session)
    if newest.id != based_on:
        raise OutOfDate
    if rules == newest.rules:
        raise NothingChanged
    check_ahead(check(rules), now.astimezone(ZoneInfo(rules["zone"])).date())
    version = OfficeCalendarVersion(
        rules=dict(rules), note=note, created_by_id=admin.id, created_at=now
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        "calendar_changed",
        str(version.id),
        now,
        admin.id,
        note=note,
        version=[newest.id, version.id],
    )
    return version
