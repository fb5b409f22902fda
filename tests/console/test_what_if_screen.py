"""Yesterday again, beside what happened."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot import clock as machine
from bot.db import transaction
from bot.desk import tickets
from bot.models import Clock, OfficeCalendarVersion, Staff

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def yesterday(ticket, monkeypatch):
    """On Monday at 10.00 one question was answered within 8 minutes, another within 20."""
    for name, minutes in (("Satu", 8), ("Dua", 20)):
        monkeypatch.setattr(machine, "now", lambda: TUESDAY - timedelta(days=1))
        number = ticket(name=name)
        with transaction() as session:
            ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            at = TUESDAY - timedelta(days=1) + timedelta(minutes=minutes)
            tickets.take_over(session, number, ani, at - timedelta(minutes=5))
            tickets.reply(session, number, ani, "Silakan.", at)
    monkeypatch.setattr(machine, "now", lambda: TUESDAY)


def figures(page: str) -> dict[str, list[str]]:
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td>([^<]+)</td><td[^>]*>([^<]+)', page)
    return {name: [before.strip(), after.strip()] for name, before, after in rows}


def test_yesterday_is_shown_as_it_was(as_, yesterday):
    page = as_("eko").get("/console/what-if").text
    assert "Senin, 23 November 2026" in page
    assert "2 pertanyaan" in page
    assert figures(page)["Janji ditepati"] == ["50%", "50%"]
    assert figures(page)["Menunggu, nilai tengah"] == ["14 menit", "14 menit"]
    assert "lebih baik" not in page


def test_another_target_is_shown_beside_it(as_, yesterday):
    page = as_("eko").get("/console/what-if?working=20").text
    assert figures(page)["Janji ditepati"] == ["50%", "100%"]
    assert "lebih baik" in page


def test_shorter_hours_give_the_longer_promise(as_, yesterday):
    page = as_("eko").get("/console/what-if?hours=13.00-17.00").text
    assert figures(page)["Janji ditepati"] == ["50%", "100%"]


def test_two_officers_answer_each_in_their_five_minutes(as_, yesterday):
    page = as_("eko").get("/console/what-if?officers=2&officers_outside=0").text
    assert figures(page)["Menunggu, 9 dari 10"] == ["18 menit", "5 menit"]


def test_nothing_is_changed_by_asking(as_, yesterday):
    with transaction() as session:
        before = session.scalars(select(Clock.due_at).order_by(Clock.id)).all()
    as_("eko").get("/console/what-if?working=1&hours=&officers=1")
    with transaction() as session:
        assert session.scalars(select(Clock.due_at).order_by(Clock.id)).all() == before
        assert session.scalar(select(func.count()).select_from(OfficeCalendarVersion)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "day=x",
        "day=2099-01-01",
        "working=-1&outside=99999999",
        "officers=x",
        "officers=99999",
        "day=0001-01-01",
    ],
)
def test_what_makes_no_sense_is_read_as_something_that_does(as_, yesterday, query):
    assert as_("eko").get(f"/console/what-if?{query}").status_code == 200


def test_hours_that_say_nothing_are_told(as_, yesterday):
    page = as_("eko").get("/console/what-if?hours=pagi").text
    assert "“pagi” tidak terbaca" in page


def test_a_quiet_day_says_so(as_):
    assert "Tidak ada pertanyaan hari itu" in as_("eko").get("/console/what-if").text


@pytest.mark.parametrize("username", ["ani", "budi", "dewi"])
def test_nobody_else_plays_with_it(as_, username):
    assert as_(username).get("/console/what-if").status_code == 404
