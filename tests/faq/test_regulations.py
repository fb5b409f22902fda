"""A regulation changes: what rests on it is flagged or suspended on the day, in office time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.faq import register, regulations
from bot.faq.published import published
from bot.faq.regulations import BadMark, Mark, MarkFault
from bot.models import (
    ArticleRevision,
    ArticleStatus,
    AuditEntry,
    Regulation,
    RegulationState,
    Staff,
)
from tests.cited import publish_citing, register_id

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)
# New Year's day begins in Makassar while it is still the old year in UTC.
LAST_MOMENT = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def dewi(staff: Callable[[str], Staff]) -> Staff:
    return staff("dewi")


def mark(
    name: str,
    staff: Staff,
    *suspend: str,
    state: RegulationState = RegulationState.REPLACED,
    since: date | None = NEW_YEAR,
    other: str | None = "PMK 7/2026",
    at: datetime = NOW,
) -> None:
    with transaction() as session:
        regulation = session.get_one(Regulation, register_id(name))
        by = register.named(session, other) if other else None
        regulations.mark(session, regulation, Mark(state, since, by), suspend, staff, at)


def carry_out(at: datetime) -> int:
    with transaction() as session:
        return regulations.carry_out_due(session, at)


def flagged() -> dict[str, list[str]]:
    with transaction() as session:
        return {
            article: [one.name for one in flag.regulations]
            for article, flag in regulations.flags(session).items()
        }


def is_published(article_id: str) -> bool:
    with transaction() as session:
        return published(session, article_id) is not None


def test_the_register_fills_itself_with_what_published_articles_cite(database: None) -> None:
    publish_citing("satu", "PMK 96/2023 jo. PMK 4/2025 Pasal 29", "UU 17/2006")
    publish_citing("dua", "PMK 4/2025")
    publish_citing("lama", "PMK 1/2001")
    publish_citing("lama", "PMK 2/2002")  # the revision that cited PMK 1/2001 is no more
    with transaction() as session:
        for _ in range(2):
            register.fill(session, register.citing_articles(session))
        names = session.scalars(select(Regulation.name).order_by(Regulation.name)).all()
        assert names == ["PMK 2/2002", "PMK 4/2025", "PMK 96/2023", "UU 17/2006"]
        on = session.scalars(select(Regulation).where(Regulation.name == "PMK 4/2025")).one()
        assert [one.article_id for one in register.resting_on(session, on)] == ["dua", "satu"]


def test_nothing_happens_before_midnight_in_the_office_and_everything_after(dewi: Staff) -> None:
    for article in ("satu", "dua"):
        publish_citing(article, "PMK 96/2023")
    publish_citing("lain", "PMK 96/2024")
    mark("PMK 96/2023", dewi, "dua")
    assert carry_out(LAST_MOMENT) == 0
    assert flagged() == {}
    assert is_published("dua")
    assert carry_out(MIDNIGHT) == 1
    assert flagged() == {"satu": ["PMK 96/2023"]}
    assert [is_published(one) for one in ("satu", "dua", "lain")] == [True, False, True]
    with transaction() as session:
        [ended] = session.scalars(
            select(ArticleRevision).where(ArticleRevision.status == ArticleStatus.SUSPENDED)
        )
        assert ended.ended_because == "PMK 96/2023 diganti PMK 7/2026 sejak 1 Januari 2027"
        assert ended.ended_by_id is None


def test_carrying_out_again_does_nothing(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi)
    assert [carry_out(MIDNIGHT), carry_out(MIDNIGHT)] == [1, 0]
    with transaction() as session:
        done = select(AuditEntry).where(AuditEntry.kind == "regulation_carried_out")
        [entry] = session.scalars(done)
        assert entry.data == {"flagged": 1, "suspended": 0}


def test_a_mark_taken_back_before_its_day_does_nothing(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi, "satu")
    mark("PMK 96/2023", dewi, state=RegulationState.IN_FORCE, since=None, other=None)
    assert carry_out(MIDNIGHT) == 0
    assert is_published("satu")


def test_a_mark_moved_to_a_later_day_waits_for_it(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi)
    mark("PMK 96/2023", dewi, since=date(2027, 2, 1))
    assert carry_out(MIDNIGHT) == 0
    assert carry_out(datetime(2027, 2, 1, tzinfo=UTC)) == 1
    assert list(flagged()) == ["satu"]


def test_another_choice_before_the_day_is_the_one_that_counts(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi, "satu")
    mark("PMK 96/2023", dewi)
    carry_out(MIDNIGHT)
    assert is_published("satu")
    assert list(flagged()) == ["satu"]
    mark("PMK 96/2023", dewi, "satu", at=MIDNIGHT)  # now suspended after all
    carry_out(MIDNIGHT)
    assert not is_published("satu")


def test_a_mark_taken_back_after_its_day_takes_its_flags_along(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi)
    carry_out(MIDNIGHT)
    mark("PMK 96/2023", dewi, state=RegulationState.IN_FORCE, since=None, other=None)
    assert flagged() == {}


def test_what_was_published_between_mark_and_day_is_flagged_too(dewi: Staff) -> None:
    mark("PMK 96/2023", dewi)
    publish_citing("satu", "PMK 96/PMK.04/2023")
    carry_out(MIDNIGHT)
    assert list(flagged()) == ["satu"]


def test_what_cites_it_no_more_on_the_day_is_left_alone(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi, "satu")
    publish_citing("satu", "PMK 7/2026")
    carry_out(MIDNIGHT)
    assert is_published("satu")
    assert flagged() == {}


def test_an_amendment_concerns_only_what_does_not_cite_it_yet(dewi: Staff) -> None:
    publish_citing("tahu", "PMK 96/2023 jo. PMK 7/2026")
    publish_citing("belum", "PMK 96/2023")
    mark("PMK 96/2023", dewi, state=RegulationState.AMENDED)
    carry_out(MIDNIGHT)
    assert list(flagged()) == ["belum"]


def test_a_flag_goes_when_the_article_is_published_anew(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023")
    mark("PMK 96/2023", dewi)
    carry_out(MIDNIGHT)
    publish_citing("satu", "PMK 7/2026")
    assert flagged() == {}


def test_a_flag_goes_when_an_editor_finds_the_article_still_right(dewi: Staff) -> None:
    publish_citing("satu", "PMK 96/2023", "UU 17/2006")
    mark("PMK 96/2023", dewi)
    mark("UU 17/2006", dewi, state=RegulationState.REPEALED, other=None)
    carry_out(MIDNIGHT)
    assert flagged() == {"satu": ["PMK 96/2023", "UU 17/2006"]}
    with transaction() as session:
        regulation = session.get_one(Regulation, register_id("PMK 96/2023"))
        regulations.find_still_right(session, regulation, "satu", dewi, MIDNIGHT)
    assert flagged() == {"satu": ["UU 17/2006"]}


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        ({"since": None}, MarkFault.SINCE_MISSING),
        ({"other": None}, MarkFault.OTHER_MISSING),
        ({"other": None, "state": RegulationState.AMENDED}, MarkFault.OTHER_MISSING),
        ({"other": "PMK 96/PMK.04/2023"}, MarkFault.OTHER_ITSELF),
    ],
)
def test_a_mark_that_lacks_something_is_refused(
    dewi: Staff, wanted: dict[str, object], fault: MarkFault
) -> None:
    with pytest.raises(BadMark) as refused:
        mark("PMK 96/2023", dewi, **wanted)  # type: ignore[arg-type]
    assert refused.value.fault is fault


def test_a_text_that_names_no_single_regulation_names_none(database: None) -> None:
    with transaction() as session:
        assert register.named(session, "aturan baru") is None
        assert register.named(session, "PMK 1/2024 dan PMK 2/2024") is None


def test_a_legal_basis_is_told_which_of_its_regulations_changed(dewi: Staff) -> None:
    mark("PMK 96/2023", dewi, state=RegulationState.AMENDED)
    mark("UU 17/2006", dewi, state=RegulationState.REPEALED, other=None)

    def changed(*legal_basis: str) -> list[str]:
        with transaction() as session:
            return [one.name for one in register.changed_among(session, legal_basis)]

    assert changed("PMK 96/PMK.04/2023 Pasal 3", "UU Kepabeanan") == ["PMK 96/2023", "UU 17/2006"]
    assert changed("PMK 96/2023 jo. PMK 7/2026") == []
    assert changed("PMK 4/2025") == []
    assert changed() == []
