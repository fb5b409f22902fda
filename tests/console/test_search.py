"""Searching people, numbers, tickets and everything that was said."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from bot.console.search.finding import MESSAGES
from bot.console.search.query import read_query
from bot.console.ticket.transcript import MESSAGES_SHOWN


def search(console, text: str) -> str:
    return console.get(f"/console/search?q={quote(text)}").text


def part(page: str, title: str) -> str:
    """The part of the page under a heading."""
    match = re.search(
        rf'found-title">{title}</h2>(.*?)(?=<h2 class="found-title|<nav|</main)', page, re.S
    )
    return match[1] if match else ""


def said_in(page: str) -> list[str]:
    """The messages found, without their marks."""
    found = re.findall(r'class="hit-said">(.*?)</span>\s*<span class="hit-when', page, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


@pytest.fixture
def talked(ticket, writes) -> dict[str, int]:
    """Three conversations, one of them with a ticket."""
    writes("Selamat pagi, mau tanya tarif <b>HP</b>", name="Rina Marlina")
    writes("paket RR123456789ID belum sampai", name="Andi Baso")
    return {"ticket": ticket("loket tutup, saya mau bicara petugas", name="Nurhayati")}


def test_a_word_is_found_by_its_beginning_in_what_anybody_said(as_, talked):
    ani = as_("ani")
    assert said_in(search(ani, "pake")) == ["paket RR123456789ID belum sampai"]
    assert said_in(search(ani, "RR1234")) == ["paket RR123456789ID belum sampai"]
    assert said_in(search(ani, "belum PAKET")) == ["paket RR123456789ID belum sampai"]
    assert said_in(search(ani, "paket tarif")) == []
    assert said_in(search(ani, "aket")) == []


def test_what_was_looked_for_is_marked_and_markup_is_text(as_, talked):
    page = search(as_("ani"), "tarif hp")
    assert "<mark>tarif</mark> &lt;b&gt;<mark>HP</mark>&lt;/b&gt;" in page


def test_a_ticket_is_found_by_its_number_in_whatever_way_it_is_written(as_, talked, the_ticket):
    ani = as_("ani")
    number = the_ticket(talked["ticket"]).number
    year = number[3:7]
    for asked in (number, number.lower(), f"{year}-1", "000001", "1"):
        assert number in part(search(ani, asked), "Tiket"), asked
    assert part(search(ani, "MC-2019-000001"), "Tiket") == ""


def test_a_person_is_found_by_name_and_by_either_end_of_the_number(as_, talked):
    ani = as_("ani")
    assert "Rina Marlina" in part(search(ani, "marli rina"), "Orang")
    for asked in ("0811 4000", "+62 811-4000-001", "628114000", "0001", "4000001"):
        assert "Rina Marlina" in part(search(ani, asked), "Orang"), asked
    assert part(search(ani, "0001234567"), "Orang") == ""
    assert "+628114000001" not in search(ani, "0811 4000 001")


def test_a_hit_leads_to_where_it_was_said(as_, talked, writes):
    ani = as_("ani")
    page = search(ani, "paket")
    (address,) = re.findall(r'class="hit" data-row href="([^"]+#message-\d+)"', page)
    for number in range(MESSAGES_SHOWN):
        writes(f"lagi {number}", name="Andi Baso")
    (deeper,) = re.findall(
        r'class="hit" data-row href="([^"]+)#message', search(ani, "RR123456789ID")
    )
    assert "from=" in deeper
    message = address.partition("#")[2]
    assert f'id="{message}"' in ani.get(unescape(deeper)).text
    assert f'id="{message}"' not in ani.get(address.partition("#")[0]).text


def test_many_hits_come_in_pages_the_latest_first(as_, writes):
    for number in range(MESSAGES + 5):
        writes(f"nomor{number:03}", name="Fajar", ago=timedelta(minutes=100 - number))
    ani = as_("ani")
    first = search(ani, "nomor")
    following = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = ani.get(f"/console/search{following}").text
    assert len(said_in(first)) == MESSAGES
    assert said_in(first)[0] == f"nomor{MESSAGES + 4:03}"
    assert said_in(second) == [f"nomor{number:03}" for number in range(4, -1, -1)]
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "   ",
        "'",
        "!!!",
        "a'b",
        "\\",
        "<->",
        "a & | !",
        "%",
        "_____",
        "x" * 500,
        "\x00",
        "🙂",
        ":*",
    ],
)
def test_whatever_is_typed_finds_something_or_nothing(as_, talked, odd):
    assert as_("ani").get(f"/console/search?q={quote(odd)}").status_code == 200


@pytest.mark.parametrize("who", ["budi", "dewi"])
def test_sections_and_editors_search_nothing(as_, talked, who):
    assert as_(who).get("/console/search?q=paket").status_code == 404


@pytest.mark.parametrize(
    ("typed", "phone", "ticket"),
    [
        ("0811-400-0001", "628114000001", None),
        ("+62 811 400", "62811400", None),
        ("12", "", (None, 12)),
        ("MC-2026-000123", "", (2026, 123)),
        ("paket", "", None),
        ("2026-77", "202677", (2026, 77)),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, phone, ticket):
    query = read_query(typed)
    assert (query.phone, query.ticket) == (phone, ticket)
