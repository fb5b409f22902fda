"""How each article fares, counted by hand."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.db import transaction
from bot.faq.regrouping import regroup
from bot.figures.articles import ArticleFigures, article_figures
from bot.models import Article, ArticleRevision, ArticleStatus, BotDecision, Turn
from tests.conftest import MONDAY_MORNING as NOW
from tests.open_questions import article, asked, handed_over, officer, somebody

YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture
def session(database: None):
    with transaction() as session:
        yield session


def given(session, revision: ArticleRevision, at, **columns: object) -> BotDecision:
    return asked(session, "imei?", at, kind="answer", revision=revision, **columns)


def test_an_article_is_counted_by_what_became_of_its_answers(session) -> None:
    imei = article(session, "imei_daftar", "Daftar IMEI")
    given(session, imei, YESTERDAY)
    given(session, imei, YESTERDAY, helpful=True)
    given(session, imei, YESTERDAY, helpful=False)
    needed = given(session, imei, YESTERDAY)
    handed_over(session, needed, officer(session), "Baik.")
    given(session, imei, NOW - timedelta(days=31))
    given(session, imei, NOW - timedelta(days=61))
    asked(session, "imei?", YESTERDAY)
    regroup(session, NOW)
    [one] = article_figures(session, NOW)
    assert (one.given, one.given_before) == (4, 1)
    assert (one.accepted, one.rejected, one.handed_over) == (1, 1, 1)
    assert one.failed == 0.25


def test_all_revisions_of_an_article_count_for_it(session) -> None:
    old = article(session, "imei_daftar", "Daftar IMEI", status=ArticleStatus.SUPERSEDED)
    new = ArticleRevision(
        article_id="imei_daftar",
        number=2,
        status=ArticleStatus.PUBLISHED,
        title="Daftar IMEI, baru",
        group="imei",
        section_code="PKC",
        answer_id="x",
        legal_basis=[],
        valid_from=date(2024, 1, 1),
        review_by=date(2027, 1, 1),
        confidence="tinggi",
        details={},
        source="",
        content_hash="2",
    )
    session.add(new)
    session.flush()
    given(session, old, YESTERDAY)
    given(session, new, YESTERDAY)
    [one] = article_figures(session, NOW)
    assert (one.title, one.given) == ("Daftar IMEI, baru", 2)


def test_who_was_never_given_has_no_part_that_failed(session) -> None:
    article(session, "imei_daftar", "Daftar IMEI")
    article(session, "ditarik", "Ditarik", status=ArticleStatus.SUSPENDED)
    [one] = article_figures(session, NOW)
    assert (one.article_id, one.given, one.failed) == ("imei_daftar", 0, None)


@pytest.mark.slow
def test_a_thousand_articles_with_thirty_thousand_answers_take_a_tenth_of_a_second(session) -> None:
    fajar = somebody(session, NOW)
    session.execute(insert(Article), [{"id": f"a{n}"} for n in range(1000)])
    revisions = [
        {"article_id": f"a{n}", "number": 1, "content_hash": str(n), "title": f"Judul {n}"}
        | _COLUMNS
        for n in range(1000)
    ]
    ids = session.scalars(insert(ArticleRevision).returning(ArticleRevision.id), revisions).all()
    turns = [
        {"conversation_id": fajar.id, "fence": 0, "text": "x", "finished_at": NOW}
        for _ in range(30_000)
    ]
    turn_ids = session.scalars(insert(Turn).returning(Turn.id), turns).all()
    session.execute(
        insert(BotDecision),
        [
            {
                "turn_id": turn_id,
                "conversation_id": fajar.id,
                "question": "imei?",
                "language": "id",
                "kind": "answer",
                "candidates": [],
                "revision_id": ids[turn_id % 1000],
                "knowledge": "x",
                "at": NOW - timedelta(minutes=turn_id % 80_000),
                "helpful": (True, False, None)[turn_id % 3],
            }
            for turn_id in turn_ids
        ],
    )
    session.connection().exec_driver_sql("ANALYZE bot_decision")
    found: list[ArticleFigures] = []
    times = []
    for _ in range(3):
        began = time.perf_counter()
        found = article_figures(session, NOW)
        times.append(time.perf_counter() - began)
    assert sum(one.given for one in found) == 30_000
    assert min(times) < 0.1


_COLUMNS: dict[str, object] = {
    "status": ArticleStatus.PUBLISHED,
    "group": "imei",
    "section_code": "PKC",
    "answer_id": "x",
    "legal_basis": [],
    "valid_from": date(2024, 1, 1),
    "review_by": date(2027, 1, 1),
    "confidence": "tinggi",
    "details": {},
    "source": "",
}
