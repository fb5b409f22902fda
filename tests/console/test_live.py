"""What open pages are told, and how soon."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from bot import clock
from bot.console.handling import in_turn
from bot.console.live.hub import EVERYTHING, MOST_PENDING, Subscription
from bot.console.live.routes import _told_to, hub
from bot.console.live.watch import Watch, read_watch
from bot.db import psycopg_address, transaction
from bot.desk import tickets
from bot.models import Role, Staff


@contextmanager
def stream(client: httpx.Client, query: str = "") -> Iterator[Iterator[dict]]:
    """The changes that the stream tells, from when it is open."""
    with client.stream("GET", f"/console/events{query}") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        for line in lines:
            if line == "event: open":
                break
        next(lines)
        told = (json.loads(line[6:]) for line in lines if line.startswith("data: "))
        yield (change for change in told if change)


def test_a_new_ticket_is_told_within_two_seconds_of_its_commit(signed_in_at, ticket):
    ani = signed_in_at("ani")
    with stream(ani) as changes:
        number = ticket()
        committed = time.monotonic()
        told = next(change for change in changes if change.get("ticket") == number)
        assert set(told) == {"ticket", "conversation"}
        assert f"/console/tickets/{number}" in ani.get("/console/queue").text
        assert time.monotonic() - committed < 2


def test_a_section_is_told_to_look_and_learns_no_numbers(signed_in_at, consultation):
    budi = signed_in_at("budi")
    with stream(budi) as changes:
        consultation("P2", "boleh?")
        assert next(changes) == {"all": True}


def test_after_a_broken_connection_everybody_is_told_to_look(signed_in_at, ticket):
    ani = signed_in_at("ani")
    with stream(ani) as changes:
        ticket(name="Sebelum")
        next(changes)
        with psycopg.connect(psycopg_address(), autocommit=True) as killer:
            killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
            )
        assert any(change == {"all": True} for change in changes)
        number = ticket(name="Sesudah")
        assert any(change.get("ticket") == number for change in changes)


def test_a_stream_is_forgotten_when_its_page_closes(signed_in_at, ticket):
    with stream(signed_in_at("ani")):
        assert len(hub._subscriptions) == 1
    until = time.monotonic() + 5
    while hub._subscriptions and time.monotonic() < until:
        time.sleep(0.05)
    assert not hub._subscriptions


def test_a_page_that_reads_too_slowly_is_told_to_look_at_everything():
    async def tell_too_much() -> list[dict]:
        subscription = Subscription()
        for number in range(MOST_PENDING + 1):
            subscription.tell({"ticket": number})
        return await subscription.changes(0.1)

    assert asyncio.run(tell_too_much()) == [EVERYTHING]


def test_the_same_change_is_told_once():
    async def tell_twice() -> list[dict]:
        subscription = Subscription()
        subscription.tell({"ticket": 1})
        subscription.tell({"ticket": 1})
        return await subscription.changes(0.1)

    assert asyncio.run(tell_twice()) == [{"ticket": 1}]


@pytest.mark.parametrize("role", [Role.SECTION, Role.EDITOR])
def test_a_conversation_of_the_bot_is_nobody_elses_business(role):
    assert _told_to(role, {"conversation": 7}) is None
    assert _told_to(Role.PLI, {"conversation": 7}) == {"conversation": 7}


def test_a_conversations_page_hears_of_its_conversation_alone(signed_in_at, ticket):
    number = ticket(name="Yang dilihat")
    ani = signed_in_at("ani")
    watched = re.search(r'data-watch="([^"]+)"', ani.get(f"/console/tickets/{number}").text)[1]
    with stream(ani, f"?watch={watched}") as changes:
        ticket(name="Lain")
        with transaction() as session:
            officer = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            tickets.take_over(session, number, officer, clock.now())
        assert next(change["ticket"] for change in changes if "ticket" in change) == number


@pytest.mark.parametrize(
    ("watch", "change", "told"),
    [
        ("", {"ticket": 4, "conversation": 7}, {"ticket": 4, "conversation": 7}),
        ("conversation:7", {"conversation": 7}, {"conversation": 7}),
        ("conversation:7", {"ticket": 7, "conversation": 8}, None),
        ("conversation:7", EVERYTHING, EVERYTHING),
        ("conversation:7", {"presence": {"conversation": 7}}, {"presence": {"conversation": 7}}),
        ("conversation:7", {"presence": {"conversation": 8}}, None),
        ("queue", {"ticket": 4, "conversation": 7}, EVERYTHING),
        ("queue", {"presence": {"conversation": 7}}, {"presence": {"conversation": 7}}),
        ("alerts", {"ticket": 4, "conversation": 7}, EVERYTHING),
        ("alerts", {"conversation": 7}, None),
        ("alerts", {"presence": {"conversation": 7}}, None),
        ("conversation:x", {"conversation": 7}, {"conversation": 7}),
    ],
)
def test_a_page_is_told_what_it_watches(watch, change, told):
    assert read_watch(watch).told(change) == told


def test_a_list_is_told_once_of_what_comes_close_together():
    async def tell_two() -> list[dict]:
        subscription = Subscription(Watch("queue"))
        subscription.tell({"conversation": 1})
        asyncio.get_running_loop().call_later(0.05, subscription.tell, {"conversation": 2})
        return await subscription.changes(1)

    assert asyncio.run(tell_two()) == [EVERYTHING]


def test_a_list_is_told_again_only_after_a_rest():
    async def told_twice() -> float:
        subscription = Subscription(Watch("queue"))
        subscription.tell({"ticket": 1})
        assert await subscription.changes(5)
        first = time.monotonic()
        subscription.tell({"ticket": 2})
        assert await subscription.changes(5)
        return time.monotonic() - first

    assert 0.9 < asyncio.run(told_twice()) < 3


def test_pages_in_the_making_leave_threads_to_what_applicants_write():
    """As many pages as are made at once are at work; more wait, and another thread is free."""
    at_work = threading.Semaphore(0)
    may_end = threading.Event()

    def make_page() -> None:
        at_work.release()
        assert may_end.wait(10)

    async def look() -> bool:
        pages = [asyncio.create_task(in_turn(make_page)) for _ in range(20)]
        while at_work._value < 4:
            await asyncio.sleep(0.01)
        await run_in_threadpool(lambda: None)
        one_more = at_work._value > 4
        may_end.set()
        await asyncio.gather(*pages)
        return one_more

    assert not asyncio.run(look())
    assert at_work._value == 20
