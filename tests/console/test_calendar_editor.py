"""The calendar's editor: reviewed first, then a new version; faults stay beside their field."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import func, select

from bot import clock as machine
from bot.db import transaction
from bot.desk.calendar_versions import newest_version
from bot.models import OfficeCalendarVersion

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WEEK = range(7)


@pytest.fixture(autouse=True)
def a_monday(monkeypatch):
    monkeypatch.setattr(machine, "now", lambda: NOW)


@pytest.fixture
def hours() -> dict[str, str]:
    """The form as it is served, which changes nothing."""
    form = {f"weekly-{day}": "07.30–17.00" if day < 5 else "" for day in WEEK}
    form |= {f"break-{day}": "" for day in WEEK} | {"breaks_count": "yes"}
    form |= {"period-0-name": "Ramadan", "period-0-first": "2026-02-19"}
    form |= {"period-0-last": "2026-03-20"}
    form |= {f"period-0-{day}": "08.00–15.00" if day < 4 else "" for day in WEEK}
    form |= {"period-0-4": "08.00–15.30"}
    form |= {"period-1-name": "", "period-1-first": "", "period-1-last": ""}
    return form | {f"period-1-{day}": "" for day in WEEK}


def newest() -> OfficeCalendarVersion:
    with transaction() as session:
        return newest_version(session)


def versions() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(OfficeCalendarVersion)) or 0


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the review's form."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def apply(admin, review: str, note: str = "SE-5/2026"):
    form = {k: v for k, v in fields(review).items() if k in ("rules", "based_on")}
    return admin.post("/console/calendar/apply", {**form, "note": note})


def test_the_form_as_it_is_served_changes_nothing(as_, hours):
    page = as_("admin").post("/console/calendar/hours", hours)
    assert page.status_code == 200
    assert "Tidak ada yang berubah." in page.text
    assert 'name="rules"' not in page.text


def test_new_hours_are_shown_beside_the_old_and_then_applied(as_, hours):
    admin = as_("admin")
    hours |= {"weekly-0": "07.30–12.00, 13.00–16.30", "break-4": "11.30-13.30"}
    review = admin.post("/console/calendar/hours", hours)
    assert "07.30–12.00, 13.00–16.30" in review.text
    assert "Jam kerja Senin" in review.text
    assert "Istirahat Jumat" in review.text
    # Five Mondays in thirty days from a Monday on have other hours.
    assert review.text.count("data-changed") == 5
    assert versions() == 1
    answer = apply(admin, review.text)
    assert answer.headers["location"] == "/console/calendar"
    version = newest()
    assert version.id == 2
    assert version.note == "SE-5/2026"
    assert version.rules["weekly"]["0"] == [["07:30", "12:00"], ["13:00", "16:30"]]
    assert version.rules["breaks"] == {"4": [["11:30", "13:30"]]}
    page = admin.get("/console/calendar").text
    assert "SE-5/2026" in page
    assert "07.30–12.00, 13.00–16.30" in page


def test_ramadan_is_entered_by_hand_and_previewed_from_its_first_day(as_, hours):
    admin = as_("admin")
    hours |= {"period-1-name": "Ramadan", "period-1-first": "2027-02-08"}
    hours |= {"period-1-last": "2027-03-09", "period-1-0": "08.00–15.00"}
    review = admin.post("/console/calendar/hours", hours).text
    assert "30 hari sejak perubahan pertama, Senin, 8 Februari 2027" in review
    apply(admin, review)
    assert [p["first"] for p in newest().rules["periods"]] == ["2026-02-19", "2027-02-08"]


def test_a_period_is_taken_out(as_, hours):
    admin = as_("admin")
    review = admin.post("/console/calendar/hours", hours | {"period-0-gone": "on"}).text
    apply(admin, review)
    assert newest().rules["periods"] == []


@pytest.mark.parametrize(
    ("changed", "place", "sentence"),
    [
        ({"weekly-1": "pagi"}, "weekly-1", "“pagi” tidak terbaca"),
        ({"break-2": "13.00–12.00"}, "break-2", "berakhir sebelum mulai"),
        ({"period-0-last": "2026-01-01"}, "period-0-last", "lebih awal"),
        ({"period-0-first": "besok"}, "period-0-first", "Isi tanggalnya"),
        ({"period-0-name": ""}, "period-0-name", "Beri nama"),
        (
            {
                "period-1-name": "Lebaran",
                "period-1-first": "2026-03-20",
                "period-1-last": "2026-03-25",
            },
            "period-1-first",
            "bertumpang tindih dengan Ramadan",
        ),
    ],
)
def test_a_fault_is_told_beside_its_field_and_what_was_written_stays(
    as_, hours, changed, place, sentence
):
    page = as_("admin").post("/console/calendar/hours", hours | changed)
    assert page.status_code == 422
    [fault] = re.findall(rf'id="{place}-fault">([^<]+)<', page.text)
    assert sentence in fault
    for name, value in changed.items():
        assert f'name="{name}"' in page.text
        assert f'value="{value}"' in page.text
    assert versions() == 1


def test_a_fault_after_a_period_that_goes_is_at_its_own_field(as_, hours):
    hours |= {"period-0-gone": "on", "period-1-name": "Puasa"}
    hours |= {"period-1-first": "2027-03-09", "period-1-last": "2027-02-08"}
    page = as_("admin").post("/console/calendar/hours", hours)
    assert 'id="period-1-last-fault"' in page.text


def test_an_office_that_is_closed_for_months_is_refused(as_, hours):
    page = as_("admin").post("/console/calendar/hours", hours | {f"weekly-{d}": "" for d in WEEK})
    assert page.status_code == 422
    assert "kurang dari 40 jam dalam 60 hari" in page.text


def test_proposed_holidays_are_confirmed_changed_and_added(as_):
    admin = as_("admin")
    page = admin.get("/console/calendar/holidays?year=2028").text
    assert "Hari Raya Idul Fitri" in page
    assert "Perkiraan" in page
    form = {
        "year": "2028",
        "on-2028-01-01": "on",
        "name-2028-01-01": "Tahun Baru",
        "name-2028-02-27": "Hari Raya Idul Fitri",  # not ticked
        "new-0-date": "2028-02-28",
        "new-0-name": "Idul Fitri menurut SKB",
    }
    apply(admin, admin.post("/console/calendar/holidays", form).text)
    rules = newest().rules
    assert {d: n for d, n in rules["holidays"].items() if d.startswith("2028")} == {
        "2028-01-01": "Tahun Baru",
        "2028-02-28": "Idul Fitri menurut SKB",
    }
    assert "2026-12-25" in rules["holidays"]  # other years stay
    assert rules["confirmed_years"] == [2028]


def test_confirming_what_is_proposed_ends_the_reminder(as_):
    admin = as_("admin")
    assert "Hari libur 2027 belum dikonfirmasi" in admin.get("/console/calendar").text
    page = admin.get("/console/calendar/holidays?year=2027").text
    ticked = re.findall(r'name="(on-[\d-]+)" checked', page)
    named = re.findall(r'name="(name-[\d-]+)" value="([^"]*)"', page)
    form = {"year": "2027", **dict.fromkeys(ticked, "on"), **dict(named)}
    apply(admin, admin.post("/console/calendar/holidays", form).text)
    assert "belum dikonfirmasi" not in admin.get("/console/calendar").text


@pytest.mark.parametrize(
    ("new", "place"),
    [
        ({"new-0-date": "2026-05-01", "new-0-name": "x"}, "new-0-date"),
        ({"new-0-date": "", "new-0-name": "x"}, "new-0-date"),
        ({"new-0-date": "2027-05-03", "new-0-name": ""}, "new-0-name"),
    ],
)
def test_a_day_off_without_name_or_date_is_refused(as_, new, place):
    page = as_("admin").post("/console/calendar/holidays", {"year": "2027", **new})
    assert page.status_code == 422
    assert f'id="{place}-fault"' in page.text


def test_the_second_of_two_administrators_is_told(as_, hours):
    admin = as_("admin")
    first = admin.post("/console/calendar/hours", hours | {"weekly-0": "08.00–16.00"}).text
    second = admin.post("/console/calendar/hours", hours | {"weekly-1": "08.00–16.00"}).text
    apply(admin, first)
    answer = apply(admin, second)
    assert answer.status_code == 409
    assert "administrator lain" in answer.text
    assert versions() == 2


@pytest.mark.parametrize("rules", ["", "{", "[]", '{"zone": "Asia/Makassar"}', "1" * 5000])
def test_rules_that_came_from_no_editor_are_refused(as_, rules):
    form = {"rules": rules, "based_on": "1", "note": "x"}
    answer = as_("admin").post("/console/calendar/apply", form)
    assert answer.status_code == 422
    assert versions() == 1


def test_a_change_without_a_reason_is_refused(as_, hours):
    admin = as_("admin")
    review = admin.post("/console/calendar/hours", hours | {"weekly-0": "08.00–16.00"}).text
    assert apply(admin, review, note=" ").status_code == 422
    assert versions() == 1


@pytest.mark.parametrize("username", ["ani", "eko"])
def test_the_desk_reads_the_calendar_and_changes_nothing(as_, hours, username):
    member = as_(username)
    page = member.get("/console/calendar").text
    assert "07.30–17.00" in page
    assert "/console/calendar/hours" not in page
    assert member.get("/console/calendar/versions/1").status_code == 200
    for path in ("hours", "holidays"):
        assert member.get(f"/console/calendar/{path}").status_code == 404
        assert member.post(f"/console/calendar/{path}", hours).status_code == 404
    assert member.post("/console/calendar/apply", {"note": "x"}).status_code == 404


@pytest.mark.parametrize("username", ["budi", "dewi"])
def test_nobody_else_sees_the_calendar(as_, username):
    assert as_(username).get("/console/calendar").status_code == 404
    assert as_(username).get("/console/calendar/versions/1").status_code == 404


@pytest.mark.parametrize("path", ["hours", "holidays", "apply"])
def test_without_its_token_nothing_is_edited(as_, hours, path):
    answer = as_("admin").post(f"/console/calendar/{path}", hours, csrf="guessed")
    assert answer.status_code == 403


def test_a_version_that_does_not_exist_is_not_there(as_):
    assert as_("ani").get("/console/calendar/versions/2").status_code == 404
