"""The queue narrowed down: topic, section, channel, tag, reason, and pages that keep it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tags, tickets
from bot.models import Address, AddressKind, Staff, Ticket, TicketReason
from tests.console.test_queue import following, names_in


def of(ticket_id: int, **values: object) -> None:
    """Set what the bot would have found out."""
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Ticket, ticket_id), name, value)


def test_each_filter_shows_what_it_says(as_, ticket, consultation):
    of(ticket(name="Impor"), topic="impor")
    of(ticket(name="Mendesak"), reason=TicketReason.URGENT)
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tags.add(session, ticket(name="Bertanda"), " #Jepang ", ani, clock.now())
    ticket(name="Tanpa Nomor")
    with transaction() as session:
        address = session.scalars(
            select(Address).where(Address.person.has(name="Tanpa Nomor"))
        ).one()
        address.kind, address.value = AddressKind.SCOPED, "whatsapp:ID.123"
    consultation("P2", "boleh?", name="Di Seksi")
    ani = as_("ani")

    def shown(query: str) -> list[str]:
        return names_in(ani.get(f"/console/queue?tab=all&{query}"))

    assert shown("topic=impor") == ["Impor"]
    assert shown("reason=urgent") == ["Mendesak"]
    assert shown("tag=jepang") == ["Bertanda"]
    assert shown("section=P2") == ["Di Seksi"]
    assert shown("channel=scoped") == ["Tanpa Nomor"]
    assert shown("topic=impor&tag=jepang") == []
    assert len(shown("channel=phone")) == 4
    assert len(shown("channel=fax&reason=nothing")) == 5


def test_the_tabs_count_and_keep_what_is_filtered(as_, ticket):
    of(ticket(name="Impor"), topic="impor")
    ticket(name="Lain")
    page = as_("ani").get("/console/queue?topic=impor").text
    assert re.search(
        r'href="\?tab=waiting&amp;topic=impor"[^>]*>Menunggu <span class="count">1<', page
    )


def test_nothing_that_fits_says_so_and_offers_a_way_back(as_, ticket):
    ticket(name="Fajar")
    page = as_("ani").get("/console/queue?tag=tidakada").text
    assert "Tidak ada yang cocok dengan saringan" in page
    assert names_in(as_("ani").get("/console/queue?tab=waiting")) == ["Fajar"]


def test_all_tickets_are_paged_without_losing_or_repeating_one(as_, ticket):
    """Open ones by deadline, then those without a clock, then the closed, the latest first."""
    made = [ticket(name=f"Pemohon {number:03}") for number in range(120)]
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        now = clock.now()
        for ticket_id in made[:100]:
            tickets.take_over(session, ticket_id, ani, now)
        for ticket_id in made[:40]:
            tickets.reply(session, ticket_id, ani, "Sudah.", now)
        for position, ticket_id in enumerate(made[40:95]):
            moment = now + timedelta(seconds=position // 2)  # pairs that close at once
            tickets.close(session, ticket_id, ani, "answered", moment)
    console = as_("ani")
    page = console.get("/console/queue?tab=all")
    seen = names_in(page)
    while 'rel="next"' in page.text:
        page = console.get(f"/console/queue{following(page)}")
        seen += names_in(page)
    assert sorted(seen) == [f"Pemohon {number:03}" for number in range(120)]
    places = {name: position for position, name in enumerate(seen)}
    running, silent, closed = (
        [places[f"Pemohon {number:03}"] for number in numbers]
        for numbers in ((*range(95, 120),), range(40), range(40, 95))
    )
    assert max(running) < min(silent) and max(silent) < min(closed)
    closings = [f"Pemohon {number:03}" for number in range(94, 39, -1)]
    assert next(name for name in seen if name in closings) == closings[0]


def test_what_is_urgent_stands_out_by_sign_word_and_edge(as_, ticket):
    of(ticket(name="Fajar"), reason=TicketReason.URGENT)
    ticket(name="Biasa")
    page = as_("ani").get("/console/queue").text
    rows = dict(zip(names_in_text(page), re.findall(r"<a class=\"row\"[^>]*>", page), strict=True))
    assert "data-urgent" in rows["Fajar"] and "data-urgent" not in rows["Biasa"]
    assert re.search(r'<strong class="urgent-mark"><svg.*?</svg>Mendesak</strong>', page, re.S)


def names_in_text(page: str) -> list[str]:
    return re.findall(r'class="row-who"><strong>([^<]+)', page)


@pytest.mark.parametrize("name", ["", "   ", "#", "x" * 33, "a\x00b"])
def test_a_tag_that_is_none_is_refused(as_, ticket, name):
    number = ticket()
    answer = as_("ani").post(f"/console/tickets/{number}/tag", {"tag": name})
    assert answer.status_code == 422
    with transaction() as session:
        assert tags.tags_of(session, number) == []


def test_a_tag_is_put_on_once_and_taken_off(as_, ticket):
    number = ticket()
    ani = as_("ani")
    for name in ("Jepang", "#jepang ", " JEPANG"):
        assert ani.post(f"/console/tickets/{number}/tag", {"tag": name}).status_code == 303
    with transaction() as session:
        (tag,) = tags.tags_of(session, number)
    assert "jepang" in ani.get("/console/queue").text
    assert ani.post(f"/console/tickets/{number}/untag", {"tag": str(tag.id)}).status_code == 303
    with transaction() as session:
        assert tags.tags_of(session, number) == []


def test_a_ticket_has_only_so_many_tags(as_, ticket):
    number = ticket()
    ani = as_("ani")
    for position in range(tags.MOST):
        ani.post(f"/console/tickets/{number}/tag", {"tag": f"tanda {position}"})
    answer = ani.post(f"/console/tickets/{number}/tag", {"tag": "satu lagi"})
    assert answer.status_code == 422
    assert "paling banyak 12 tanda" in answer.text
