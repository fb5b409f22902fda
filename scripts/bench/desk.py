"""A desk at work for `make bench-console`: officers with tickets, and a page open for each."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import engine, transaction
from bot.desk import tickets
from bot.models import Announcement, Message, Role, Staff, Ticket
from bot.settings import settings
from bot.staff import hash_password
from bot.whatsapp.forms import read_form
from bot.whatsapp.inbound import record_inbound
from bot.whatsapp.senders import Senders
from tests.system.service import inbound_form, message_sid

PASSWORD = "sandi-pengukuran"
QUEUE_TABS = ("waiting", "mine", "all")


@dataclass(frozen=True)
class Plan:
    """How many pages of each kind are open, and how many people write."""

    conversations: int = 80
    queues: int = 15
    boards: int = 5
    people: int = 400

    @property
    def consoles(self) -> int:
        return self.conversations + self.queues + self.boards


@dataclass(frozen=True)
class Seat:
    """An account and the address of the page that it keeps open."""

    username: str
    address: str
    conversation: int | None = None
    person: str = ""  # whose conversation it is, as WhatsApp has the address


@dataclass(frozen=True)
class Desk:
    """Who sits where, and the WhatsApp addresses of the people whose tickets they hold."""

    seats: Sequence[Seat]
    people: Sequence[str]


def make_desk(database: Engine, plan: Plan) -> Desk:
    """Accounts, and a ticket held by an officer for each of the people; by the desk's own rules.

    May be called again on the same database: accounts and people are others each time.
    """
    run = int(time.time())
    with _settings_of(database), transaction() as session:
        officers = _accounts(session, f"p{run}-", Role.PLI, plan.conversations + plan.queues)
        overseers = _accounts(session, f"s{run}-", Role.SUPERVISOR, plan.boards)
        people = [f"whatsapp:+62{run}{n:03d}" for n in range(plan.people)]
        held = [
            _held_ticket(session, person, officers[n % len(officers)])
            for n, person in enumerate(people)
        ]
        # What applicants would hear of it takes Rasa half a minute, and is measured elsewhere.
        session.execute(delete(Announcement))
        session.info.clear()  # no page is open that would have to be told
    seats = [
        *(
            Seat(officer.username, f"/console/tickets/{ticket.id}", ticket.conversation_id, person)
            for officer, ticket, person in zip(
                officers[: plan.conversations], held, people, strict=False
            )
        ),
        *(
            Seat(officer.username, f"/console/queue?tab={QUEUE_TABS[n % len(QUEUE_TABS)]}")
            for n, officer in enumerate(officers[plan.conversations :])
        ),
        *(Seat(overseer.username, "/console/board") for overseer in overseers),
    ]
    return Desk(seats, people)


def _accounts(session: Session, prefix: str, role: Role, count: int) -> list[Staff]:
    stored = hash_password(PASSWORD)
    made = [
        Staff(username=f"{prefix}{n}", name=f"Petugas {prefix}{n}", role=role, password_hash=stored)
        for n in range(count)
    ]
    session.add_all(made)
    session.flush()
    return made


def _held_ticket(session: Session, person: str, officer: Staff) -> Ticket:
    now = clock.now()
    sid = message_sid(f"{person} asks")
    inbound = read_form(inbound_form(person, "Paket saya di mana?", sid))
    record_inbound(session, Senders(session, [inbound]), inbound, now)
    session.flush()
    message = session.scalars(select(Message).where(Message.message_sid == sid)).one()
    return tickets.step_in(session, message.conversation_id, officer, now)


@contextmanager
def _settings_of(database: Engine) -> Iterator[None]:
    """Our own code speaks to this database for the length of the block."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database.url.render_as_string(hide_password=False)
    settings.cache_clear()
    engine.cache_clear()
    try:
        yield
    finally:
        engine().dispose()
        engine.cache_clear()
        settings.cache_clear()
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before
