"""The queue: order, tabs, pages, and what a row tells."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.models import Clock, Staff


def names_in(page) -> list[str]:
    return re.findall(r'class="row-who"><strong>([^<]+)', page.text)


def test_an_empty_queue_says_so(as_):
    ani = as_("ani")
    assert "Tidak ada yang menunggu" in ani.get("/console/queue").text
    assert "Anda tidak memegang tiket" in ani.get("/console/queue?tab=mine").text


def test_whoever_is_due_first_is_first(as_, ticket):
    ticket(name="Kedua", ago=timedelta(minutes=3))
    ticket(name="Ketiga", ago=timedelta(minutes=1))
    ticket(name="Pertama", ago=timedelta(minutes=5))
    set_dues(Pertama=1, Kedua=3, Ketiga=5)
    assert names_in(as_("ani").get("/console/queue")) == ["Pertama", "Kedua", "Ketiga"]


def test_a_clock_turns_from_calm_to_urgent_to_breached(as_, ticket):
    ticket(name="Tenang")
    ticket(name="Segera")
    ticket(name="Terlambat")
    set_dues(Tenang=9, Segera=2, Terlambat=-4)
    page = as_("ani").get("/console/queue").text
    moods = re.findall(r'class="deadline" data-mood="(\w+)"', page)
    assert moods == ["breached", "urgent", "calm"]
    assert re.search(r'class="left">terlambat [34] menit<', page)
    assert re.search(r'class="left">1 menit lagi<', page)
    assert "Segera</span>" in page
    assert "WITA" in page


def test_a_row_tells_who_why_and_what_was_said_last(as_, ticket):
    ticket("paket saya <b>belum</b> keluar", name="Fajar")
    page = as_("ani").get("/console/queue").text
    assert "paket saya &lt;b&gt;belum&lt;/b&gt; keluar" in page
    assert "Minta petugas" in page
    assert re.search(r"\+62 811-••••-\d{3}", page)
    assert not re.search(r"\+62811\d{7}", page)
    assert re.search(r"MC-\d{4}-000001", page)


def test_each_tab_holds_its_own(as_, ticket, writes):
    held, closed = ticket(name="Dipegang"), ticket(name="Tertutup")
    ticket(name="Menunggu")
    writes("halo", name="Bersama Bot")
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, held, ani, clock.now())
        tickets.take_over(session, closed, ani, clock.now())
        tickets.close(session, closed, ani, "answered", clock.now())
    ani, ali = as_("ani"), as_("ali")
    shown = {tab: names_in(ani.get(f"/console/queue?tab={tab}")) for tab in ALL_TABS}
    assert shown["waiting"] == ["Menunggu"]
    assert shown["mine"] == ["Dipegang"]
    assert shown["closed"] == ["Tertutup"]
    assert shown["section"] == shown["answered"] == []
    assert sorted(shown["all"]) == ["Dipegang", "Menunggu", "Tertutup"]
    assert sorted(shown["bot"]) == ["Bersama Bot", "Tertutup"]
    assert names_in(ali.get("/console/queue?tab=mine")) == []


def test_a_conversation_the_bot_had_long_ago_is_not_offered(as_, writes):
    writes("halo", name="Lama", ago=timedelta(hours=25))
    assert names_in(as_("ani").get("/console/queue?tab=bot")) == []


def test_a_long_queue_comes_in_pages(as_, ticket):
    for number in range(53):
        ticket(name=f"Pemohon {number:02}")
    ani = as_("ani")
    first = ani.get("/console/queue")
    second = ani.get(f"/console/queue{following(first)}")
    assert (len(names_in(first)), len(names_in(second))) == (50, 3)
    assert not set(names_in(first)) & set(names_in(second))
    assert "3 baris dari 53" in second.text
    assert 'rel="next"' not in second.text


def test_an_odd_tab_or_page_is_the_first_one(as_, ticket):
    ticket(name="Fajar")
    ani = as_("ani")
    for query in ("tab=nothing", "after=-1", "after=o²_1", "after=o9e99_1", "after=o1_", "after="):
        assert names_in(ani.get(f"/console/queue?{query}")) == ["Fajar"], query


def test_the_page_alone_is_asked_for_again_without_its_frame(as_, ticket):
    ticket(name="Fajar")
    fragment = as_("ani").get("/console/queue", **{"X-Fragment": "1"})
    assert names_in(fragment) == ["Fajar"]
    assert "<header" not in fragment.text
    assert "<title>(1) Antrean" in fragment.text


def following(page) -> str:
    """Where the page's "next" leads."""
    return unescape(re.search(r'rel="next" href="([^"]+)"', page.text)[1])


ALL_TABS = ("waiting", "mine", "section", "answered", "closed", "all", "bot")


def set_dues(**minutes: int) -> None:
    """Let the clocks of the named run out in so many minutes, of ten each."""
    with transaction() as session:
        for one in session.scalars(select(Clock)):
            name = one.ticket.conversation.person.name
            one.due_at = clock.now() + timedelta(minutes=minutes[name])
            one.started_at = one.due_at - timedelta(minutes=10)
