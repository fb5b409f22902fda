"""The office on one of its days: its time, what it was asked, and the clocks that ran."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.desk.calendar import default_rules
from bot.settings import ROOT
from tests.system.service import Chat, Service, wait_for

HERE = Path(__file__).parent
WITA = ZoneInfo("Asia/Makassar")
BY_THE_MINUTE = "%Y-%m-%d %H:%M"


class Promised(NamedTuple):
    """One row of deadlines.tsv, or one clock of the database in the same words."""

    who: str
    clock: str
    at: str
    due: str
    kept: str


def by_hand(day: str) -> list[Promised]:
    """What deadlines.tsv says about this day, as the clocks start."""
    lines = (HERE / "deadlines.tsv").read_text(encoding="utf-8").splitlines()
    names = next(line for line in lines if line.startswith("# day\t")).removeprefix("# ")
    rows = csv.DictReader(
        [names, *(line for line in lines if not line.startswith("#"))], delimiter="\t"
    )
    return in_order(
        Promised(r["who"], r["clock"], r["at"], r["due"], r["kept"])
        for r in rows
        if r["day"] == day
    )


def in_order(promised: Iterable[Promised]) -> list[Promised]:
    return sorted(promised, key=lambda one: (one.at, one.who, one.clock))


class MovedClock:
    """The service's clock. It runs on as any clock, from where it was put last."""

    def __init__(self, file: Path, start: str) -> None:
        self._file = file
        self._put(wita(start) - datetime.now(UTC))

    @property
    def settings(self) -> dict[str, str]:
        """What the service's processes need to have this clock."""
        path = os.pathsep.join([str(HERE / "moved_clock"), str(ROOT)])
        return {"PYTHONPATH": path, "MOVED_CLOCK": str(self._file)}

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def put(self, to: str) -> None:
        """It is `to` now, such as `2026-02-18 11:55` in the office's time. Never earlier."""
        assert wita(to) > self.now(), f"it is {self.now().astimezone(WITA)} already"
        self._put(wita(to) - datetime.now(UTC))

    def _put(self, ahead: timedelta) -> None:
        self._ahead = ahead
        # Written beside and moved, so that nobody reads half of it.
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()))
        fresh.replace(self._file)


@dataclass(frozen=True)
class Office:
    """The running service on its days."""

    service: Service
    clock: MovedClock

    def use_this_years_calendar(self) -> None:
        """The hours of `service.md` and the holidays of 2026, whatever year it really is."""
        self.service.change(
            "INSERT INTO office_calendar_version (rules, note) VALUES (CAST(:rules AS jsonb), '')",
            rules=json.dumps(default_rules("Asia/Makassar", (2026,))),
        )

    def it_is(self, day: str, time: str) -> None:
        """Move the clock forward."""
        self.clock.put(f"{day} {time}")

    def number(self, who: str) -> str:
        """The number of the applicant's last ticket."""
        return self._tickets(who)[-1]

    def last_breach(self, who: str) -> str | None:
        """When the clock that ran out last for this applicant did, as the worker recorded it."""
        found = self.service.rows(
            "SELECT max(k.breached_at) AS at FROM clock k JOIN ticket t ON t.id = k.ticket_id "
            "WHERE t.number = :number",
            number=self.number(who),
        )
        return wita_minute(found[0]["at"]) if found[0]["at"] else None

    def clocks(self, first_day: str, last_day: str) -> list[Promised]:
        """Every clock that started on these days, as the database has it at the end."""
        rows = self.service.rows(
            "SELECT p.name, k.kind, k.started_at, k.due_at, k.stopped_at, k.breached_at "
            "FROM clock k JOIN ticket t ON t.id = k.ticket_id "
            "JOIN conversation c ON c.id = t.conversation_id JOIN person p ON p.id = c.person_id "
            "WHERE k.started_at BETWEEN :first AND :last",
            first=wita(f"{first_day} 00:00"),
            last=wita(f"{last_day} 00:00") + timedelta(days=1),
        )
        return in_order(
            Promised(
                row["name"],
                row["kind"],
                wita_minute(row["started_at"]),
                wita_minute(row["due_at"]),
                "no" if row["breached_at"] else "yes" if row["stopped_at"] else "still open",
            )
            for row in rows
        )

    def events(self, who: str) -> list[str]:
        """What the log says of the applicant's last ticket, but for the clocks."""
        rows = self.service.rows(
            "SELECT e.kind FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id "
            "WHERE t.number = :number AND e.kind NOT LIKE 'clock%' ORDER BY e.id",
            number=self.number(who),
        )
        return [row["kind"] for row in rows]

    def _tickets(self, who: str) -> list[str]:
        rows = self.service.rows(
            "SELECT t.number FROM ticket t JOIN conversation c ON c.id = t.conversation_id "
            "JOIN person p ON p.id = c.person_id WHERE p.name = :who ORDER BY t.id",
            who=who,
        )
        return [row["number"] for row in rows]


class Applicant:
    """A member of the public on WhatsApp."""

    def __init__(self, office: Office, name: str) -> None:
        self.name = name
        self._office = office
        self._chat = Chat(office.service, office.service)

    def asks_for_an_officer(self, about: str) -> None:
        """Writes, and hears from the bot that a person was asked for."""
        told = self._chat.ask(f"{about}, mau bicara dengan petugas", ProfileName=self.name)
        assert self._office.number(self.name) in told, told

    def asks(self, question: str) -> str:
        """Writes; the bot's answer."""
        return self._chat.ask(question, ProfileName=self.name)

    def hears(self, text: str) -> None:
        """Gets these words, soon."""
        wait_for(f"{self.name} hears {text!r}", lambda: self.heard(text))

    def heard(self, text: str) -> bool:
        """Whether the words came already."""
        return any(text in message for message in self._chat.read())


def wita(text: str) -> datetime:
    """The moment that the office calls this."""
    return datetime.strptime(text, BY_THE_MINUTE).replace(tzinfo=WITA)


def wita_minute(moment: datetime) -> str:
    """The minute in which the moment lies, as the office calls it."""
    return moment.astimezone(WITA).strftime(BY_THE_MINUTE)
