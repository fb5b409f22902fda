"""Telling people of a regulation that changed: asked, agreed to by somebody else, sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import worker
from bot.conversation import locked, move_floor
from bot.db import transaction
from bot.desk import telling, templates
from bot.desk.telling import CannotTell, TellingFault, Wording
from bot.desk.telling_next import tell_next
from bot.faq import regulations
from bot.models import (
    Conversation,
    DeliveryState,
    Floor,
    Message,
    NotTold,
    Outbox,
    Regulation,
    RegulationState,
    Speaker,
    Staff,
    Telling,
    Template,
)
from tests.cited import publish_citing, register_id
from tests.conftest import FAJAR, TestClock

GUNAWAN = "whatsapp:+628114000002"
TEXT = "Halo {nama}, jawaban kami dulu berdasar PMK 96/2023 yang kini diganti."


@pytest.fixture
def dewi(staff: Callable[[str], Staff]) -> Staff:
    return staff("dewi")


@pytest.fixture
def eko(staff: Callable[[str], Staff]) -> Staff:
    return staff("eko")


@pytest.fixture
def conversation(write: Callable[..., str]) -> Callable[[str], int]:
    """Somebody who wrote just now: `conversation(GUNAWAN)`."""

    def begin(address: str = FAJAR) -> int:
        write("halo", From=address, WaId="")
        with transaction() as session:
            return session.scalars(
                select(Conversation.id).where(Conversation.address.has(value=address))
            ).one()

    return begin


@pytest.fixture
def template(staff: Callable[[str], Staff], test_clock: TestClock) -> Template:
    with transaction() as session:
        made = Template()
        templates.save(
            session,
            made,
            title="Perubahan aturan",
            language="id",
            content_sid="HX" + "1" * 32,
            body="Halo {{1}}, aturan {{2}} berubah.",
            labels=["Nama", "Aturan"],
            member=staff("eko"),
            now=test_clock.now,
        )
        return made


def ask(staff: Staff, clock: TestClock, *people: int, **said: object) -> int:
    with transaction() as session:
        regulation = session.get_one(Regulation, register_id("PMK 96/2023"))
        wording = Wording(**{"text": TEXT, **said})  # type: ignore[arg-type]
        return telling.ask(session, regulation, people, wording, staff, clock.now).id


def agree(asked: int, staff: Staff, clock: TestClock) -> None:
    with transaction() as session:
        telling.agree(session, asked, staff, clock.now)


def send_all(clock: TestClock) -> int:
    """How many people the worker came to."""
    times = 0
    while True:
        with transaction() as session:
            if not tell_next(session, clock.now):
                return times
        times += 1


def sent() -> list[tuple[str, str, str | None]]:
    with transaction() as session:
        rows = session.execute(
            select(Outbox.to, Message.body, Outbox.content_sid)
            .join(Message, Message.id == Outbox.message_id)
            .where(Message.speaker == Speaker.DESK)
            .order_by(Message.id)
        )
        return [(to, body, sid) for to, body, sid in rows]


def progress(asked: int) -> telling.Progress:
    with transaction() as session:
        return telling.progress(session, session.get_one(Telling, asked))


def test_nobody_is_told_before_somebody_else_agreed(conversation, dewi, eko, test_clock) -> None:
    asked = ask(dewi, test_clock, conversation())
    assert send_all(test_clock) == 0
    with pytest.raises(CannotTell) as refused:
        agree(asked, dewi, test_clock)
    assert refused.value.fault is TellingFault.OWN_REQUEST
    assert send_all(test_clock) == 0
    agree(asked, eko, test_clock)
    assert send_all(test_clock) == 1
    text = TEXT.replace("{nama}", "Fajar")
    assert sent() == [(FAJAR, text, None)]


def test_each_is_told_once_however_often_it_is_asked(conversation, dewi, eko, test_clock) -> None:
    fajar = conversation()
    agree(ask(dewi, test_clock, fajar, fajar), eko, test_clock)
    assert [send_all(test_clock), send_all(test_clock)] == [1, 0]
    with pytest.raises(CannotTell) as refused:
        ask(dewi, test_clock, fajar)
    assert refused.value.fault is TellingFault.NOBODY
    gunawan = conversation(GUNAWAN)
    agree(ask(dewi, test_clock, fajar, gunawan), eko, test_clock)
    send_all(test_clock)
    assert [to for to, _, _ in sent()] == [FAJAR, GUNAWAN]


def test_outside_the_window_the_template_goes_out(
    conversation, dewi, eko, template, test_clock
) -> None:
    variables = {1: "{nama}", 2: "PMK 96/2023"}
    asked = ask(dewi, test_clock, conversation(), template=template, variables=variables)
    test_clock.forward(hours=25)
    agree(asked, eko, test_clock)
    send_all(test_clock)
    assert sent() == [(FAJAR, "Halo Fajar, aturan PMK 96/2023 berubah.", template.content_sid)]


def test_outside_the_window_nothing_goes_out_without_a_template(
    conversation, dewi, eko, test_clock
) -> None:
    asked = ask(dewi, test_clock, conversation())
    test_clock.forward(hours=25)
    agree(asked, eko, test_clock)
    send_all(test_clock)
    assert sent() == []
    assert progress(asked).left_out == {NotTold.NO_TEMPLATE: 1}


@pytest.mark.parametrize(
    ("column", "reason"),
    [("blocked_at", NotTold.BLOCKED), ("opted_out_at", NotTold.OPTED_OUT)],
)
def test_who_is_blocked_or_opted_out_since_is_not_told(
    conversation, dewi, eko, test_clock, column: str, reason: NotTold
) -> None:
    fajar = conversation()
    asked = ask(dewi, test_clock, fajar)
    agree(asked, eko, test_clock)
    with transaction() as session:
        setattr(session.get_one(Conversation, fajar).person, column, test_clock.now)
    assert send_all(test_clock) == 1
    assert sent() == []
    assert progress(asked).left_out == {reason: 1}


def test_a_conversation_that_a_person_leads_is_waited_for(
    conversation, dewi, eko, test_clock
) -> None:
    fajar, gunawan = conversation(), conversation(GUNAWAN)
    asked = ask(dewi, test_clock, fajar, gunawan)
    agree(asked, eko, test_clock)
    with transaction() as session:
        move_floor(locked(session, fajar), Floor.OFFICER)
    assert send_all(test_clock) == 1
    assert [to for to, _, _ in sent()] == [GUNAWAN]
    assert progress(asked).waiting == 1
    with transaction() as session:
        move_floor(locked(session, fajar), Floor.BOT)
    assert send_all(test_clock) == 1
    assert [to for to, _, _ in sent()] == [GUNAWAN, FAJAR]


def test_who_writes_on_another_number_by_now_is_told_there_and_once(
    conversation, dewi, eko, test_clock
) -> None:
    fajar, second = conversation(), conversation(GUNAWAN)
    asked = ask(dewi, test_clock, fajar, second)
    agree(asked, eko, test_clock)
    with transaction() as session:
        session.get_one(Conversation, second).merged_into_id = fajar
    assert send_all(test_clock) == 2
    assert [to for to, _, _ in sent()] == [FAJAR]


def test_progress_says_where_everybody_is(conversation, dewi, eko, test_clock) -> None:
    asked = ask(dewi, test_clock, conversation(), conversation(GUNAWAN))
    assert progress(asked) == telling.Progress(2, 2, 0, 0, 0, {})
    agree(asked, eko, test_clock)
    send_all(test_clock)
    assert progress(asked) == telling.Progress(2, 0, 2, 0, 0, {})
    with transaction() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.message_id)).all()
        rows[-1].state, rows[-2].state = DeliveryState.DELIVERED, DeliveryState.FAILED
    assert progress(asked) == telling.Progress(2, 0, 0, 1, 1, {})


def test_a_declined_request_tells_nobody_and_can_be_asked_anew(
    conversation, dewi, eko, test_clock
) -> None:
    fajar = conversation()
    asked = ask(dewi, test_clock, fajar)
    with transaction() as session, pytest.raises(CannotTell):
        telling.decline(session, asked, "  ", eko, test_clock.now)
    with transaction() as session:
        telling.decline(session, asked, "Tulis lebih jelas.", eko, test_clock.now)
    with pytest.raises(CannotTell) as refused:
        agree(asked, eko, test_clock)
    assert refused.value.fault is TellingFault.SETTLED
    assert send_all(test_clock) == 0
    agree(ask(dewi, test_clock, fajar), eko, test_clock)
    assert send_all(test_clock) == 1


def test_a_template_that_was_retired_since_is_not_agreed_to(
    conversation, dewi, eko, template, test_clock
) -> None:
    variables = {1: "{nama}", 2: "PMK 96/2023"}
    asked = ask(dewi, test_clock, conversation(), template=template, variables=variables)
    with transaction() as session:
        session.get_one(Template, template.id).retired_at = test_clock.now
    with pytest.raises(CannotTell) as refused:
        agree(asked, eko, test_clock)
    assert refused.value.fault is TellingFault.TEMPLATE_RETIRED


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("  ", TellingFault.EMPTY),
        ("x" * (telling.LONGEST_TEXT + 1), TellingFault.TOO_LONG),
        ("Halo {nomor}", TellingFault.UNKNOWN_VARIABLE),
    ],
)
def test_what_could_not_be_sent_as_it_is_written_is_refused(
    conversation, dewi, test_clock, text: str, fault: TellingFault
) -> None:
    with pytest.raises(CannotTell) as refused:
        ask(dewi, test_clock, conversation(), text=text)
    assert refused.value.fault is fault


def test_the_worker_carries_out_what_is_due_and_tells(
    conversation, dewi, eko, test_clock, monkeypatch
) -> None:
    publish_citing("satu", "PMK 96/2023")
    with transaction() as session:
        regulation = session.get_one(Regulation, register_id("PMK 96/2023"))
        tomorrow = (test_clock.now + timedelta(days=1)).date()
        repealed = regulations.Mark(RegulationState.REPEALED, tomorrow)
        regulations.mark(session, regulation, repealed, (), dewi, test_clock.now)
    agree(ask(dewi, test_clock, conversation()), eko, test_clock)
    mill = worker.Worker(dialogue=object())  # type: ignore[arg-type]
    monkeypatch.setattr(mill._stopping, "wait", lambda _: mill._stopping.set())

    def flags() -> list[str]:
        mill._stopping.clear()
        mill._watch_regulations()
        with transaction() as session:
            return list(regulations.flags(session))

    assert flags() == []
    test_clock.forward(days=1)
    assert flags() == ["satu"]
    test_clock.forward(days=-1)
    mill._stopping.clear()
    mill._tell_people()
    assert [to for to, _, _ in sent()] == [FAJAR]
