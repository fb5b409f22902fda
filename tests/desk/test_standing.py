"""Where a question stands, and the reminder of an answer that nobody passes on."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.db import transaction
from bot.desk import consultations, tickets
from bot.desk.standing import NUDGE_AFTER, Place, nudge_officers, standing_of
from bot.models import Consultation, Staff, Ticket, TicketEvent, Tier
from tests.conftest import TestClock
from tests.desk.conftest import LookUp


def ask(
    ticket_id: int,
    officer: Staff,
    clock: TestClock,
    section: str = "P2",
    tier: Tier = Tier.SECTION,
    holding_reply: str = "Mohon tunggu.",
) -> int:
    with transaction() as session:
        return consultations.consult(
            session,
            ticket_id,
            officer,
            section,
            "Boleh?",
            clock.now,
            key=f"{section}:{tier}",
            tier=tier,
            holding_reply=holding_reply,
        ).id


def answer(asked: int, member: Staff, clock: TestClock) -> None:
    with transaction() as session:
        consultations.answer(session, asked, member, "Boleh.", clock.now)


def reply(ticket_id: int, officer: Staff, clock: TestClock) -> None:
    with transaction() as session:
        tickets.reply(session, ticket_id, officer, "Boleh, Pak.", clock.now)


def stands(ticket_id: int) -> tuple[str, list[str]] | None:
    with transaction() as session:
        standing = standing_of(session, session.get_one(Ticket, ticket_id))
        if standing is None:
            return None
        return standing.place, [c.section.code for c in standing.consultations]


def nudged(clock: TestClock) -> list[int]:
    with transaction() as session:
        return [c.id for c in nudge_officers(session, clock.now)]


def test_a_question_is_followed_from_the_section_to_the_applicant(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    assert stands(held) is None
    asked = ask(held, ani, test_clock)
    assert stands(held) == (Place.SECTION, ["P2"])
    with transaction() as session:
        consultations.ask_back(
            session, asked, staff("budi"), "Nomor?", test_clock.forward(minutes=1)
        )
    assert stands(held) == (Place.ASKED_BACK, ["P2"])
    with transaction() as session:
        consultations.tell_more(session, asked, ani, "RR1", test_clock.forward(minutes=1))
    assert stands(held) == (Place.SECTION, ["P2"])
    with transaction() as session:
        consultations.pass_on(
            session, asked, staff("budi"), "PLI", "Perlu keputusan", test_clock.now, tier=Tier.HEAD
        )
        passed = session.scalars(
            select(Consultation.id).where(Consultation.tier == Tier.HEAD)
        ).one()
    assert stands(held) == (Place.HEAD, ["PLI"])
    test_clock.forward(minutes=1)
    answer(passed, staff("eko"), test_clock)
    assert stands(held) == (Place.EXPLAINED, ["PLI"])
    test_clock.forward(minutes=1)
    reply(held, ani, test_clock)
    assert stands(held) is None


def test_two_sections_are_both_named_until_each_has_answered(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    first = ask(held, ani, test_clock)
    ask(held, ani, test_clock, "PKC", holding_reply="")
    assert stands(held) == (Place.SECTION, ["P2", "PKC"])
    test_clock.forward(minutes=1)
    answer(first, staff("budi"), test_clock)
    assert stands(held) == (Place.SECTION, ["PKC"])


def test_a_closed_ticket_stands_nowhere(held: int, ani: Staff, test_clock: TestClock) -> None:
    ask(held, ani, test_clock)
    with transaction() as session:
        tickets.close(session, held, ani, "answered", test_clock.now)
    assert stands(held) is None


def test_the_officer_is_reminded_once_of_an_answer_that_lies_there(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    test_clock.forward(minutes=5)
    answer(asked, staff("budi"), test_clock)
    test_clock.now += NUDGE_AFTER - timedelta(seconds=1)
    assert nudged(test_clock) == []
    test_clock.forward(seconds=1)
    assert nudged(test_clock) == [asked]
    assert nudged(test_clock) == []
    with transaction() as session:
        kinds = session.scalars(select(TicketEvent.kind).where(TicketEvent.ticket_id == held)).all()
    assert kinds.count("answer_waits") == 1


def test_who_has_told_the_applicant_is_not_reminded(
    held: int, ani: Staff, staff: LookUp, test_clock: TestClock
) -> None:
    asked = ask(held, ani, test_clock)
    test_clock.forward(minutes=5)
    answer(asked, staff("budi"), test_clock)
    test_clock.forward(minutes=1)
    reply(held, ani, test_clock)
    test_clock.forward(hours=3)
    assert nudged(test_clock) == []
