"""Templates, sending again, notes, and what an officer changes about an applicant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.conversation import WindowClosed
from bot.db import transaction
from bot.desk import applicants, canned, replies, templates, tickets
from bot.desk.tickets import NotYours, WrongState
from bot.models import (
    CannedReply,
    Clock,
    Conversation,
    DeliveryState,
    Message,
    Note,
    Outbox,
    Person,
    PersonEvent,
    Staff,
    Template,
    Ticket,
)
from tests.conftest import TestClock
from tests.threads import at_once

Write = Callable[..., str]

SID = "HX" + "a1" * 16
BODY = "Yth. {{1}}, jawaban untuk tiket {{2}} sudah ada. Balas pesan ini untuk membacanya."


@pytest.fixture
def template(staff: Callable[[str], Staff], test_clock: TestClock) -> int:
    """The id of an approved template with two variables."""
    with transaction() as session:
        one = Template()
        templates.save(
            session,
            one,
            title="Jawaban sudah ada",
            language="id",
            content_sid=SID,
            body=BODY,
            labels=["Nama", "Nomor tiket"],
            member=staff("eko"),
            now=test_clock.now,
        )
        return one.id


def send(ticket_id: int, officer: Staff, template_id: int, now, key: str = "a", **values: str):  # type: ignore[no-untyped-def]
    filled = {int(name[1:]): value for name, value in values.items()}
    with transaction() as session:
        return replies.send_template(
            session, ticket_id, officer, template_id, filled, now, client_key=key
        )


def sent() -> list[tuple[str, str | None, dict[str, str] | None]]:
    with transaction() as session:
        rows = select(Message.body, Outbox.content_sid, Outbox.content_variables)
        rows = rows.join(Outbox, Outbox.message_id == Message.id).order_by(Message.id)
        return [tuple(row) for row in session.execute(rows)]  # type: ignore[misc]


# --- templates ---


def test_outside_the_window_a_template_goes_out_with_its_variables_and_stops_the_clock(
    held: int, ani: Staff, template: int, test_clock: TestClock
) -> None:
    test_clock.forward(hours=25)
    with pytest.raises(WindowClosed), transaction() as session:
        tickets.reply(session, held, ani, "halo", test_clock.now)
    send(held, ani, template, test_clock.now, v1=" Fajar ", v2="MC-1")
    assert sent() == [
        (
            "Yth. Fajar, jawaban untuk tiket MC-1 sudah ada. Balas pesan ini untuk membacanya.",
            SID,
            {"1": "Fajar", "2": "MC-1"},
        )
    ]
    with transaction() as session:
        assert session.scalars(select(Clock)).one().stopped_at == test_clock.now


def test_a_template_sent_four_times_at_once_goes_out_once(
    held: int, ani: Staff, template: int, test_clock: TestClock
) -> None:
    def click() -> None:
        send(held, ani, template, test_clock.now, v1="Fajar", v2="MC-1")

    at_once([click] * 4)
    assert len(sent()) == 1


@pytest.mark.parametrize("value", ["", "  ", "x" * 501])
def test_a_variable_that_whatsapp_would_refuse_is_refused_here(
    held: int, ani: Staff, template: int, test_clock: TestClock, value: str
) -> None:
    with pytest.raises(templates.BadValue) as bad:
        send(held, ani, template, test_clock.now, v1="Fajar", v2=value)
    assert bad.value.number == 2
    assert sent() == []


def test_line_breaks_in_a_variable_become_spaces_and_a_value_is_no_variable() -> None:
    values = templates.checked("{{1}} {{2}}", {1: "a\n b", 2: "{{1}}"})
    assert templates.filled("{{1}} {{2}}", values) == "a b {{1}}"


def test_who_asked_not_to_be_written_to_first_gets_no_template(
    held: int, ani: Staff, template: int, test_clock: TestClock
) -> None:
    with transaction() as session:
        session.scalars(select(Person)).one().opted_out_at = test_clock.now
    with pytest.raises(replies.OptedOut):
        send(held, ani, template, test_clock.now, v1="Fajar", v2="MC-1")


def test_only_the_holder_sends_a_template_and_no_retired_one(
    held: int, ani: Staff, ali: Staff, template: int, test_clock: TestClock
) -> None:
    with pytest.raises(NotYours):
        send(held, ali, template, test_clock.now, v1="Fajar", v2="MC-1")
    with transaction() as session:
        session.get_one(Template, template).retired_at = test_clock.now
    with pytest.raises(WrongState):
        send(held, ani, template, test_clock.now, v1="Fajar", v2="MC-1")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"content_sid": "HX1"}, "sid"),
        ({"body": "tanpa {{2}}"}, "variables"),
        ({"body": "x" * 1025}, "body"),
        ({"labels": ["Nama"]}, "labels"),
    ],
)
def test_a_template_that_could_never_be_sent_is_not_kept(
    staff: Callable[[str], Staff], test_clock: TestClock, changed: dict[str, str], fault: str
) -> None:
    fields = {"content_sid": SID, "body": BODY, "labels": ["Nama", "Nomor"], **changed}
    with pytest.raises(templates.BadTemplate) as bad, transaction() as session:
        templates.save(
            session,
            Template(),
            title="T",
            language="id",
            member=staff("eko"),
            now=test_clock.now,
            **fields,  # type: ignore[arg-type]
        )
    assert bad.value.fault == fault


# --- sending again ---


def fail(message_id: int, code: int | None) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE outbox SET state = 'failed', error_code = :code WHERE message_id = :id"),
            {"code": code, "id": message_id},
        )


def again(message_id: int, officer: Staff, now) -> Message | None:  # type: ignore[no-untyped-def]
    with transaction() as session:
        return replies.resend(session, message_id, officer, now)


def test_a_failed_reply_is_sent_again_once_and_both_stay(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        [message] = tickets.reply(session, held, ani, "Jawabannya ini.", test_clock.now)
    fail(message.id, 63018)
    at_once([lambda: again(message.id, ani, test_clock.now)] * 4)
    assert [body for body, _, _ in sent()] == ["Jawabannya ini."] * 2
    with transaction() as session:
        states = session.scalars(select(Outbox.state).order_by(Outbox.message_id)).all()
    assert states == [DeliveryState.FAILED, DeliveryState.QUEUED]


@pytest.mark.parametrize("code", [21610, 63024, 63003])
def test_what_would_fail_again_is_not_sent_again(
    held: int, ani: Staff, test_clock: TestClock, code: int
) -> None:
    with transaction() as session:
        [message] = tickets.reply(session, held, ani, "Jawabannya ini.", test_clock.now)
    fail(message.id, code)
    with pytest.raises(WrongState):
        again(message.id, ani, test_clock.now)


def test_what_may_still_arrive_is_not_sent_again(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        [message] = tickets.reply(session, held, ani, "Jawabannya ini.", test_clock.now)
        session.get_one(Outbox, message.id).state = DeliveryState.UNKNOWN
    with pytest.raises(WrongState):
        again(message.id, ani, test_clock.now)


def test_sending_again_needs_the_window_and_the_ticket(
    held: int, ani: Staff, ali: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        [message] = tickets.reply(session, held, ani, "Jawabannya ini.", test_clock.now)
    fail(message.id, 63018)
    with pytest.raises(NotYours):
        again(message.id, ali, test_clock.now)
    with pytest.raises(WindowClosed):
        again(message.id, ani, test_clock.now + timedelta(hours=25))


# --- notes ---


def test_a_note_is_kept_once_and_nothing_of_it_is_sent(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    def write_it() -> None:
        with transaction() as session:
            conversation = session.get_one(
                Conversation, session.get_one(Ticket, held).conversation_id
            )
            replies.write_note(
                session, conversation, ani, "Sudah ditelepon.", test_clock.now, client_key="n"
            )

    write_it()
    write_it()
    with transaction() as session:
        assert session.scalars(select(Note.body)).all() == ["Sudah ditelepon."]
        assert session.scalar(select(Outbox.message_id)) is None


# --- canned replies ---


def test_a_canned_reply_is_filled_in_and_unknown_braces_stay() -> None:
    words = canned.filled("Halo {nama}, {lain}", {"nama": "{petugas}"})
    assert words == "Halo {petugas}, {lain}"


@pytest.mark.parametrize(
    ("body", "fault"), [("", "empty"), ("{nomor}", "nomor"), ("x" * 1601, "too_long")]
)
def test_a_canned_reply_that_would_not_read_well_is_not_kept(
    staff: Callable[[str], Staff], test_clock: TestClock, body: str, fault: str
) -> None:
    with pytest.raises(canned.BadReply) as bad, transaction() as session:
        canned.save(
            session,
            CannedReply(),
            title="Salam",
            body_id=body,
            body_en="",
            member=staff("eko"),
            now=test_clock.now,
        )
    assert bad.value.fault == fault


# --- the applicant ---


def test_what_is_changed_about_an_applicant_is_in_a_log_that_only_grows(
    held: int, ani: Staff, test_clock: TestClock
) -> None:
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        applicants.correct_name(session, conversation, ani, " Fajar  Nugroho ", test_clock.now)
        applicants.speak(session, conversation, ani, "en", test_clock.now)
        with pytest.raises(applicants.NoReason):
            applicants.block(session, conversation, ani, "  ", test_clock.now)
        applicants.block(session, conversation, ani, "spam", test_clock.now)
        applicants.unblock(session, conversation, ani, test_clock.now)
    with transaction() as session:
        person = session.scalars(select(Person)).one()
        assert (person.name, person.language, person.blocked_at) == ("Fajar Nugroho", "en", None)
        kinds = session.scalars(select(PersonEvent.kind).order_by(PersonEvent.id)).all()
    assert kinds == ["renamed", "language", "blocked", "unblocked"]
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text("DELETE FROM person_event"))


def test_a_blocked_applicants_message_is_kept_and_wakes_nobody(
    held: int, ani: Staff, write: Write, test_clock: TestClock
) -> None:
    with transaction() as session:
        conversation = session.scalars(select(Conversation)).one()
        applicants.block(session, conversation, ani, "spam", test_clock.now)
        conversation.wake_at = None
    write("beli obat")
    with transaction() as session:
        assert session.scalars(select(Conversation.wake_at)).one() is None
        assert session.scalar(select(Message.id).where(Message.body == "beli obat")) is not None
