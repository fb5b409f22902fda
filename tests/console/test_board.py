"""The board: for supervisors alone, and what it says is so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.models import Clock, Staff


def figure(page: str, title: str) -> str:
    """The large figure of the tile with this title."""
    return re.search(rf'<h2>{title}</h2>\s*<p class="figure[^"]*">([^<]*)</p>', page)[1]


@pytest.mark.parametrize("username", ["ani", "budi", "dewi"])
def test_the_board_is_not_there_for_officers_sections_and_editors(as_, username):
    member = as_(username)
    assert member.get("/console/board").status_code == 404
    home = member.get("/console/").headers["location"]
    assert "/console/board" not in member.get(home).text


@pytest.mark.parametrize("username", ["eko", "admin"])
def test_supervisors_and_administrators_find_it_in_the_navigation(as_, username):
    member = as_(username)
    assert 'href="/console/board"' in member.get("/console/queue").text
    assert member.get("/console/board").status_code == 200


def test_nobody_who_is_not_signed_in_sees_it(anybody):
    assert "signin" in anybody.get("/console/board").headers["location"]


def test_an_empty_desk_has_dashes_and_no_errors(as_):
    page = as_("eko").get("/console/board").text
    assert figure(page, "Menunggu petugas") == "0"
    assert figure(page, "Janji 10 menit") == "–"
    assert "Tidak ada jam janji yang berjalan" in page


def test_who_waits_and_what_is_at_risk_is_counted(as_, ticket):
    for name, minutes in (("Aman", 9), ("Berisiko", 2), ("Lewat", -3)):
        ticket(name=name)
        set_due(name, minutes)
    page = as_("eko").get("/console/board").text
    assert figure(page, "Menunggu petugas") == "3"
    assert figure(page, "Masih aman") == "1"
    assert figure(page, "Berisiko") == "1"
    assert figure(page, "Lewat tenggat") == "1"


def test_a_reply_is_a_response_of_its_officer(as_, ticket):
    number = ticket(ago=timedelta(seconds=90))
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, number, ani, clock.now())
        tickets.reply(session, number, ani, "Selamat pagi", clock.now())
    page = as_("eko").get("/console/board").text
    row = re.search(r'<tr><th scope="row">Ani Rahmawati</th>(.*?)</tr>', page)[1]
    assert re.findall(r">([^<]+)</td>", row)[:3] == ["1", "1", "100%"]
    assert figure(page, "Respons pertama").startswith("1,5 menit")


def test_the_board_on_a_wall_names_no_applicant(as_, ticket):
    ticket("nomor rekening saya 7788990011", name="Fajar Nugroho")
    page = as_("eko").get("/console/board").text
    assert "MC-" in page
    for private in ("Fajar", "7788990011", "+62"):
        assert private not in page


def set_due(name: str, minutes: int) -> None:
    """Let the clock of one person run out in so many minutes, of ten."""
    with transaction() as session:
        for one in session.scalars(select(Clock)):
            if one.ticket.conversation.person.name == name:
                one.due_at = clock.now() + timedelta(minutes=minutes)
                one.started_at = one.due_at - timedelta(minutes=10)
