"""Open questions: which they are, what they cost, and what an editor's decision does to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.desk import tickets
from bot.desk.reopening import last_closed
from bot.faq import loop
from bot.faq.regrouping import regroup, regroup_if_due
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    ArticleStatus,
    AuditEntry,
    BotDecision,
    DraftState,
    GroupVerdict,
    OfficerWork,
    OpenQuestion,
    Person,
    QuestionGroup,
    QuestionOutcome,
    TicketEvent,
    VerdictKind,
)
from bot.worker import _group_questions_apart
from tests.conftest import MONDAY_MORNING as NOW
from tests.open_questions import article, asked, handed_over, officer, somebody

YESTERDAY = NOW - timedelta(days=1)
SEEDS = "boleh kirim bibit tanaman hias ke Jepang?"


@pytest.fixture
def session(database: None):
    with transaction() as session:
        yield session


def groups(session: Session) -> list[QuestionGroup]:
    return list(session.scalars(loop.open_groups()))


def outcomes(session: Session) -> dict[str, str]:
    rows = session.execute(select(OpenQuestion.text, OpenQuestion.outcome))
    return dict(rows.all())


def test_each_way_in_which_the_bot_failed_is_an_open_question(session) -> None:
    given = article(session, "imei_daftar", "Daftar IMEI")
    asked(session, "tak terjawab", YESTERDAY)
    asked(session, "tak yakin", YESTERDAY, kind="choices")
    asked(session, "ditolak", YESTERDAY, kind="answer", revision=given, helpful=False)
    asked(
        session,
        "ditanyakan lagi",
        YESTERDAY,
        kind="answer",
        revision=given,
        helpful=False,
        asked_again=True,
    )
    asked(session, "membantu", YESTERDAY, kind="answer", revision=given, helpful=True)
    asked(session, "didiamkan", YESTERDAY, kind="answer", revision=given)
    assert regroup(session, NOW) == 4
    assert outcomes(session) == {
        "tak terjawab": QuestionOutcome.UNANSWERED,
        "tak yakin": QuestionOutcome.UNSURE,
        "ditolak": QuestionOutcome.REJECTED,
        "ditanyakan lagi": QuestionOutcome.ASKED_AGAIN,
    }


def test_choices_of_which_one_was_chosen_are_no_open_question(session) -> None:
    given = article(session, "imei_daftar", "Daftar IMEI")
    fajar = somebody(session, YESTERDAY)
    asked(session, "imei", YESTERDAY, kind="choices", conversation=fajar)
    asked(
        session,
        "imei",
        YESTERDAY + timedelta(minutes=1),
        kind="answer",
        conversation=fajar,
        revision=given,
        candidates=[{"article": "imei_daftar", "score": None, "nearest": "chosen"}],
    )
    assert regroup(session, NOW) == 0


def test_only_the_last_days_count(session) -> None:
    asked(session, SEEDS, NOW - timedelta(days=31))
    asked(session, "jam buka kantor", NOW - timedelta(days=29))
    regroup(session, NOW)
    assert list(outcomes(session)) == ["jam buka kantor"]


def test_what_is_kept_of_a_question_is_without_personal_data(session) -> None:
    sari = somebody(session, YESTERDAY, "Sari Dewi")
    asked(session, "sari dewi, wa 081234567890, paket?", YESTERDAY, conversation=sari)
    regroup(session, NOW)
    [kept] = outcomes(session)
    assert kept == "[nama dihapus], wa [nomor dihapus], paket?"
    assert groups(session)[0].seed == kept


# --- cost --------------------------------------------------------------------------------------


def work(session: Session, decision: BotDecision) -> int | None:
    return session.scalar(
        select(OfficerWork.seconds).where(OfficerWork.turn_id == decision.turn_id)
    )


def test_taking_counts_a_minute_and_a_reply_the_time_since(session) -> None:
    decision = asked(session, SEEDS, YESTERDAY)
    handed_over(session, decision, officer(session), "Boleh.", minutes=4)
    regroup(session, NOW)
    assert work(session, decision) == (1 + 4) * 60


def test_a_long_pause_counts_ten_minutes(session) -> None:
    decision = asked(session, SEEDS, YESTERDAY)
    handed_over(session, decision, officer(session), "Boleh.", minutes=240)
    regroup(session, NOW)
    assert work(session, decision) == (1 + 10) * 60


def test_the_time_in_which_the_applicant_was_awaited_does_not_count(session) -> None:
    decision = asked(session, SEEDS, YESTERDAY)
    ticket_id = handed_over(session, decision, officer(session), "Ke mana?", minutes=1)
    wrote = YESTERDAY + timedelta(minutes=20)
    session.add(TicketEvent(ticket_id=ticket_id, at=wrote, kind="applicant_wrote"))
    session.flush()
    tickets.reply(session, ticket_id, officer(session), "Boleh.", wrote + timedelta(minutes=2))
    regroup(session, NOW)
    assert work(session, decision) == (1 + 1 + 2) * 60


def test_a_ticket_is_put_down_to_the_last_question_alone(session) -> None:
    fajar = somebody(session, YESTERDAY)
    first = asked(session, "jam buka kantor", YESTERDAY, conversation=fajar)
    second = asked(session, SEEDS, YESTERDAY + timedelta(minutes=5), conversation=fajar)
    handed_over(session, second, officer(session), "Boleh.")
    regroup(session, NOW)
    assert (work(session, first), work(session, second)) == (None, 4 * 60)


def test_a_ticket_long_after_a_question_is_not_of_it(session) -> None:
    fajar = somebody(session, YESTERDAY)
    decision = asked(session, SEEDS, YESTERDAY - timedelta(hours=7), conversation=fajar)
    later = asked(session, "x", YESTERDAY, conversation=fajar)
    handed_over(session, later, officer(session), "Boleh.")
    session.delete(later)
    session.flush()
    regroup(session, NOW)
    assert work(session, decision) is None


def test_what_cost_most_comes_first(session) -> None:
    for n in range(3):
        asked(session, "jam buka kantor", YESTERDAY + timedelta(minutes=n))
    costly = asked(session, SEEDS, YESTERDAY)
    handed_over(session, costly, officer(session), "Boleh.")
    regroup(session, NOW)
    first, second = groups(session)
    assert (first.seed, first.asked, first.tickets, first.seconds) == (SEEDS, 1, 1, 240)
    assert (second.asked, second.unanswered, second.tickets, second.seconds) == (3, 3, 0, 0)


# --- near an article ---------------------------------------------------------------------------


def test_the_article_that_most_came_close_to_is_named(session) -> None:
    for near in ({"a": 0.3, "b": 0.2}, {"a": 0.2}, {"b": 0.4}, {}):
        asked(session, SEEDS, YESTERDAY, near=near)
    regroup(session, NOW)
    assert groups(session)[0].near_article_id == "a"


def test_one_that_was_given_in_vain_or_is_unlikely_is_not_near(session) -> None:
    given = article(session, "imei_daftar", "Daftar IMEI")
    columns = {"kind": "answer", "revision": given, "helpful": False}
    asked(session, SEEDS, YESTERDAY, near={"imei_daftar": 0.9, "b": 0.05}, **columns)
    regroup(session, NOW)
    assert groups(session)[0].near_article_id is None


# --- decisions ---------------------------------------------------------------------------------


def dismissed(session: Session) -> QuestionGroup:
    asked(session, SEEDS, YESTERDAY)
    regroup(session, NOW)
    [group] = groups(session)
    loop.dismiss(session, group, officer(session, "dewi"), " bukan urusan kami ", NOW)
    return group


def test_a_dismissed_group_stays_away_with_the_questions_like_it_that_come_later(session) -> None:
    dismissed(session)
    asked(session, "bolehkah mengirim bibit tanaman hias ke jepang", NOW)
    asked(session, "jam buka kantor", NOW)
    regroup(session, NOW + timedelta(minutes=1))
    assert [group.seed for group in groups(session)] == ["jam buka kantor"]
    [away] = session.scalars(loop.decided_groups(VerdictKind.DISMISSED))
    assert (away.asked, away.verdict.because) == (2, "bukan urusan kami")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.kind, entry.subject) == ("questions_dismissed", SEEDS)


def test_why_has_to_be_said(session) -> None:
    asked(session, SEEDS, YESTERDAY)
    regroup(session, NOW)
    with pytest.raises(loop.ReasonMissing):
        loop.dismiss(session, groups(session)[0], officer(session, "dewi"), " ", NOW)
    assert groups(session)


def test_a_decision_can_be_taken_back(session) -> None:
    loop.take_back(session, dismissed(session), officer(session, "dewi"), NOW)
    assert [group.seed for group in groups(session)] == [SEEDS]
    assert session.scalar(select(func.count()).select_from(GroupVerdict)) == 0


def begun(session: Session) -> QuestionGroup:
    asked(session, SEEDS, YESTERDAY)
    regroup(session, NOW)
    [group] = groups(session)
    session.add(
        ArticleDraft(article_id="kirim_bibit", state=DraftState.DRAFT, edition=1, created_at=NOW)
    )
    session.flush()
    loop.begun(session, group, "kirim_bibit", officer(session, "dewi"), NOW)
    return group


def test_a_group_whose_draft_was_begun_waits_aside(session) -> None:
    begun(session)
    regroup(session, NOW + timedelta(hours=1))
    assert groups(session) == []
    [waiting] = session.scalars(loop.decided_groups(VerdictKind.DRAFTED))
    assert waiting.verdict.article_id == "kirim_bibit"


def test_it_is_open_again_when_the_draft_was_thrown_away(session) -> None:
    begun(session)
    session.delete(session.scalars(select(ArticleDraft)).one())
    regroup(session, NOW + timedelta(hours=1))
    assert [group.seed for group in groups(session)] == [SEEDS]


def test_what_was_asked_before_the_article_is_settled_and_what_comes_after_is_not(session) -> None:
    begun(session)
    session.delete(session.scalars(select(ArticleDraft)).one())
    published_at = NOW + timedelta(hours=1)
    article(session, "kirim_bibit", "Kirim bibit", published_at=published_at)
    regroup(session, published_at)
    assert groups(session) == []
    asked(session, SEEDS, published_at + timedelta(hours=1))
    regroup(session, published_at + timedelta(hours=2))
    [group] = groups(session)
    assert (group.asked, group.near_article_id) == (1, "kirim_bibit")


# --- when --------------------------------------------------------------------------------------


def test_a_group_keeps_its_name_while_most_of_it_stays(session) -> None:
    asked(session, SEEDS, YESTERDAY)
    asked(session, "jam buka kantor", YESTERDAY)
    regroup(session, NOW)
    before = {group.seed: group.id for group in groups(session)}
    for _ in range(3):
        asked(session, "jam buka kantor hari ini", NOW)
    regroup(session, NOW)
    after = {group.seed: group.id for group in groups(session)}
    assert after[SEEDS] == before[SEEDS]
    assert after["jam buka kantor hari ini"] == before["jam buka kantor"]


def test_it_is_due_hourly_and_when_somebody_wants_it(session) -> None:
    assert regroup_if_due(session, NOW) == 0
    assert regroup_if_due(session, NOW + timedelta(minutes=59)) is None
    loop.want_grouping(session, NOW + timedelta(minutes=59))
    assert regroup_if_due(session, NOW + timedelta(minutes=59)) == 0
    assert not loop.grouping_is_due(session, NOW + timedelta(minutes=60))
    assert loop.grouping_is_due(session, NOW + timedelta(hours=2))


def test_who_is_forgotten_leaves_no_question(session) -> None:
    decision = asked(session, SEEDS, YESTERDAY)
    handed_over(session, decision, officer(session), "Boleh.")
    regroup(session, NOW)
    session.connection().exec_driver_sql("SET LOCAL maraga.retention = 'on'")
    session.execute(delete(Person))
    assert outcomes(session) == {}
    regroup(session, NOW)
    assert groups(session) == []


def test_a_withdrawn_article_counts_as_no_publication(session) -> None:
    begun(session)
    article(
        session,
        "kirim_bibit",
        "Kirim bibit",
        status=ArticleStatus.SUSPENDED,
        published_at=NOW - timedelta(days=9),
    )
    regroup(session, NOW + timedelta(hours=1))
    assert groups(session) == []
    assert session.scalar(select(func.count()).select_from(ArticleRevision)) == 1


@pytest.mark.slow
def test_the_worker_has_them_grouped_in_a_process_of_its_own(database) -> None:
    with transaction() as session:
        asked(session, SEEDS, clock.now() - timedelta(hours=1))
    _group_questions_apart()
    with transaction() as session:
        assert [group.seed for group in groups(session)] == [SEEDS]
        assert not loop.grouping_is_due(session, clock.now())


def test_officers_and_the_bot_need_not_wait_until_questions_are_grouped(database) -> None:
    with transaction() as session:
        decision = asked(session, SEEDS, YESTERDAY)
        ticket_id = handed_over(session, decision, officer(session), "Boleh.")
    with transaction() as grouping:
        regroup(grouping, NOW)
        assert grouping.scalars(select(OfficerWork.ticket_id)).all() == [ticket_id]
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '1s'"))
            closed = tickets.close(session, ticket_id, officer(session), "answered", NOW)
            assert last_closed(session, closed.conversation_id) is closed
