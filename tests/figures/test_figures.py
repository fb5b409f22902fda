"""The figures against cases that were counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.db import transaction
from bot.figures.breaches import breaches, count_breaches
from bot.figures.current import desk_now, next_due, officers
from bot.figures.period import Period, Span
from bot.figures.promises import Kept, promises, promises_by_day
from bot.figures.ratings import ratings
from bot.figures.register import cases, count_cases
from bot.figures.sections import section_figures, sections_today
from bot.figures.tiers import HEAD_CODE, Tier, tiers
from bot.figures.volume import reasons, volume
from bot.models import Clock, ClockKind, Section, Ticket, TicketReason, TicketState
from tests.figures.conftest import minutes

WITA = ZoneInfo("Asia/Makassar")
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 10.00 WITA
EVENING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # Monday, 20.00 WITA
NOON = MORNING + timedelta(hours=2)
MONDAY = Period(date(2026, 11, 23), date(2026, 11, 23), WITA)
TOMORROW = MORNING + timedelta(days=1)


@pytest.fixture
def session(database):
    with transaction() as session:
        yield session


def test_each_promise_is_counted_alone(case, session):
    for answered in (3, 9, 10, 11, 45):
        case(MORNING, answered)
    for answered in (30, 59, 61):
        case(EVENING, answered)
    found = promises(session, MONDAY.span, TOMORROW)
    assert found.working == Kept(3, 2)  # to the minute is in time
    assert found.outside == Kept(2, 1)
    assert found.both.share == 5 / 8
    assert found.median == minutes(20.5)
    assert found.percentile_90 == minutes(59.6)


def test_what_still_runs_in_time_is_neither_kept_nor_late(case, session):
    case(MORNING)
    assert promises(session, MONDAY.span, MORNING + minutes(9)).working == Kept(0, 0)
    assert promises(session, MONDAY.span, MORNING + minutes(11)).working == Kept(0, 1)
    assert promises(session, MONDAY.span, MORNING + minutes(9)).both.share is None


def test_the_median_is_of_first_responses_only(case, session):
    ticket = case(MORNING, 4)
    later = MORNING + minutes(30)
    session.add(
        Clock(
            ticket_id=ticket,
            kind=ClockKind.PROMISE,
            calendar_version_id=1,
            started_at=later,
            due_at=later + minutes(10),
            explanation=[],
            stopped_at=later + minutes(9),
        )
    )
    found = promises(session, MONDAY.span, TOMORROW)
    assert found.working == Kept(2, 0)
    assert found.median == minutes(4)


def test_only_what_was_asked_within_the_days_counts(case, session):
    case(MORNING, 3)
    for edge in (MONDAY.span.start - minutes(1), MONDAY.span.end):
        case(edge, 3)
    assert promises(session, MONDAY.span, TOMORROW).both == Kept(1, 0)
    two = Period(date(2026, 11, 22), date(2026, 11, 23), WITA)
    days = promises_by_day(session, two, TOMORROW)
    assert [(one.day.day, one.both) for one in days] == [(22, Kept(1, 0)), (23, Kept(1, 0))]


def test_the_desk_now_tells_calm_from_risk_from_overdue(case, session):
    for ago in (1, 6, 7, 8, 15):
        case(MORNING - minutes(ago), name=f"{ago}")
    now = desk_now(session, MORNING)
    assert (now.waiting, now.in_time, now.at_risk, now.overdue) == (5, 2, 2, 1)
    due = [clock.ticket.conversation.person.name for clock in next_due(session)]
    assert due == ["15", "8", "7", "6", "1"]


def test_a_response_counts_for_who_gave_it(case, session):
    case(MORNING, 4, by="ani")
    case(MORNING, 8, by="ani")
    case(MORNING, 12, by="ali", state=TicketState.ANSWERED)
    case(MORNING - timedelta(days=1), 5, by="ali")
    ani, ali = officers(session, MONDAY.span, TOMORROW)
    assert (ani.name, ani.clocks, ani.median, ani.holds) == (
        "Ani Rahmawati",
        Kept(2, 0),
        minutes(6),
        0,
    )
    assert (ali.name, ali.clocks, ali.holds) == ("Ali Akbar", Kept(0, 1), 1)


def test_the_way_a_question_took_and_how_long(case, session):
    with transaction() as other:
        other.add(Section(code=HEAD_CODE, name="Kepala Kantor"))
    case(MORNING, 8)
    case(MORNING, 25)
    case(MORNING, 31)
    case(MORNING)
    case(MORNING, 5, consulted={"P2": 30}, finally_answered=40)  # the holding reply at 5
    case(MORNING, 5, consulted={"P2": 30})  # the section answered, the applicant waits
    case(MORNING, 5, consulted={"P2": 20, HEAD_CODE: 90}, finally_answered=95)
    officer, section, head = tiers(session, MONDAY.span)
    assert (officer.tier, officer.bands, officer.waiting) == (Tier.OFFICER, (1, 1, 1, 0), 1)
    assert officer.within_norm == 2 / 3
    assert (section.bands, section.waiting, section.within_norm) == ((0, 0, 1, 0), 1, 1.0)
    assert (head.bands, head.within_norm) == ((0, 0, 0, 1), None)


def test_sections_by_their_own_clocks(case, session):
    case(MORNING, 5, consulted={"P2": 20})
    case(MORNING, 5, consulted={"P2": 40})
    case(MORNING, 5, consulted={"PKC": None}, state=TicketState.CONSULTING)
    p2, pkc = section_figures(session, MONDAY.span, NOON)
    assert (p2.code, p2.asked, p2.answered, p2.clocks) == ("P2", 2, 2, Kept(1, 1))
    assert p2.median == minutes(30)
    assert (pkc.code, pkc.answered, pkc.clocks, pkc.median) == ("PKC", 0, Kept(0, 1), None)
    today = sections_today(session, MONDAY.span, NOON)
    assert [(one.figures.code, one.open, one.overdue) for one in today] == [
        ("PKC", 1, 1),
        ("P2", 0, 0),
    ]


def test_a_question_open_since_yesterday_is_on_todays_board(case, session):
    case(MORNING, 5, consulted={"PKC": None}, state=TicketState.CONSULTING)
    tuesday = Span(TOMORROW - timedelta(hours=10), TOMORROW)
    (pkc,) = sections_today(session, tuesday, TOMORROW)
    assert (pkc.figures.code, pkc.figures.asked, pkc.open, pkc.overdue) == ("PKC", 0, 1, 1)


def test_hours_and_weekdays_are_the_offices(case, session):
    case(MORNING)
    case(datetime(2026, 11, 23, 16, 30, tzinfo=UTC))  # Tuesday, 00.30 WITA
    week = Period(date(2026, 11, 23), date(2026, 11, 29), WITA)
    found = volume(session, week)
    assert found.desk == {(0, 10): 1, (1, 0): 1}
    assert found.by_weekday()[:3] == [(0, 1), (0, 1), (0, 0)]
    assert found.by_hour()[10] == (0, 1)


def test_breaches_the_latest_first_and_in_pages(case, session):
    for hours in range(4):
        case(MORNING + timedelta(hours=hours), 12 + hours)
    case(MORNING, 9)
    found = breaches(session, MONDAY.span, limit=3)
    assert [one.late_by(TOMORROW) for one in found] == [minutes(5), minutes(4), minutes(3)]
    (last,) = breaches(session, MONDAY.span, before=found[-1].clock.id, limit=3)
    assert last.late_by(TOMORROW) == minutes(2)
    assert count_breaches(session, MONDAY.span) == 4
    assert count_breaches(session, MONDAY.span, ClockKind.SECTION) == 0


def test_breaches_of_one_moment_are_not_lost_between_pages(case, session):
    for _ in range(5):
        case(MORNING, 15)
    seen, before = [], None
    while page := breaches(session, MONDAY.span, before=before, limit=2):
        seen += [one.clock.id for one in page]
        before = page[-1].clock.id
    assert sorted(seen, reverse=True) == seen
    assert len(set(seen)) == 5


def test_a_sections_breach_names_the_section(case, session):
    case(MORNING, 5, consulted={"P2": 40})
    (one,) = breaches(session, MONDAY.span)
    assert one.section == "Seksi Penindakan dan Penyidikan"


def test_ratings_and_their_mean(case, session):
    for stars in (5, 5, 2, None):
        case(MORNING, 5, rating=stars, rating_asked_at=NOON)
    found = ratings(session, MONDAY.span)
    assert (found.counts, found.given, found.asked, found.mean) == ((0, 1, 0, 0, 2), 3, 4, 4.0)
    assert ratings(session, MONDAY.before().span).mean is None


def test_reasons_the_most_frequent_first(case, session):
    case(MORNING, reason=TicketReason.COMPLAINT)
    case(MORNING)
    case(MORNING)
    found = reasons(session, MONDAY.span)
    assert found == [(TicketReason.NO_ANSWER, 2), (TicketReason.COMPLAINT, 1)]


def test_the_register_holds_each_case_as_the_form_asks(case, session):
    case(MORNING, 6, consulted={"P2": 20, "PKC": 15}, said="Boleh, lampirkan faktur.", by="ali")
    case(EVENING)
    first, second = cases(session, MONDAY.span)
    assert (first.applicant, first.question) == ("Fajar", "Paket saya belum keluar")
    assert (first.units, first.answer) == ("P2, PKC", "Boleh, lampirkan faktur.")
    assert (first.officer, first.responded_at) == ("Ali Akbar", MORNING + minutes(6))
    assert first.tier is Tier.SECTION
    assert (second.tier, second.answer, second.responded_at) == (Tier.OFFICER, "", None)
    assert count_cases(session, MONDAY.span) == 2


def test_a_case_without_a_subject_is_what_was_written_first(case, session):
    from bot.models import Direction, Message, Speaker

    number = case(MORNING, subject="")
    ticket = session.get_one(Ticket, number)
    for body in ("Kapal saya terlambat", "halo?"):
        session.add(
            Message(
                conversation_id=ticket.conversation_id,
                ticket_id=number,
                direction=Direction.IN,
                speaker=Speaker.APPLICANT,
                body=body,
                at=MORNING,
            )
        )
    assert [one.question for one in cases(session, MONDAY.span)] == ["Kapal saya terlambat"]
