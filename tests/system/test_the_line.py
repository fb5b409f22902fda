"""From a signed form of Twilio's to a POST to its Messages API, over the real parts."""

from __future__ import annotations

import pytest

from tests.system.service import Service, StandIn, wait_for

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]


def test_a_question_is_answered_with_one_message_of_the_right_article(
    service: Service, stand_in: StandIn
) -> None:
    fajar = "whatsapp:+628115550001"
    service.say(fajar, "berapa batas bebas bea masuk barang kiriman?")
    sent = wait_for("an answer", lambda: stand_in.sent(fajar))
    assert len(sent) == 1
    assert "USD 3" in sent[0]["body"]
    assert "PMK 96/2023" in sent[0]["body"].splitlines()[-3]
    wait_for("it is read", lambda: stand_in.sent(fajar)[0]["status"] == "read")
    wait_for(
        "we know that it is read",
        lambda: service.rows(
            "SELECT 1 FROM outbox JOIN message ON id = message_id "
            "WHERE \"to\" = :to AND state = 'read'",
            to=fajar,
        ),
    )
    assert len(stand_in.sent(fajar)) == 1


def test_who_asks_for_a_person_gets_a_ticket(service: Service, stand_in: StandIn) -> None:
    fajar = "whatsapp:+628115550002"
    service.say(fajar, "mau bicara dengan petugas")
    sent = wait_for("a reply", lambda: stand_in.sent(fajar))
    number = service.rows(
        "SELECT number, floor FROM ticket t JOIN conversation c ON c.id = t.conversation_id "
        "JOIN address a ON a.id = c.address_id WHERE a.value = :to",
        to=fajar,
    )
    assert number[0]["floor"] == "queue"
    assert number[0]["number"] in sent[0]["body"]
    assert "WITA" in sent[0]["body"]
