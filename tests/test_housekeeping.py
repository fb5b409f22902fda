"""Forgetting: what is over goes with everything of it, what is not over stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bot.conversation import locked, queue_reply
from bot.db import transaction
from bot.desk import consultations, tickets
from bot.faq import import_tables
from bot.faq.tables import read_sheets
from bot.housekeeping import forget_what_is_over
from bot.models import (
    Base,
    Conversation,
    Heartbeat,
    ImportTable,
    Message,
    OfficeCalendarVersion,
    Person,
    Section,
    SignIn,
    Speaker,
    Staff,
    TicketReason,
    WebhookForm,
)
from bot.settings import settings
from tests.conftest import TestClock

Write = Callable[..., str]
LookUp = Callable[[str], Staff]
KEPT = {"section", "staff", "duty_shift", "office_calendar_version", "ticket_counter"}
KEPT |= {"alembic_version"}


def forget(clock: TestClock) -> None:
    with transaction() as session:
        forget_what_is_over(session, clock.now)


def rows() -> dict[str, int]:
    """Rows by table, but for what belongs to the office and not to applicants."""
    with transaction() as session:
        counts = {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in KEPT
        }
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def whole_case(write: Write, staff: LookUp, test_clock: TestClock) -> None:
    """Fajar's case with everything that a case may have; closed."""
    write("petugas")
    ani = staff("ani")
    with transaction() as session:
        person = session.scalars(select(Person)).one()
        person.created_at = test_clock.now
        ticket = tickets.open_ticket(
            session,
            locked(session, 1),
            TicketReason.COMPLAINT,
            asked_at=test_clock.now,
            now=test_clock.now,
        )
        tickets.take_over(session, ticket.id, ani, test_clock.now)
        consultations.consult(session, ticket.id, ani, "P2", "?", test_clock.now, key="k")
        tickets.reply(session, ticket.id, ani, "Silakan.", test_clock.now)
        tickets.close(session, ticket.id, ani, "answered", test_clock.now)


def test_a_person_silent_for_the_retention_time_is_forgotten_with_all_of_theirs(
    whole_case: None, test_clock: TestClock
) -> None:
    assert len(rows()) > 8
    test_clock.forward(days=settings().retention_days + 1)
    forget(test_clock)
    assert rows() == {}
    with transaction() as session:
        assert session.scalars(select(Staff)).all()
        assert session.scalars(select(Section)).all()
        assert session.scalars(select(OfficeCalendarVersion)).one()


def test_a_day_before_nothing_of_a_person_is_forgotten_but_the_raw_forms(
    whole_case: None, test_clock: TestClock
) -> None:
    before = rows()
    test_clock.forward(days=settings().retention_days - 1)
    forget(test_clock)
    del before["webhook_form"]
    assert rows() == before


@pytest.mark.parametrize("speaker", [Speaker.APPLICANT, Speaker.OFFICER])
def test_who_wrote_or_was_written_to_lately_is_kept_however_old_the_rest(
    whole_case: None, write: Write, test_clock: TestClock, speaker: Speaker
) -> None:
    test_clock.forward(days=settings().retention_days)
    if speaker is Speaker.APPLICANT:
        write("halo lagi?")
    else:
        with transaction() as session:
            conversation = session.scalars(select(Conversation)).one()
            queue_reply(session, conversation, "Kabar", speaker=speaker, now=test_clock.now)
    test_clock.forward(days=2)
    forget(test_clock)
    with transaction() as session:
        assert session.scalars(select(Person)).one()
        assert len(session.scalars(select(Message)).all()) == 3


def test_who_has_an_open_ticket_is_not_forgotten(write: Write, test_clock: TestClock) -> None:
    write("petugas")
    with transaction() as session:
        session.scalars(select(Person)).one().created_at = test_clock.now
        tickets.open_ticket(
            session,
            locked(session, 1),
            TicketReason.ASKED_FOR_PERSON,
            asked_at=test_clock.now,
            now=test_clock.now,
        )
    test_clock.forward(days=settings().retention_days * 2)
    forget(test_clock)
    assert rows()["ticket"] == 1


def test_only_the_silent_are_forgotten(
    whole_case: None, write: Write, test_clock: TestClock
) -> None:
    test_clock.forward(days=settings().retention_days + 1)
    write("halo?", From="whatsapp:+628114000002", WaId="")
    forget(test_clock)
    with transaction() as session:
        [conversation] = session.scalars(select(Conversation)).all()
        assert conversation.address.value == "whatsapp:+628114000002"


def test_raw_forms_go_earlier_than_the_messages_made_of_them(
    write: Write, test_clock: TestClock
) -> None:
    write("halo?")
    test_clock.forward(days=settings().raw_form_retention_days - 1)
    write("halo lagi?")
    test_clock.forward(days=2)
    forget(test_clock)
    with transaction() as session:
        assert len(session.scalars(select(WebhookForm)).all()) == 1
        assert len(session.scalars(select(Message)).all()) == 2


def test_ended_sign_ins_and_dead_processes_go_and_live_ones_stay(
    staff: LookUp, test_clock: TestClock
) -> None:
    now = test_clock.now
    with transaction() as session:
        for token, ends in (("over", now - timedelta(seconds=1)), ("on", now + timedelta(1))):
            session.add(
                SignIn(staff_id=staff("ani").id, token_hash=token, csrf_token="x", expires_at=ends)
            )
        session.add(Heartbeat(name="dead", at=now - timedelta(days=2)))
        session.add(Heartbeat(name="worker", at=now))
    forget(test_clock)
    with transaction() as session:
        assert session.scalars(select(SignIn.token_hash)).all() == ["on"]
        assert session.scalars(select(Heartbeat.name)).all() == ["worker"]


@pytest.fixture
def rasas_events(database: None) -> Iterator[None]:
    """The table in which Rasa keeps its trackers."""
    with transaction() as session:
        session.execute(text("CREATE TABLE rasa.events (sender_id text, timestamp float)"))
    yield
    with transaction() as session:
        session.execute(text("DROP TABLE rasa.events"))


def test_rasas_trackers_go_after_a_day(rasas_events: None, test_clock: TestClock) -> None:
    with transaction() as session:
        for name, age in (("old", timedelta(days=1, seconds=1)), ("new", timedelta(hours=23))):
            session.execute(
                text("INSERT INTO rasa.events VALUES (:name, :at)"),
                {"name": name, "at": (test_clock.now - age).timestamp()},
            )
    forget(test_clock)
    with transaction() as session:
        assert session.scalars(text("SELECT sender_id FROM rasa.events")).all() == ["new"]


def test_with_no_tracker_table_the_rest_is_forgotten_all_the_same(
    whole_case: None, test_clock: TestClock
) -> None:
    test_clock.forward(days=settings().retention_days + 1)
    forget(test_clock)
    assert rows() == {}


def test_forgetting_opens_the_log_for_its_own_transaction_only(
    whole_case: None, test_clock: TestClock
) -> None:
    forget(test_clock)
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.execute(text("DELETE FROM ticket_event"))


def test_an_uploaded_table_goes_after_a_week(staff: LookUp, test_clock: TestClock) -> None:
    with transaction() as session:
        sheets = read_sheets(b"tanya,jawab\na,b\n")
        import_tables.keep(session, "faq.csv", sheets, staff("dewi"), test_clock.now)
    test_clock.forward(days=7)
    forget(test_clock)
    with transaction() as session:
        assert session.scalar(select(func.count(ImportTable.id))) == 1
    test_clock.forward(seconds=1)
    forget(test_clock)
    with transaction() as session:
        assert session.scalar(select(func.count(ImportTable.id))) == 0
