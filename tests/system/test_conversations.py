"""Conversations of several turns, written in conversations.yaml, played on the phone page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import now
from bot.desk import tickets
from bot.models import Staff
from tests.system.service import Service, somebody, wait_for
from tests.system.test_phone import ANSWERED_WITHIN, open_phone, write
from tests.system.windows import Windows

pytestmark = [pytest.mark.rasa, pytest.mark.browser, pytest.mark.timeout(700)]

WRITTEN = yaml.safe_load(Path(__file__).with_name("conversations.yaml").read_text(encoding="utf-8"))
OFFICER = "ani"


@dataclass(frozen=True)
class Step:
    """What happens, and what must come of it; conversations.yaml explains each."""

    write: str | list[str] = ""
    attach: str = ""
    tap: str = ""
    officer: str = ""
    says: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    ticket: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Came:
    """What came of a step: words and choices as the page shows them, the rest as it is kept."""

    says: str
    offers: list[str]
    gives: list[str]
    tickets: list[dict[str, Any]]


class Applicant:
    """Somebody new, with the phone page before them."""

    def __init__(self, windows: Windows, service: Service) -> None:
        self._person = somebody()
        self._page = open_phone(windows, self._person)
        self._service = service

    def play(self, step: Step) -> Came:
        """Have the step happen; what came of it, once nothing more will."""
        shown, turns = self._theirs.count(), self._turns()
        if step.officer:
            self._answer_and_close(step.officer)
        else:
            self._send(step)
        self._settle()
        sent = len(self._service.sent(self._person))
        # Notices at once what `expect` looks for only every second.
        self._theirs.nth(sent - 1).wait_for(timeout=ANSWERED_WITHIN)
        expect(self._theirs).to_have_count(sent)
        new = self._turns()[len(turns) :]
        assert step.officer or len(new) == 1, "what is sent together is one turn"
        came = self._theirs.all()[shown:]
        return Came(
            says="\n".join(item.locator(".text").inner_text() for item in came),
            offers=[article for item in came for article in _offered(item)],
            gives=[article for turn in new for article in self._given(turn)],
            tickets=self._service.tickets(self._person),
        )

    def _settle(self) -> None:
        wait_for("nothing more comes", lambda: self._service.is_settled(self._person))

    @property
    def _theirs(self) -> Locator:
        return self._page.locator("#messages > li:not(.own, .day)")

    def _turns(self) -> list[int]:
        return [turn["id"] for turn in self._service.turns(self._person)]

    def _send(self, step: Step) -> None:
        texts = [step.write] if isinstance(step.write, str) else step.write
        before = self._written()
        if step.attach:
            self._page.get_by_role("button", name="Lampirkan").click()
            self._page.locator(f"[data-kind={step.attach}]").click()
        elif step.tap:
            self._page.get_by_role("button", name=step.tap, exact=True).last.click()
        else:
            for text in texts:
                write(self._page, text)
        wait_for("it came in", lambda: self._written() == before + len(texts))

    def _written(self) -> int:
        return len(
            self._service.rows(
                "SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id "
                "JOIN address a ON a.person_id = c.person_id "
                "WHERE a.value = :person AND direction = 'in'",
                person=self._person,
            )
        )

    def _given(self, turn: int) -> list[str]:
        """The articles that a turn gave: one, or one for each of several questions."""
        decisions = self._service.rows(
            "SELECT candidates, article_id FROM bot_decision "
            "JOIN article_revision r ON r.id = revision_id WHERE turn_id = :turn",
            turn=turn,
        )
        return [
            article
            for decision in decisions
            for article in [c["article"] for c in decision["candidates"] if c.get("given")]
            or [decision["article_id"]]
        ]

    def _answer_and_close(self, words: str) -> None:
        self._at_the_desk(tickets.take_over)
        self._at_the_desk(tickets.reply, words)
        self._at_the_desk(tickets.close, "answered")

    def _at_the_desk(self, step: Callable[..., object], *words: str) -> None:
        ticket = self._service.tickets(self._person)[-1]["id"]
        with Session(self._service.engine) as session, session.begin():
            officer = session.scalars(select(Staff).where(Staff.username == OFFICER)).one()
            step(session, ticket, officer, *words, now())
        self._settle()


def _offered(item: Locator) -> list[str]:
    """The articles that can be tapped below a reply."""
    payloads = [str(tap.get_attribute("data-payload")) for tap in item.locator(".tap").all()]
    return [p.removeprefix("article:") for p in payloads if p.startswith("article:")]


@pytest.mark.parametrize(
    "steps", [pytest.param(written["steps"], id=written["name"]) for written in WRITTEN]
)
def test_a_conversation_goes_as_it_is_written(
    steps: list[dict[str, Any]], trial: Service, windows: Windows
) -> None:
    applicant = Applicant(windows, trial)
    known = 0
    for step in (Step(**written) for written in steps):
        came = applicant.play(step)
        print(f"\n> {step}\n< {came}")
        assert came.gives == step.gives
        assert bool(came.offers) == bool(step.offers)
        assert set(step.offers) <= set(came.offers)
        assert bool(came.says) == bool(step.says)
        assert [words for words in step.says if words not in came.says] == []
        opened = came.tickets[known:]
        known = len(came.tickets)
        assert all(ticket["number"] in came.says for ticket in opened)
        if step.ticket:
            assert {column: came.tickets[-1][column] for column in step.ticket} == step.ticket
        else:
            assert opened == []
