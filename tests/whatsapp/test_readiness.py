"""When a message is handled: a question at once, fragments together, a talker all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.models import Conversation, Floor, Turn
from bot.settings import settings
from bot.turns import begin_turn, lease_next
from bot.whatsapp.forms import read_form
from bot.whatsapp.readiness import LONGEST_WAIT, is_complete, ready_at
from tests.conftest import MONDAY_MORNING, TestClock

MakeForm = Callable[..., dict[str, str]]
Write = Callable[..., str]
AT_ONCE = timedelta(0)
MEDIA = {"NumMedia": "1", "MediaUrl0": "https://x.example/1", "MediaContentType0": "image/jpeg"}


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        ("berapa batas bebas?", True),
        ("paket saya ditahan.", True),
        ("tolong!", True),
        ("paket ? ", True),
        ("batas nilai barang kiriman luar negeri", True),
        ("petugas", True),
        ("mau sama orang dong", True),
        ("ADMIN", True),
        ("2", True),
        (" ya ", True),
        ("tidak", True),
        ("no", True),
        ("halo", False),
        ("min", False),
        ("mau tanya", False),
        ("mau tanya soal paket", False),
        ("yang tadi", False),
        ("administrasi", False),
        ("123456", False),
    ],
)
def test_what_sounds_finished_does_not_wait_and_a_fragment_does(
    form: MakeForm, body: str, complete: bool
) -> None:
    assert is_complete(read_form(form(body))) is complete


def test_a_tapped_choice_does_not_wait_and_a_picture_waits_for_its_words(form: MakeForm) -> None:
    assert is_complete(read_form(form("Cek IMEI", ButtonPayload="article:imei_cek")))
    assert not is_complete(read_form(form("", **MEDIA)))
    assert not is_complete(read_form(form("")))


def test_a_question_is_ready_at_once_even_after_fragments(form: MakeForm) -> None:
    first = MONDAY_MORNING - timedelta(seconds=2)
    question = read_form(form("berapa batasnya?"))
    assert ready_at(question, first, MONDAY_MORNING) == MONDAY_MORNING


def wake_at() -> object:
    with transaction() as session:
        return session.scalars(select(Conversation.wake_at)).one()


def take_turn(clock: TestClock) -> str | None:
    """The text of the turn that is due now; None if none is."""
    with transaction() as session:
        lease = lease_next(session, clock.now)
        turn = begin_turn(session, lease, clock.now) if lease else None
        return turn.text if turn else None


def test_five_fragments_within_the_quiet_moment_become_one_turn_in_their_order(
    write: Write, test_clock: TestClock
) -> None:
    fragments = ["halo", "min", "mau tanya", "soal", "paket"]
    for fragment in fragments:
        assert take_turn(test_clock) is None
        write(fragment)
        test_clock.forward(seconds=settings().burst_quiet_seconds * 0.9)
    assert take_turn(test_clock) is None
    test_clock.forward(seconds=settings().burst_quiet_seconds * 0.2)
    assert take_turn(test_clock) == "\n".join(fragments)
    with transaction() as session:
        assert len(session.scalars(select(Turn)).all()) == 1


def test_a_question_ends_the_burst_at_once_and_takes_the_fragments_along(
    write: Write, test_clock: TestClock
) -> None:
    write("halo")
    test_clock.forward(seconds=0.1)
    write("berapa batas bebas?")
    assert take_turn(test_clock) == "halo\nberapa batas bebas?"


def test_who_never_stops_typing_is_answered_within_the_longest_wait(
    write: Write, test_clock: TestClock
) -> None:
    begun = test_clock.now
    step = settings().burst_quiet_seconds / 2
    while True:
        write("hmm")
        test_clock.forward(seconds=step)
        assert test_clock.now - begun <= LONGEST_WAIT + timedelta(seconds=step)
        if take_turn(test_clock) is not None:
            break
    assert test_clock.now - begun >= LONGEST_WAIT - timedelta(seconds=step)


def test_the_longest_wait_is_counted_anew_for_what_comes_after_a_turn(
    write: Write, test_clock: TestClock
) -> None:
    write("halo")
    test_clock.forward(seconds=1)
    assert take_turn(test_clock) == "halo"
    test_clock.forward(minutes=1)
    write("min")
    assert wake_at() == test_clock.now + timedelta(seconds=settings().burst_quiet_seconds)


def test_an_officer_who_has_the_floor_gets_every_piece_at_once(
    write: Write, test_clock: TestClock
) -> None:
    write("petugas")
    assert take_turn(test_clock) == "petugas"
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        conversation.floor = Floor.OFFICER
        conversation.lease_until = None
        session.scalars(select(Turn)).one().finished_at = test_clock.now
    test_clock.forward(minutes=1)
    write("ini resinya")
    assert wake_at() == test_clock.now
