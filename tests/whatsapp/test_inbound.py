"""Taking in: once per MessageSid, one person whatever comes at once, limits said once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette

from bot.db import transaction
from bot.models import (
    Address,
    AddressKind,
    Announcement,
    Conversation,
    Direction,
    Message,
    Person,
    Turn,
    TurnOutcome,
    WebhookForm,
)
from bot.whatsapp import intake, webhook
from bot.whatsapp.forms import Inbound, read_form
from bot.whatsapp.intake import keep_form, take_in_waiting
from tests.conftest import MONDAY_MORNING, TestClock
from tests.threads import at_once
from tests.whatsapp.twilio_caller import INBOUND, signature_of

MakeForm = Callable[..., dict[str, str]]
Stored = Callable[[], dict[str, int]]
Write = Callable[..., str]
ChangeSettings = Callable[..., None]


def take_all_in() -> None:
    while take_in_waiting():
        pass


def record(form: dict[str, str]) -> None:
    keep_form(form, MONDAY_MORNING)
    take_all_in()


def test_50_identical_webhooks_in_parallel_make_one_message(
    database: None, form: MakeForm, stored: Stored
) -> None:
    sent = form("berapa batas bebas?")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature_of(sent, INBOUND),
    }
    app = Starlette(routes=list(webhook.routes()))

    async def post_all() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
            posts = [
                client.post(INBOUND, content=urlencode(sent), headers=headers) for _ in range(50)
            ]
            return [response.status_code for response in await asyncio.gather(*posts)]

    assert set(asyncio.run(post_all())) == {200}
    take_all_in()
    rows = stored()
    assert (rows["message"], rows["webhook_form"], rows["person"]) == (1, 1, 1)


def test_of_identical_forms_in_threads_one_becomes_a_message(
    database: None, form: MakeForm, stored: Stored
) -> None:
    sent = form("halo")
    at_once([lambda: record(sent)] * 12)
    assert stored()["message"] == 1


def test_a_persons_messages_keep_their_order_with_many_workers(
    database: None, form: MakeForm
) -> None:
    written = [f"pesan {n}?" for n in range(30)]
    for body in written:
        keep_form(form(body), MONDAY_MORNING)
    at_once([take_all_in] * 6)
    assert [body for body, _, _ in outcomes()] == written


def test_a_form_that_cannot_become_a_message_is_put_aside_and_holds_nobody_up(
    database: None, form: MakeForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(form: Mapping[str, str]) -> Inbound:
        if form["Body"] == "batu?":
            raise KeyError("RAHASIA")
        return read_form(form)

    for body in ("satu?", "batu?", "dua?"):
        keep_form(form(body), MONDAY_MORNING)
    monkeypatch.setattr(intake, "read_form", stumble)
    take_all_in()
    assert [body for body, _, _ in outcomes()] == ["satu?", "dua?"]
    with transaction() as session:
        faults = session.scalars(select(WebhookForm.fault).order_by(WebhookForm.id)).all()
    assert faults == [None, "KeyError", None]


def test_a_database_that_fails_is_no_fault_of_the_form(
    database: None, form: MakeForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_form(form("satu?"), MONDAY_MORNING)

    def fail(*_: object) -> None:
        raise OperationalError("the connection broke", None, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(intake, "record_inbound", fail)
        with pytest.raises(OperationalError):
            take_in_waiting()
    take_all_in()
    assert [body for body, _, _ in outcomes()] == ["satu?"]


def test_two_first_messages_of_one_person_at_once_make_one_person(
    database: None, form: MakeForm, stored: Stored
) -> None:
    for round_ in range(15):
        sender = {"From": f"whatsapp:+62811500{round_:04d}", "WaId": ""}
        first, second = form("satu", **sender), form("dua", **sender)
        at_once([lambda f=first: record(f), lambda f=second: record(f)])  # type: ignore[misc]
    rows = stored()
    assert (rows["person"], rows["conversation"], rows["address"]) == (15, 15, 15)
    assert rows["message"] == 30


def test_a_person_seen_by_phone_and_by_scoped_id_at_once_is_one_person(
    database: None, form: MakeForm, stored: Stored
) -> None:
    for round_ in range(10):
        phone, scoped = f"62811600{round_:04d}", f"US.{round_}"
        one = form("a", From=f"whatsapp:+{phone}", WaId=phone, ExternalUserId=scoped)
        two = form("b", From=f"whatsapp:{scoped}", WaId=phone, ExternalUserId=scoped)
        at_once([lambda f=one: record(f), lambda f=two: record(f)])  # type: ignore[misc]
    rows = stored()
    assert (rows["person"], rows["conversation"], rows["address"]) == (10, 10, 20)


def test_who_gets_a_scoped_id_later_stays_the_same_person_and_is_answered_there(
    write: Write, stored: Stored
) -> None:
    write("halo")
    write("halo lagi", From="whatsapp:US.99", WaId="628114000001")
    write("dan lagi", From="whatsapp:US.99", WaId="")
    rows = stored()
    assert (rows["person"], rows["conversation"], rows["message"]) == (1, 1, 3)
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        assert conversation.address.value == "whatsapp:US.99"
        kinds = set(session.scalars(select(Address.kind)))
    assert kinds == {AddressKind.PHONE, AddressKind.SCOPED}


def test_different_people_are_not_mixed(write: Write, stored: Stored) -> None:
    write("halo")
    write("halo", From="whatsapp:+628114000002", WaId="628114000002")
    assert stored()["person"] == 2


def test_a_known_name_is_not_overwritten_but_a_missing_one_is_filled_in(write: Write) -> None:
    write("halo", ProfileName="")
    write("halo", ProfileName="Fajar")
    write("halo", ProfileName="Bukan Fajar")
    with transaction() as session:
        assert session.scalars(select(Person.name)).one() == "Fajar"


def test_a_repeated_form_moves_neither_the_window_nor_the_job(
    database: None, form: MakeForm
) -> None:
    sent = form("berapa batas bebas?")
    record(sent)
    keep_form(sent, MONDAY_MORNING + timedelta(hours=3))
    take_all_in()
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
    assert conversation.last_inbound_at == MONDAY_MORNING
    assert conversation.wake_at == MONDAY_MORNING


# --- the rate limit and the block list ---


def outcomes() -> list[tuple[str, TurnOutcome | None, str | None]]:
    with transaction() as session:
        rows = session.execute(
            select(Message.body, Turn.outcome, Turn.note)
            .outerjoin(Turn, Message.turn_id == Turn.id)
            .where(Message.direction == Direction.IN)
            .order_by(Message.id)
        )
        return [(body, outcome, note) for body, outcome, note in rows]


def announced() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Announcement.event).order_by(Announcement.id)))


def test_beyond_the_rate_messages_fail_explicitly_and_the_person_is_told_once(
    write: Write, change_settings: ChangeSettings
) -> None:
    change_settings(RATE_LIMIT_PER_MINUTE="3")
    for number in range(8):
        write(f"pesan {number}?")
    limited = [("failed", "rate_limited")] * 5
    assert [(o, n) for _, o, n in outcomes()] == [(None, None)] * 3 + limited
    assert announced() == ["too_many_messages"]


def test_the_rate_is_forgotten_after_a_minute_and_told_again_in_the_next(
    write: Write, change_settings: ChangeSettings, test_clock: TestClock
) -> None:
    change_settings(RATE_LIMIT_PER_MINUTE="2")
    for _ in range(3):
        write("halo?")
    test_clock.forward(seconds=61)
    write("halo lagi?")
    assert [n for _, _, n in outcomes()] == [None, None, "rate_limited", None]
    for _ in range(3):
        write("halo?")
    assert announced() == ["too_many_messages"] * 2


def test_one_persons_rate_does_not_touch_another(
    write: Write, change_settings: ChangeSettings
) -> None:
    change_settings(RATE_LIMIT_PER_MINUTE="1")
    write("halo?")
    write("halo?", From="whatsapp:+628114000002", WaId="628114000002")
    assert [n for _, _, n in outcomes()] == [None, None]


def test_a_repeated_form_does_not_count_towards_the_rate(
    database: None, form: MakeForm, change_settings: ChangeSettings
) -> None:
    change_settings(RATE_LIMIT_PER_MINUTE="2")
    sent = form("halo?")
    for _ in range(10):
        record(sent)
    record(form("halo lagi?"))
    assert [n for _, _, n in outcomes()] == [None, None]


def test_a_blocked_person_is_kept_on_record_but_neither_handled_nor_told(write: Write) -> None:
    write("halo?")
    with transaction() as session:
        person = session.scalars(select(Person)).one()
        person.blocked_at = MONDAY_MORNING
        conversation = session.scalars(select(Conversation)).one()
        conversation.wake_at = None
    write("kenapa?")
    assert outcomes()[1:] == [("kenapa?", TurnOutcome.FAILED, "blocked")]
    assert announced() == []
    with transaction() as session:
        assert session.scalar(select(func.count()).where(Conversation.wake_at.is_not(None))) == 0


@pytest.mark.parametrize("body", ["/restart", "<script>", "=1+1", "%s %d {x}", "\u202e", "\ud7ff"])
def test_hostile_words_are_stored_as_they_were_written(write: Write, body: str) -> None:
    write(body)
    assert outcomes() == [(body, None, None)]
