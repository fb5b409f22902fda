"""The articles' figures on their page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bot import clock
from bot.console.insights.routes import SORTS
from bot.db import transaction
from tests.open_questions import article, asked


@pytest.fixture
def articles(database):
    now = clock.now()
    with transaction() as session:
        imei = article(session, "imei_daftar", "Daftar IMEI", review_by=date(2020, 1, 1))
        gone = now.date() + timedelta(days=9)
        kirim = article(session, "kirim_bibit", "Kirim bibit", valid_until=gone)
        for _ in range(2):
            asked(session, "imei?", now, kind="answer", revision=imei, helpful=True)
        asked(session, "bibit?", now, kind="answer", revision=kirim, helpful=False)


def titles(page: str) -> list[str]:
    body = page.split("<tbody>")[1]
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', body)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("given", "Daftar IMEI"),
        ("accepted", "Daftar IMEI"),
        ("rejected", "Kirim bibit"),
        ("failed", "Kirim bibit"),
        ("due", "Daftar IMEI"),
        ("title", "Daftar IMEI"),
        ("nonsense", "Daftar IMEI"),
    ],
)
def test_the_table_is_sorted_by_its_headings(as_, articles, sort, first):
    page = as_("dewi").get(f"/console/insights?sort={sort}").text
    assert titles(page)[0] == first
    assert page.count("aria-sort") == 1


def test_every_heading_sorts(as_, articles):
    dewi = as_("dewi")
    headings = re.findall(r'href="\?sort=(\w+)"', dewi.get("/console/insights").text)
    assert set(headings) == set(SORTS)
    for name in headings:
        assert len(titles(dewi.get(f"/console/insights?sort={name}").text)) == 2


def test_what_is_overdue_or_about_to_expire_is_said(as_, articles):
    page = as_("dewi").get("/console/insights").text
    assert "1 lewat tanggal tinjau." in page
    assert "1 segera tidak berlaku." in page
    assert "segera berakhir" in page


def test_without_articles_the_page_says_so(as_, database):
    assert "Belum ada artikel yang terbit" in as_("dewi").get("/console/insights").text
