"""Who was given answers that rest on a regulation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.db import transaction
from bot.faq.given import given
from bot.models import Address, AddressKind, Conversation, Person, Regulation
from tests.cited import answer_with, publish_citing, register_id

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture
def conversation(database: None) -> Callable[[str], int]:
    """A conversation of somebody: `conversation("Fajar")`."""

    def begin(name: str) -> int:
        with transaction() as session:
            person = Person(name=name)
            session.add(person)
            session.flush()
            address = Address(
                person_id=person.id,
                kind=AddressKind.PHONE,
                value=f"whatsapp:+62811400{person.id:04}",
            )
            session.add(address)
            session.flush()
            one = Conversation(person_id=person.id, address_id=address.id)
            session.add(one)
            session.flush()
            return one.id

    return begin


def told(since: datetime = NOW - MONTH) -> list[tuple[str, int, tuple[str, ...]]]:
    with transaction() as session:
        regulation = session.get_one(Regulation, register_id("PMK 96/2023"))
        return [
            (one.conversation.person.name, one.times, one.titles)
            for one in given(session, regulation, since)
        ]


def test_each_person_is_counted_once_with_how_often_and_what(conversation) -> None:
    satu, dua = publish_citing("satu", "PMK 96/2023"), publish_citing("dua", "PMK 96/PMK.04/2023")
    other = publish_citing("lain", "PMK 96/2024")
    fajar, gunawan, hasan = (conversation(name) for name in ("Fajar", "Gunawan", "Hasan"))
    for revision in (satu, satu, dua, other):
        answer_with(fajar, revision, NOW - timedelta(days=2))
    answer_with(gunawan, dua, NOW - timedelta(days=1))
    answer_with(hasan, other, NOW)
    assert told() == [("Gunawan", 1, ("Judul dua",)), ("Fajar", 3, ("Judul dua", "Judul satu"))]


def test_an_older_answer_is_outside_the_span(conversation) -> None:
    revision, fajar = publish_citing("satu", "PMK 96/2023"), conversation("Fajar")
    answer_with(fajar, revision, NOW - timedelta(days=31))
    assert told() == []
    assert told(NOW - timedelta(days=32)) == [("Fajar", 1, ("Judul satu",))]


def test_the_revision_counts_that_was_given_not_the_one_of_today(conversation) -> None:
    old, fajar = publish_citing("satu", "PMK 96/2023"), conversation("Fajar")
    new, gunawan = publish_citing("satu", "PMK 7/2026"), conversation("Gunawan")
    answer_with(fajar, old, NOW)
    answer_with(gunawan, new, NOW)
    assert [name for name, _, _ in told()] == ["Fajar"]


def test_an_answer_beside_another_in_one_message_counts_as_it_was_then(conversation) -> None:
    first = publish_citing("lain", "PMK 96/2024", at=NOW - 5 * MONTH)
    publish_citing("satu", "PMK 96/2023", at=NOW - 4 * MONTH)
    publish_citing("satu", "PMK 7/2026", at=NOW - MONTH / 2)
    fajar, gunawan = conversation("Fajar"), conversation("Gunawan")
    answer_with(fajar, first, NOW - MONTH / 2 - timedelta(days=1), beside=("lain", "satu"))
    answer_with(gunawan, first, NOW, beside=("lain", "satu"))
    assert told() == [("Fajar", 1, ("Judul satu",))]


def test_two_addresses_of_one_person_are_one(conversation) -> None:
    revision = publish_citing("satu", "PMK 96/2023")
    fajar, second = conversation("Fajar"), conversation("Fajar juga")
    for one in (fajar, second):
        answer_with(one, revision, NOW)
    with transaction() as session:
        session.get_one(Conversation, second).merged_into_id = fajar
    assert told() == [("Fajar", 2, ("Judul satu",))]
