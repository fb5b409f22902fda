"""Retention: an administrator's choice goes before the settings file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.housekeeping import forget_what_is_over, silent_people
from bot.models import AuditEntry, Person, RetentionKind, Staff, WebhookForm
from bot.retention import choose_retention, retention_days
from bot.settings import settings
from tests.conftest import TestClock

LookUp = Callable[[str], Staff]
Write = Callable[..., str]


def choose(staff: LookUp, clock: TestClock, **days: int) -> None:
    with transaction() as session:
        wanted = {RetentionKind(kind): number for kind, number in days.items()}
        choose_retention(session, staff("admin"), wanted, clock.now)


def test_until_somebody_chooses_the_settings_hold(database: None) -> None:
    with transaction() as session:
        assert retention_days(session) == {
            RetentionKind.PEOPLE: settings().retention_days,
            RetentionKind.RAW_FORMS: settings().raw_form_retention_days,
        }


def test_what_is_chosen_holds_from_the_next_round_on(
    write: Write, staff: LookUp, test_clock: TestClock
) -> None:
    write("halo?")
    with transaction() as session:
        session.scalars(select(Person)).one().created_at = test_clock.now
    test_clock.forward(days=8)
    choose(staff, test_clock, raw_forms=7, people=9)
    with transaction() as session:
        forget_what_is_over(session, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(WebhookForm)).all() == []
        assert session.scalars(select(Person)).one()
    test_clock.forward(days=2)
    with transaction() as session:
        assert len(session.scalars(silent_people(test_clock.now - timedelta(days=9))).all()) == 1
        forget_what_is_over(session, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(Person)).all() == []


def test_a_change_is_written_down_once(staff: LookUp, test_clock: TestClock) -> None:
    choose(staff, test_clock, people=100)
    choose(staff, test_clock, people=100)
    choose(staff, test_clock, people=90)
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.data["days"] for entry in entries] == [[365, 100], [100, 90]]


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_no_time_at_all_and_for_ever_are_refused(
    staff: LookUp, test_clock: TestClock, days: int
) -> None:
    with pytest.raises(ValueError, match="1 to 3650"):
        choose(staff, test_clock, people=days)
    with transaction() as session:
        assert retention_days(session)[RetentionKind.PEOPLE] == settings().retention_days
