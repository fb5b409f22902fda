"""A change of the calendar is a new version; what was promised under the old one stays."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.desk import clocks, tickets
from bot.desk.calendar import current_calendar
from bot.desk.calendar_rules import WrongRules
from bot.desk.calendar_versions import NothingChanged, OutOfDate, add_version, newest_version
from bot.models import AuditEntry, Clock, OfficeCalendarVersion
from tests.conftest import TestClock
from tests.threads import at_once

MONDAY_EVENING = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)  # 18.00 WITA


def newest() -> tuple[int, dict[str, Any]]:
    with transaction() as session:
        version = newest_version(session)
        return version.id, deepcopy(version.rules)


def opened_late(rules: dict[str, Any]) -> dict[str, Any]:
    """The same office, but open until 20.00 on Mondays."""
    return rules | {"weekly": rules["weekly"] | {"0": [["07:30", "20:00"]]}}


def change(staff: Any, rules: dict[str, Any], based_on: int, at: datetime) -> int:
    with transaction() as session:
        return add_version(
            session, rules, based_on=based_on, note="SE-1", admin=staff("admin"), now=at
        ).id


def test_a_new_version_moves_no_deadline_and_holds_for_what_is_sent_later(
    staff: Any, open_ticket: Any, test_clock: TestClock
) -> None:
    test_clock.now = MONDAY_EVENING
    open_ticket()
    with transaction() as session:
        before = session.scalars(select(Clock)).one()
    number, rules = newest()
    later = change(staff, opened_late(rules), number, test_clock.forward(minutes=5))
    with transaction() as session:
        kept = session.scalars(select(Clock)).one()
        assert (kept.due_at, kept.explanation) == (before.due_at, before.explanation)
        assert (kept.due_at - kept.started_at).total_seconds() == 3600
        clocks.stop_promise(session, kept.ticket_id, test_clock.now)
        ticket = tickets.locked_ticket(session, kept.ticket_id)[0]
        fresh = clocks.start_promise(session, ticket, test_clock.now)
        assert fresh.calendar_version_id == later
        assert (fresh.due_at - fresh.started_at).total_seconds() == 600


def test_old_versions_stay_as_they_were(staff: Any, test_clock: TestClock) -> None:
    number, rules = newest()
    change(staff, opened_late(rules), number, test_clock.now)
    with transaction() as session:
        assert session.get_one(OfficeCalendarVersion, number).rules == rules
        assert current_calendar(session).version == number + 1


def test_who_changed_it_and_why_is_in_the_log(staff: Any, test_clock: TestClock) -> None:
    number, rules = newest()
    later = change(staff, opened_late(rules), number, test_clock.now)
    with transaction() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.kind, entry.subject) == ("calendar_changed", str(later))
        assert entry.staff_id == staff("admin").id
        assert entry.data == {"note": "SE-1", "version": [number, later]}


def test_the_second_of_two_who_change_it_is_told_and_changes_nothing(
    staff: Any, test_clock: TestClock
) -> None:
    number, rules = newest()
    change(staff, opened_late(rules), number, test_clock.now)
    with pytest.raises(OutOfDate):
        change(staff, rules | {"breaks_count_as_working": False}, number, test_clock.now)
    assert newest()[1] == opened_late(rules)


def test_of_many_at_once_one_wins(staff: Any, test_clock: TestClock) -> None:
    number, rules = newest()
    admin = staff("admin")
    told = []

    def try_it(minute: int) -> None:
        wanted = rules | {"weekly": rules["weekly"] | {"0": [["07:30", f"20:{minute:02}"]]}}
        try:
            change(lambda _: admin, wanted, number, test_clock.now)
        except OutOfDate:
            told.append(minute)

    at_once([lambda m=m: try_it(m) for m in range(8)])
    assert len(told) == 7
    assert newest()[0] == number + 1


def test_the_same_rules_again_are_no_new_version(staff: Any, test_clock: TestClock) -> None:
    number, rules = newest()
    with pytest.raises(NothingChanged):
        change(staff, rules, number, test_clock.now)


def test_rules_that_no_section_could_answer_under_are_not_frozen(
    staff: Any, test_clock: TestClock
) -> None:
    number, rules = newest()
    with pytest.raises(WrongRules):
        change(staff, rules | {"weekly": {}}, number, test_clock.now)
    assert newest() == (number, rules)
