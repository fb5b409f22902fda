"""The what-if on a phone: nothing of what it compares lies beyond the edge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.models import Staff
from tests.console.browsing import PHONE

pytestmark = pytest.mark.browser


def test_both_worlds_and_which_is_better_fit_a_phone(open_as, ticket):
    asked_at = clock.now() - timedelta(days=1)
    number = ticket(ago=timedelta(days=1))
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, asked_at + timedelta(minutes=80))
        tickets.reply(session, number, ani, "Silakan.", asked_at + timedelta(minutes=85))
    page = open_as("eko", PHONE)
    page.goto("/console/what-if?working=1440&outside=1440&officers=2&officers_outside=2")
    assert page.locator(".verdict").count() >= 3
    for table in page.locator(".what-if .wide").all():
        assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
