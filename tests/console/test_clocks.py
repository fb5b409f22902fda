"""A deadline explains itself: version, interval, steps, and that it still comes out the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot import clock as machine
from bot.console.clocks.drawing import drawing_of
from bot.db import transaction
from bot.desk.calendar import current_calendar, default_rules, read_rules
from bot.desk.calendar_versions import add_version, newest_version
from bot.models import Clock, ClockKind

FRIDAY_1650 = datetime(2026, 11, 27, 8, 50, tzinfo=UTC)


@pytest.fixture
def on_friday(monkeypatch):
    monkeypatch.setattr(machine, "now", lambda: FRIDAY_1650)


def the_clocks() -> list[Clock]:
    with transaction() as session:
        return list(session.scalars(select(Clock).order_by(Clock.id)))


def as_text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_promise_names_version_interval_and_each_step(as_, ticket, on_friday):
    ticket()
    page = as_text(as_("ani").get(f"/console/clocks/{the_clocks()[0].id}").text)
    for said in (
        "Jam dihitung sejak Jum 27 Nov 2026, 16.50 WITA (kalender kantor versi 1).",
        "Jam kerja hari itu: 07.30–17.00.",
        "Pukul 16.50 ada di antara 07.30 dan 17.00, di dalam jam kerja: dijawab paling lambat 10",
        "Tenggat: Jum 27 Nov 2026, 17.00 WITA.",
        "Dihitung ulang baru saja dari kalender versi 1: hasilnya sama.",
    ):
        assert said in page


def test_a_sections_clock_shows_both_days(as_, consultation, on_friday):
    consultation("P2", "boleh?")
    [section] = [c for c in the_clocks() if c.kind is ClockKind.SECTION]
    page = as_text(as_("ani").get(f"/console/clocks/{section.id}").text)
    assert "Jumat, 27 November 2026: 16.50 sampai 17.00." in page
    assert "Senin, 30 November 2026: 07.30 sampai 07.50." in page
    assert "hasilnya sama" in page


def test_a_newer_calendar_is_told_and_moves_nothing(as_, ticket, staff, on_friday):
    ticket()
    [before] = the_clocks()
    with transaction() as session:
        version = newest_version(session)
        rules = version.rules | {"weekly": version.rules["weekly"] | {"4": [["07:30", "16:00"]]}}
        add_version(
            session,
            rules,
            based_on=version.id,
            note="SE-2",
            admin=staff("admin"),
            now=FRIDAY_1650,
        )
    page = as_text(as_("ani").get(f"/console/clocks/{before.id}").text)
    assert "Sekarang berlaku versi 2." in page
    assert "Jam kerja hari itu: 07.30–17.00." in page
    assert "hasilnya sama" in page
    assert the_clocks()[0].due_at == before.due_at


@pytest.mark.parametrize("username", ["budi", "dewi"])
def test_who_may_not_see_the_ticket_sees_no_clock_of_it(as_, consultation, username):
    consultation("P2", "boleh?")
    for clock in the_clocks():
        assert as_(username).get(f"/console/clocks/{clock.id}").status_code == 404


def test_a_clock_that_does_not_exist_is_not_there(as_):
    assert as_("ani").get("/console/clocks/1").status_code == 404


def test_the_ticket_leads_to_it(as_, ticket):
    number = ticket()
    page = as_("ani").get(f"/console/tickets/{number}").text
    assert f'href="/console/clocks/{the_clocks()[0].id}"' in page


def test_the_picture_has_the_hours_of_the_frozen_version(database, ticket, on_friday):
    ticket()
    [clock] = the_clocks()
    office = read_rules(default_rules("Asia/Makassar", (2026,)), 1)
    drawing = drawing_of(clock, office, FRIDAY_1650)
    assert [mark.kind for mark in drawing.marks if mark.kind != "now"] == ["sent", "warned", "due"]
    places = [mark.x for mark in drawing.marks]
    assert places == sorted(places)
    assert min(places) > 0
    assert max(places) < 1000
    # Sent at 16.50, due at 17.00, when the office closes: the band ends where the deadline is.
    [band] = drawing.bands
    assert band.x == 0
    [due] = [mark.x for mark in drawing.marks if mark.kind == "due"]
    assert band.width == due


def test_outside_hours_there_is_no_band(database, ticket, monkeypatch):
    sunday = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
    monkeypatch.setattr(machine, "now", lambda: sunday)
    ticket()
    [clock] = the_clocks()
    with transaction() as session:
        assert drawing_of(clock, current_calendar(session), sunday).bands == []
