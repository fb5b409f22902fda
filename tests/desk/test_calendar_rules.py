"""Hours as people write them; what no office can be run by is refused with its place."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from bot.desk.calendar import default_rules, read_rules
from bot.desk.calendar_rules import WrongRules, check, check_ahead, preview, proposals, read_hours

MONDAY = date(2026, 11, 23)


def rules(**changed: Any) -> dict[str, Any]:
    return default_rules("Asia/Makassar", (2026, 2027)) | changed


def faults(refused: pytest.ExceptionInfo[WrongRules]) -> list[tuple[str, str]]:
    return [(problem.place, problem.kind) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", []),
        ("07.30–17.00", [["07:30", "17:00"]]),
        ("7:30-17:00", [["07:30", "17:00"]]),
        (" 13.00 – 17.00, 07.30–12.00 ", [["07:30", "12:00"], ["13:00", "17:00"]]),
        ("08.00-12.00; 12.00-15.30", [["08:00", "12:00"], ["12:00", "15:30"]]),
        ("00.00–23.59", [["00:00", "23:59"]]),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, stored: list[list[str]]) -> None:
    assert read_hours(written, "weekly-0") == stored


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("pagi", "unreadable"),
        ("07.30", "unreadable"),
        ("07.30–17.00 dan 18.00–19.00", "unreadable"),
        ("07.60–17.00", "unreadable"),
        ("07.30–24.00", "unreadable"),
        ("17.00–07.30", "backwards"),
        ("07.30–07.30", "backwards"),
        ("07.30–12.00, 11.59–17.00", "overlap"),
    ],
)
def test_hours_that_say_nothing_are_refused(written: str, kind: str) -> None:
    with pytest.raises(WrongRules) as refused:
        read_hours(written, "break-4")
    assert faults(refused) == [("break-4", kind)]


def ramadan(first: str, last: str, name: str = "Ramadan") -> dict[str, Any]:
    return {"name": name, "first": first, "last": last, "weekly": {"0": [["08:00", "15:00"]]}}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"weekly": {"0": [["08:00", "12:00"], ["11:00", "17:00"]]}}, ("weekly-0", "overlap")),
        ({"weekly": {"0": [["17:00", "08:00"]]}}, ("weekly-0", "overlap")),
        ({"weekly": {"7": [["08:00", "17:00"]]}}, ("weekly-7", "overlap")),
        ({"weekly": {"0": [["8", "x"]]}}, ("rules", "unreadable")),
        ({"weekly": []}, ("rules", "unreadable")),
        ({"zone": "Nowhere"}, ("rules", "unreadable")),
        ({"periods": [ramadan("2027-03-09", "2027-02-08")]}, ("period-0-last", "backwards_dates")),
        ({"periods": [ramadan("2027-02-08", "2027-03-09", " ")]}, ("period-0-name", "no_name")),
        (
            {
                "periods": [
                    ramadan("2027-02-08", "2027-03-09"),
                    ramadan("2027-03-09", "2027-03-20", "Lebaran"),
                ]
            },
            ("period-1-first", "period_overlap"),
        ),
    ],
)
def test_rules_that_contradict_themselves_are_refused(changed: Any, fault: Any) -> None:
    with pytest.raises(WrongRules) as refused:
        check(rules(**changed))
    assert faults(refused) == [fault]


def test_the_default_rules_are_good_for_the_time_ahead() -> None:
    check_ahead(check(rules()), MONDAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"weekly": {}},
        # 40 hours in 60 days, but not from every day on.
        {"weekly": {"0": [["08:00", "12:00"]]}},
        {"periods": [ramadan("2027-01-01", "2027-06-30") | {"weekly": {}}]},
        {
            "breaks": {str(day): [["00:00", "23:59"]] for day in range(7)},
            "breaks_count_as_working": False,
        },
    ],
)
def test_an_office_closed_for_too_long_is_refused_before_a_section_is_asked(changed: Any) -> None:
    calendar = check(rules(**changed))
    with pytest.raises(WrongRules) as refused:
        check_ahead(calendar, MONDAY)
    assert faults(refused) == [("rules", "closed_too_long")]


def test_a_preview_shows_each_day_with_its_reason() -> None:
    days = preview(read_rules(rules(), 1), date(2026, 12, 24), 5)
    assert [(d.date.day, len(d.intervals)) for d in days] == [
        (24, 0),
        (25, 0),
        (26, 0),
        (27, 0),
        (28, 1),
    ]
    assert "Natal" in days[1].rule
    assert days[4].rule == "weekly"
    assert (days[4].intervals[0].start, days[4].intervals[0].end) == (time(7, 30), time(17))


def test_what_the_package_knows_is_proposed_and_estimates_are_told_apart() -> None:
    known = {proposal.date: proposal for proposal in proposals(2027)}
    independence = known[date(2027, 8, 17)]
    assert not independence.is_estimate
    assert not independence.is_collective_leave
    eid = known[date(2027, 3, 10)]
    assert eid.name == "Hari Raya Idul Fitri"
    assert eid.is_estimate
    assert known[date(2027, 12, 24)].is_collective_leave
