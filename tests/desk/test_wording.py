"""Deadlines as they are said: in office time, with the zone, and the day if it isn't today."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.desk.wording import by_deadline, clock_time

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday 10.00 WITA


@pytest.mark.parametrize(
    ("moment", "indonesian", "english"),
    [
        (datetime(2026, 11, 23, 2, 10, tzinfo=UTC), "10.10 WITA", "10:10 WITA"),
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), "23.59 WITA", "23:59 WITA"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "00.00 WITA besok", "00:00 WITA tomorrow"),
        (
            datetime(2026, 11, 26, 23, 30, tzinfo=UTC),
            "07.30 WITA, Jumat 27 November",
            "07:30 WITA, Friday 27 November",
        ),
    ],
)
def test_a_moment_is_said_in_office_time(moment: datetime, indonesian: str, english: str) -> None:
    assert clock_time(moment, "id", NOW) == indonesian
    assert clock_time(moment, "en", NOW) == english


def test_a_deadline_is_said_as_the_latest_moment() -> None:
    due = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
    assert by_deadline(due, "id", NOW) == "paling lambat pukul 10.10 WITA"
    assert by_deadline(due, "en", NOW) == "by 10:10 WITA"
