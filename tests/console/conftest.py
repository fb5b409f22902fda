"""The console as each of the cast sees it, and what Fajar wrote."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from html import unescape

import httpx
import pytest
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import clock, console
from bot.console.handling import COOKIE
from bot.conversation import locked
from bot.db import transaction
from bot.demo.accounts import DEMO_PASSWORD
from bot.desk import consultations, tickets
from bot.models import (
    Address,
    AddressKind,
    Consultation,
    Conversation,
    Direction,
    Message,
    Person,
    Speaker,
    Staff,
    Ticket,
    TicketReason,
)
from tests.console.browsing import anis, browser, open_as
from tests.console.sign_ins import sign_in_of

__all__ = ["anis", "browser", "open_as"]  # fixtures

NO_TIME = timedelta()


@cache
def application() -> Starlette:
    """The console alone, as the web process mounts it; one for all browsers, as there."""

    @asynccontextmanager
    async def lifespan(_):
        async with console.running():
            yield

    return Starlette(routes=console.routes(), lifespan=lifespan)


class Console:
    """A browser with its cookies that follows nothing by itself."""

    event_loop: BlockingPortal  # one for all, as in the web process

    def __init__(self) -> None:
        self.client = TestClient(
            application(), follow_redirects=False, raise_server_exceptions=True
        )
        self.client.portal = self.event_loop
        self.csrf = ""

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    def post(self, path: str, form: dict[str, str] | None = None, *, csrf: str | None = None):
        """A form of this page, with its CSRF token unless another is given."""
        token = self.csrf if csrf is None else csrf
        return self.client.post(path, data={"csrf": token, **(form or {})})

    def sign_in(self, username: str, password: str = DEMO_PASSWORD, next: str = ""):  # noqa: A002
        page = self.get("/console/signin")
        key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
        form = {"key": key, "username": username, "password": password, "next": next}
        answer = self.client.post("/console/signin", data=form)
        if answer.status_code == 303:
            home = self.client.get("/console/", follow_redirects=True)
            self.csrf = unescape(re.search(r'data-csrf="([^"]+)"', home.text)[1])
        return answer

    def come_back_as(self, username: str) -> None:
        """Someone who signed in before, with what the sign-in's form left in the browser."""
        token, self.csrf = sign_in_of(username)
        self.client.cookies.set(COOKIE, token, domain="testserver.local", path="/console")


@pytest.fixture(scope="package", autouse=True)
def event_loop() -> Iterator[None]:
    """What every `Console` runs on: a loop of its own for each request is slow to start."""
    with start_blocking_portal() as Console.event_loop:
        yield


@pytest.fixture
def anybody(database: None) -> Console:
    """A browser in which nobody signed in."""
    return Console()


@pytest.fixture(scope="package")
def browser_of(event_loop: None) -> Callable[[str], Console]:
    """`as_`, for tests that share what is in the database."""

    def signed_in(username: str) -> Console:
        one = Console()
        one.come_back_as(username)
        return one

    return signed_in


@pytest.fixture
def as_(database: None, browser_of: Callable[[str], Console]) -> Callable[[str], Console]:
    """The console of one of the cast, signed in: `as_("ani")`."""
    return browser_of


@pytest.fixture
def writes(database: None) -> Callable[..., int]:
    """Somebody writes; gives the conversation: `writes("halo", name="Fajar")`."""
    return conversation_of


@pytest.fixture
def ticket(database: None) -> Callable[..., int]:
    """Somebody waits for a person; gives the ticket: `ticket("mau bicara dengan petugas")`."""
    return ticket_of


@pytest.fixture
def consultation(database: None) -> Callable[..., int]:
    """Ani asked a section; gives the consultation: `consultation("P2", "boleh?")`."""
    return consultation_of


def conversation_of(body: str = "halo", *, name: str = "Fajar", ago: timedelta = NO_TIME) -> int:
    """The conversation in which that person now writes this."""
    with transaction() as session:
        conversation = _conversation_of(session, name)
        at = clock.now() - ago
        conversation.last_inbound_at = at
        session.add(
            Message(
                conversation_id=conversation.id,
                direction=Direction.IN,
                speaker=Speaker.APPLICANT,
                body=body,
                at=at,
            )
        )
        return conversation.id


def ticket_of(body: str = "mau bicara dengan petugas", **who: object) -> int:
    """The ticket of somebody who waits for a person from now on."""
    conversation_id = conversation_of(body, **who)
    at = clock.now() - who.get("ago", NO_TIME)
    with transaction() as session:
        conversation = locked(session, conversation_id)
        opened = tickets.open_ticket(
            session, conversation, TicketReason.ASKED_FOR_PERSON, asked_at=at, now=at
        )
        return opened.id


def consultation_of(section: str, question: str, *, name: str = "Fajar") -> int:
    """The consultation that Ani now asks for."""
    ticket_id = ticket_of(name=name)
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        now = clock.now()
        tickets.take_over(session, ticket_id, ani, now)
        asked = consultations.consult(
            session, ticket_id, ani, section, question, now, key=f"{ticket_id}:{section}"
        )
        return asked.id


@pytest.fixture
def the_ticket(database: None) -> Callable[[int], Ticket]:
    """The ticket as the database has it now."""

    def look(ticket_id: int) -> Ticket:
        with transaction() as session:
            return session.get_one(Ticket, ticket_id)

    return look


@pytest.fixture
def the_consultation(database: None) -> Callable[[int], Consultation]:
    def look(consultation_id: int) -> Consultation:
        with transaction() as session:
            return session.get_one(Consultation, consultation_id)

    return look


@pytest.fixture
def said(database: None) -> Callable[[], list[str]]:
    """What officers said to applicants so far."""

    def look() -> list[str]:
        with transaction() as session:
            found = session.scalars(
                select(Message.body).where(Message.speaker == Speaker.OFFICER).order_by(Message.id)
            )
            return list(found)

    return look


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the clock: `later(timedelta(minutes=2))`."""

    def move(by: timedelta) -> None:
        real = clock.now

        def moved() -> datetime:
            return real() + by

        monkeypatch.setattr(clock, "now", moved)

    return move


@pytest.fixture
def served(database: None) -> Iterator[str]:
    """The console on a port of its own, for what needs a real server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(application(), port=port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def signed_in_at(served: str) -> Iterator[Callable[[str], httpx.Client]]:
    """A client of the served console, signed in."""
    clients = []

    def sign_in(username: str) -> httpx.Client:
        client = httpx.Client(base_url=served, timeout=10, trust_env=False)
        clients.append(client)
        page = client.get("/console/signin")
        key = re.search(r'name="key" value="([^"]+)"', page.text)[1]
        form = {"key": key, "username": username, "password": DEMO_PASSWORD}
        assert client.post("/console/signin", data=form).status_code == 303
        return client

    yield sign_in
    for client in clients:
        client.close()


def _conversation_of(session, name: str) -> Conversation:
    known = session.scalars(
        select(Conversation).join(Conversation.person).where(Person.name == name)
    ).one_or_none()
    if known is not None:
        return known
    person = Person(name=name)
    session.add(person)
    session.flush()
    number = f"whatsapp:+62811{4_000_000 + person.id}"
    address = Address(person_id=person.id, kind=AddressKind.PHONE, value=number)
    session.add(address)
    session.flush()
    conversation = Conversation(person_id=person.id, address_id=address.id)
    session.add(conversation)
    session.flush()
    return conversation
