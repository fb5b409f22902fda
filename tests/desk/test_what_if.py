"""A day again, under another calendar, roster or target."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import default_rules, read_rules
from bot.desk.what_if import Asked, Reply, Roster, Targets, figures, happened, replayed

WITA = ZoneInfo("Asia/Makassar")
RULES = default_rules("Asia/Makassar", (2026,))
OFFICE = read_rules(RULES, 1)
LATE_OFFICE = read_rules(RULES | {"weekly": {"0": [["07:30", "20:00"]]}}, 2)
NOW = datetime(2026, 11, 25, tzinfo=WITA)


def at(clock_time: str) -> datetime:
    hours, minutes = clock_time.split(":")
    return datetime(2026, 11, 23, int(hours), int(minutes), tzinfo=WITA)  # a Monday


def asked(sent: str, taken: str | None, answered: str | None, minutes: int = 10) -> Asked:
    moments = [at(moment) if moment else None for moment in (taken, answered)]
    return Asked(at(sent), at(sent) + timedelta(minutes=minutes), *moments)


# Three questions within five minutes; one officer answered them one after another.
DAY = [
    asked("10:00", "10:01", "10:07"),
    asked("10:02", "10:07", "10:13"),
    asked("10:04", "10:13", "10:19"),
]


def answers(replies: list[Reply]) -> list[str]:
    return [f"{reply.answered_at:%H:%M}" if reply.answered_at else "-" for reply in replies]


def test_what_happened_is_what_was_measured() -> None:
    was = figures(happened(DAY, OFFICE), NOW)
    assert (was.asked, was.kept, was.unanswered) == (3, 1, 0)
    assert was.share_working == 1 / 3
    assert was.share_outside is None
    assert was.median == 11 * 60


def test_another_target_moves_deadlines_and_no_answer() -> None:
    then = replayed(DAY, OFFICE, Targets(working=timedelta(minutes=15)))
    assert answers(then) == ["10:07", "10:13", "10:19"]
    assert figures(then, NOW).kept == 3


def test_other_hours_decide_which_target_holds() -> None:
    evening = [asked("18:00", "18:20", "18:30", minutes=60)]
    assert figures(happened(evening, OFFICE), NOW).share_outside == 1
    then = figures(replayed(evening, LATE_OFFICE, Targets()), NOW)
    assert (then.share_working, then.share_outside) == (0, None)


def test_more_officers_answer_side_by_side_and_each_takes_as_long_as_it_took() -> None:
    assert answers(replayed(DAY, OFFICE, Targets(), Roster(1, 0))) == ["10:06", "10:12", "10:18"]
    assert answers(replayed(DAY, OFFICE, Targets(), Roster(2, 0))) == ["10:06", "10:08", "10:12"]
    assert answers(replayed(DAY, OFFICE, Targets(), Roster(3, 0))) == ["10:06", "10:08", "10:10"]


def test_with_nobody_on_duty_at_night_a_question_waits_for_the_morning() -> None:
    evening = [asked("18:00", "18:10", "18:20", minutes=60)]
    [alone] = replayed(evening, OFFICE, Targets(), Roster(1, 0))
    assert alone.answered_at == at("07:40") + timedelta(days=1)
    [helped] = replayed(evening, OFFICE, Targets(), Roster(1, 1))
    assert helped.answered_at == at("18:10")


def test_with_nobody_at_all_nothing_is_answered() -> None:
    then = figures(replayed(DAY, OFFICE, Targets(), Roster(0, 0)), NOW)
    assert (then.unanswered, then.kept, then.median, then.p90) == (3, 0, None, None)


def test_a_question_still_within_its_time_is_not_late_yet() -> None:
    waiting = [asked("10:00", None, None)]
    assert figures(happened(waiting, OFFICE), at("10:05")).kept == 1
    assert figures(happened(waiting, OFFICE), at("10:11")).kept == 0


def test_a_day_without_questions_has_no_shares() -> None:
    empty = figures(replayed([], OFFICE, Targets(), Roster(1, 1)), NOW)
    assert (empty.asked, empty.share, empty.median) == (0, None, None)


minutes = st.integers(0, 23 * 60)


@given(st.lists(st.tuples(minutes, st.integers(1, 60)), max_size=25), st.integers(1, 4))
def test_one_officer_more_never_makes_anybody_wait_longer(
    questions: list[tuple[int, int]], officers: int
) -> None:
    day = []
    for sent, length in sorted(questions):
        start = at("00:00") + timedelta(minutes=sent)
        end = start + timedelta(minutes=length)
        day.append(Asked(start, start + timedelta(minutes=10), start, end))
    few = replayed(day, OFFICE, Targets(), Roster(officers, officers))
    many = replayed(day, OFFICE, Targets(), Roster(officers + 1, officers + 1))
    for with_few, with_many in zip(few, many, strict=True):
        assert with_many.answered_at <= with_few.answered_at
        assert with_many.answered_at > with_many.sent_at
