"""Accounts: there is always an administrator, and every change is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot import accounts, audit
from bot.conversation import locked
from bot.db import transaction
from bot.desk import tickets
from bot.models import (
    AuditEntry,
    Conversation,
    Floor,
    Role,
    Section,
    SignIn,
    Staff,
    Ticket,
    TicketEvent,
    TicketReason,
    TicketState,
)
from bot.staff import SignInRefused, has_password, sign_in
from tests.conftest import TestClock
from tests.threads import at_once

LookUp = Callable[[str], Staff]
ROUNDS = 25


def demote(admin: Staff, member: Staff, clock: TestClock) -> None:
    with transaction() as session:
        accounts.change(
            session,
            admin,
            member.id,
            name=member.name,
            role=Role.PLI,
            section=None,
            now=clock.now,
        )


def deactivate(admin: Staff, member: Staff, clock: TestClock) -> None:
    with transaction() as session:
        accounts.deactivate(session, admin, member.id, clock.now)


def administrators() -> list[str]:
    with transaction() as session:
        found = select(Staff.username).where(Staff.role == Role.ADMIN, Staff.active)
        return sorted(session.scalars(found))


def promote(username: str) -> None:
    with transaction() as session:
        session.scalars(select(Staff).where(Staff.username == username)).one().role = Role.ADMIN


def log() -> list[tuple[str, str, dict[str, object]]]:
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.kind, entry.subject, entry.data) for entry in entries]


@pytest.mark.parametrize("remove", [demote, deactivate])
def test_the_last_administrator_stays(
    staff: LookUp, test_clock: TestClock, remove: Callable[..., None]
) -> None:
    admin = staff("admin")
    with pytest.raises(accounts.LastAdministrator):
        remove(admin, admin, test_clock)
    assert administrators() == ["admin"]
    assert log() == []


@pytest.mark.parametrize("remove", [demote, deactivate])
def test_one_of_two_administrators_may_go(
    staff: LookUp, test_clock: TestClock, remove: Callable[..., None]
) -> None:
    promote("eko")
    remove(staff("eko"), staff("admin"), test_clock)
    assert administrators() == ["eko"]


def test_an_inactive_administrator_counts_for_nothing(staff: LookUp, test_clock: TestClock) -> None:
    promote("eko")
    deactivate(staff("admin"), staff("eko"), test_clock)
    with pytest.raises(accounts.LastAdministrator):
        demote(staff("admin"), staff("admin"), test_clock)


@pytest.mark.parametrize("removals", [(demote, demote), (deactivate, demote)])
def test_two_administrators_who_remove_each_other_at_once_leave_one(
    staff: LookUp, test_clock: TestClock, removals: tuple[Callable[..., None], ...]
) -> None:
    for _ in range(ROUNDS):
        with transaction() as session:
            for member in session.scalars(
                select(Staff).where(Staff.username.in_(["admin", "eko"]))
            ):
                member.role, member.active = Role.ADMIN, True
        admin, eko = staff("admin"), staff("eko")
        refused = []

        def try_it(
            remove: Callable[..., None], who: Staff, whom: Staff, refused: list[str] = refused
        ) -> None:
            try:
                remove(who, whom, test_clock)
            except accounts.AccountError:
                refused.append(who.username)

        at_once(
            [
                lambda a=admin, e=eko: try_it(removals[0], a, e),
                lambda a=admin, e=eko: try_it(removals[1], e, a),
            ]
        )
        assert len(refused) == 1
        assert administrators() == sorted({"admin", "eko"} - set(refused))


def test_who_was_just_demoted_demotes_nobody(staff: LookUp, test_clock: TestClock) -> None:
    promote("eko")
    eko = staff("eko")
    demote(staff("admin"), eko, test_clock)
    with pytest.raises(accounts.NotAnAdministrator):
        demote(eko, staff("admin"), test_clock)


def test_an_account_is_added_without_a_way_in_until_it_has_a_password(
    staff: LookUp, test_clock: TestClock
) -> None:
    admin = staff("admin")
    with transaction() as session:
        p2 = session.scalars(select(Section).where(Section.code == "P2")).one()
        member = accounts.add(
            session,
            admin,
            username=" Gita ",
            name="  Gita   Sari ",
            role=Role.SECTION,
            section=p2,
            now=test_clock.now,
        )
    assert (member.username, member.name) == ("gita", "Gita Sari")
    with transaction() as session, pytest.raises(SignInRefused):
        sign_in(session, "gita", "", test_clock.now)
    with transaction() as session:
        password = accounts.give_temporary_password(session, admin, member.id, test_clock.now)
    with transaction() as session:
        assert sign_in(session, "gita", password, test_clock.now)
    assert staff("gita").password_is_temporary
    assert log() == [
        ("account_added", "gita", {"role": "section", "section": "P2"}),
        ("password_reset", "gita", {}),
    ]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"username": "ani"}, accounts.UsernameTaken),
        ({"username": "ANI"}, accounts.UsernameTaken),
        ({"username": "x"}, accounts.BadUsername),
        ({"username": "9lives"}, accounts.BadUsername),
        ({"username": "a b"}, accounts.BadUsername),
        ({"username": "gita\n"}, None),
        ({"name": " "}, accounts.BadName),
        ({"name": "x" * 81}, accounts.BadName),
        ({"role": Role.SECTION}, accounts.SectionNeeded),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    staff: LookUp, test_clock: TestClock, changed: dict[str, object], error: type[Exception] | None
) -> None:
    wanted = {"username": "gita", "name": "Gita", "role": Role.PLI, "section": None} | changed
    with transaction() as session:
        if error is None:
            accounts.add(session, staff("admin"), now=test_clock.now, **wanted)
            return
        with pytest.raises(error):
            accounts.add(session, staff("admin"), now=test_clock.now, **wanted)


def test_a_password_reset_signs_out_and_unlocks(staff: LookUp, test_clock: TestClock) -> None:
    ani = staff("ani")
    with transaction() as session:
        sign_in(session, "ani", "maraga-demo", test_clock.now)
        session.get_one(Staff, ani.id).locked_until = test_clock.now + timedelta(minutes=1)
    with transaction() as session:
        password = accounts.give_temporary_password(session, staff("admin"), ani.id, test_clock.now)
    with transaction() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert sign_in(session, "ani", password, test_clock.now)
        assert not has_password(staff("ani"), "maraga-demo")


def test_an_own_password_ends_the_other_sign_ins_only(staff: LookUp, test_clock: TestClock) -> None:
    with transaction() as session:
        for _ in range(2):
            sign_in(session, "ani", "maraga-demo", test_clock.now)
    with transaction() as session:
        mine, _ = session.scalars(select(SignIn).order_by(SignIn.id)).all()
        accounts.change_own_password(
            session, staff("ani"), mine.id, "maraga-demo", "hujan di losari", test_clock.now
        )
    with transaction() as session:
        assert session.scalars(select(SignIn.id)).all() == [mine.id]
    assert has_password(staff("ani"), "hujan di losari")


@pytest.mark.parametrize(
    ("old", "new"),
    [("wrong", "hujan di losari"), ("maraga-demo", "short"), ("maraga-demo", "maraga-demo")],
)
def test_a_password_that_is_wrong_short_or_the_old_one_changes_nothing(
    staff: LookUp, test_clock: TestClock, old: str, new: str
) -> None:
    with transaction() as session, pytest.raises(accounts.BadPassword):
        accounts.change_own_password(session, staff("ani"), 0, old, new, test_clock.now)
    assert has_password(staff("ani"), "maraga-demo")


@pytest.fixture
def held(write: Callable[..., str], staff: LookUp, test_clock: TestClock) -> Ticket:
    """A ticket that Ani holds."""
    write("petugas")
    with transaction() as session:
        ticket = tickets.open_ticket(
            session,
            locked(session, 1),
            TicketReason.ASKED_FOR_PERSON,
            asked_at=test_clock.now,
            now=test_clock.now,
        )
        return tickets.take_over(session, ticket.id, staff("ani"), test_clock.now)


def ticket_now(number: int) -> Ticket:
    with transaction() as session:
        return session.get_one(Ticket, number)


def test_who_is_deactivated_leaves_no_ticket_behind_and_is_signed_out(
    held: Ticket, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        sign_in(session, "ani", "maraga-demo", test_clock.now)
    deactivate(staff("admin"), staff("ani"), test_clock)
    ticket = ticket_now(held.id)
    assert (ticket.state, ticket.holder_id) == (TicketState.WAITING, None)
    with transaction() as session:
        assert session.scalars(select(SignIn)).all() == []
        assert session.get_one(Conversation, ticket.conversation_id).floor is Floor.QUEUE
        event = session.scalars(select(TicketEvent).order_by(TicketEvent.id.desc())).first()
        assert (event.kind, event.staff_id) == ("returned", staff("admin").id)
    assert log() == [("account_deactivated", "ani", {"tickets_returned": 1})]


def test_another_officer_takes_what_was_left(
    held: Ticket, staff: LookUp, test_clock: TestClock
) -> None:
    deactivate(staff("admin"), staff("ani"), test_clock)
    with transaction() as session:
        tickets.take_over(session, held.id, staff("ali"), test_clock.now)
    assert ticket_now(held.id).state is TicketState.HELD


def test_an_answered_ticket_is_left_answered(
    held: Ticket, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        tickets.reply(session, held.id, staff("ani"), "Silakan.", test_clock.now)
    deactivate(staff("admin"), staff("ani"), test_clock)
    ticket = ticket_now(held.id)
    assert (ticket.state, ticket.holder_id) == (TicketState.ANSWERED, None)


def test_who_becomes_an_editor_holds_no_ticket(
    held: Ticket, staff: LookUp, test_clock: TestClock
) -> None:
    with transaction() as session:
        accounts.change(
            session,
            staff("admin"),
            staff("ani").id,
            name="Ani",
            role=Role.EDITOR,
            section=None,
            now=test_clock.now,
        )
    assert ticket_now(held.id).holder_id is None
    assert log() == [
        (
            "account_changed",
            "ani",
            {
                "name": ["Ani Rahmawati", "Ani"],
                "role": ["pli", "editor"],
                "tickets_returned": 1,
            },
        )
    ]


def test_a_new_name_alone_keeps_the_tickets(
    held: Ticket, staff: LookUp, test_clock: TestClock
) -> None:
    ani = staff("ani")
    with transaction() as session:
        accounts.change(
            session,
            staff("admin"),
            ani.id,
            name="Ani R.",
            role=Role.PLI,
            section=None,
            now=test_clock.now,
        )
    assert ticket_now(held.id).holder_id == ani.id


def test_a_sections_clock_is_changed_and_written_down(staff: LookUp, test_clock: TestClock) -> None:
    with transaction() as session:
        p2 = session.scalars(select(Section).where(Section.code == "P2")).one()
        accounts.change_section(
            session, staff("admin"), p2, name=p2.name, minutes=45, now=test_clock.now
        )
    assert log() == [("section_changed", "P2", {"clock_minutes": [30, 45]})]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET subject = 'nobody'",
        "DELETE FROM audit",
        "TRUNCATE audit",
    ],
)
def test_nobody_edits_the_log(staff: LookUp, test_clock: TestClock, statement: str) -> None:
    with transaction() as session:
        audit.record(session, "account_added", "gita", test_clock.now, staff("admin").id)
    for allowance in ("", "SET LOCAL maraga.retention = 'on';"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
            if allowance:
                session.execute(text(allowance))
            session.execute(text(statement))
    assert log() == [("account_added", "gita", {})]
