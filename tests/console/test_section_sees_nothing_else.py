"""Budi (section P2) tries every address of the console; the routes themselves are the list."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.routing import BaseRoute, Mount, Route

from bot import console
from bot.db import transaction
from tests.console.conftest import consultation_of, ticket_of

# What anybody who is signed in may have; all else is not there for a section.
OWN = re.compile(
    r"/console(/|/signin|/signout|/password|/language|/events|/manifest\.webmanifest|/worker\.js"
    r"|/section(/\{id:int\}(/[a-z-]+)?)?)?"
)
SECRET = "rekening rahasia 4711"


def addresses(routes: list[BaseRoute], base: str = "") -> Iterator[tuple[str, str]]:
    """Every method and address pattern of the console, static files apart."""
    for route in routes:
        if isinstance(route, Mount) and route.path != "/static":
            yield from addresses(list(route.routes), base + route.path)
        elif isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield method, base + route.path


ALL = sorted(set(addresses(console.routes())))
FOREIGN = [(method, path) for method, path in ALL if not OWN.fullmatch(path)]


def test_the_list_of_addresses_is_complete():
    assert ("GET", "/console/tickets/{id:int}") in FOREIGN
    assert ("POST", "/console/tickets/{id:int}/reply") in FOREIGN
    assert ("GET", "/console/decisions/{id:int}") in FOREIGN
    assert ("GET", "/console/section/{id:int}") not in FOREIGN
    assert len(FOREIGN) > 15


@pytest.fixture(scope="class")
def budi(fresh_start, browser_of):
    """Budi, in whose office there is a ticket and one that P2 was asked about."""
    with transaction() as session:
        session.connection().exec_driver_sql(fresh_start)
    ticket_of(SECRET, name="Fajar Nugroho")
    consultation_of("P2", "boleh?", name="Fajar Nugroho")
    return browser_of("budi")


class TestOneOffice:
    """Addresses tried in one office: each is refused, so nothing there changes for the next."""

    @pytest.mark.parametrize(("method", "path"), FOREIGN, ids=[f"{m} {p}" for m, p in FOREIGN])
    def test_no_other_address_is_there_for_a_section(self, budi, method, path):
        for number in (1, 2, 999):
            address = re.sub(r"\{\w+:int\}", str(number), path)
            address = re.sub(r"\{\w+(:path)?\}", "batas-bea-masuk", address)
            ask = budi.get if method == "GET" else budi.post
            answer = ask(address)
            assert answer.status_code == 404, (method, address)
            for hidden in (SECRET, "Fajar", "+62"):
                assert hidden not in answer.text


@pytest.mark.parametrize("action", ["", "/answer", "/ask-back", "/pass-on"])
@pytest.mark.parametrize("username", ["citra", "eko"])
def test_every_number_guessed_leads_nowhere(as_, consultation, action, username):
    asked = max(consultation("P2", SECRET, name=f"Fajar {n}") for n in range(3))
    other = as_(username)
    form = {"text": "x", "to": "UMUM", "reason": "x"}
    for number in range(asked + 2):
        for base in ("section", "decisions"):
            address = f"/console/{base}/{number}{action}"
            answer = other.post(address, form) if action else other.get(address)
            assert answer.status_code == 404, address
            assert SECRET not in answer.text
