"""Searching: right, from what is published, and deaf to whatever syntax a question holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import transaction
from bot.faq.publishing import encode_again, publish
from bot.faq.search import Found, Knowledge, fit_again, make_ready
from bot.models import ArticleRevision, ArticleStatus, FittedHead
from knowledge_base.encoder import Encoder
from knowledge_base.head import Head, Questions, Ways
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import WAYS, article
from tests.threads import at_once

pytestmark = pytest.mark.slow


def find(knowledge: Knowledge, question: str) -> Found:
    with transaction() as session:
        return knowledge.find(session, question)


def test_a_question_finds_its_article_with_the_evidence(knowledge: Knowledge) -> None:
    found = find(knowledge, "berapa batas bebas bea masuk kiriman")
    best = found.candidates[0]
    assert best["article"] == "kiriman_batas"
    assert best["nearest"] in WAYS["kiriman_batas"]
    assert found.decision.kind == "answer"
    assert found.knowledge.endswith("/hash/1")


def test_what_no_article_answers_is_for_a_person(knowledge: Knowledge) -> None:
    assert find(knowledge, "resep coto makassar").decision.kind == "person"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "'; DROP TABLE way; --",
        "a & b | c ! d <-> e :*",
        "(((",
        "'quoted' \"words\" \\ backslash",
        "https://example.org/x?a=1&b=2 test@example.org",
        "%s %(x)s {0} $1 :name",
        "\u200b\ufeff",
        "😭😭",
        "-- /* */",
        "kata " * 1000,
    ],
)
def test_no_question_whatever_its_signs_breaks_the_search(
    knowledge: Knowledge, question: str
) -> None:
    found = find(knowledge, question)
    assert {c["article"] for c in found.candidates} <= set(WAYS)


@given(
    question=st.text(
        alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_asked(knowledge: Knowledge, question: str) -> None:
    assert find(knowledge, question).decision.kind in {"answer", "choices", "person"}


def test_the_same_question_is_decided_the_same_by_every_process(knowledge: Knowledge) -> None:
    other = Knowledge(hash_encoder())
    for question in ("imei", "paket", "berapa", "daftar imei"):
        assert find(knowledge, question) == find(other, question)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every time that a head is fitted anew."""
    made: list[int] = []
    fit = Head.fit

    def count(ways: Ways, questions: Questions) -> Head:
        made.append(1)
        return fit(ways, questions)

    monkeypatch.setattr(Head, "fit", count)
    return made


def test_threads_and_processes_that_ask_at_once_share_one_fit(
    knowledge: Knowledge, fits: list[int]
) -> None:
    processes = [knowledge, knowledge, Knowledge(hash_encoder()), Knowledge(hash_encoder())]
    at_once([lambda p=p: find(p, "daftar imei") for p in processes])  # type: ignore[misc]
    assert fits == [1]


def test_a_process_started_later_uses_the_stored_head(
    knowledge: Knowledge, fits: list[int], encoder: Encoder
) -> None:
    with transaction() as session:
        make_ready(session, encoder)
        make_ready(session, encoder)
    assert fits == [1]
    find(Knowledge(hash_encoder()), "daftar imei")
    assert fits == [1]


def test_a_publication_reaches_every_process_at_its_next_question_without_a_fit(
    knowledge: Knowledge, fits: list[int], encoder: Encoder
) -> None:
    other = Knowledge(hash_encoder())
    question = "kirim ikan hias ke jepang lewat kargo"
    for process in (knowledge, other):
        assert find(process, question).decision.kind == "person"
    with transaction() as session:
        ways = (question, "ekspor ikan hias", "ikan hias ke jepang syaratnya apa")
        publish(session, article("ekspor_ikan_hias", ways=ways), encoder)
    for process in (knowledge, other, Knowledge(hash_encoder())):
        found = find(process, question)
        assert found.candidates[0]["article"] == "ekspor_ikan_hias"
        assert found.candidates[0]["nearest"] == question
        assert found.decision.kind == "answer"
    assert fits == [1]


def test_a_suspended_article_is_not_found_any_more_by_any_process(
    knowledge: Knowledge, fits: list[int]
) -> None:
    question = "berapa batas bebas bea masuk kiriman"
    other = Knowledge(hash_encoder())
    for process in (knowledge, other):
        assert find(process, question).candidates[0]["article"] == "kiriman_batas"
    with transaction() as session:
        for revision in session.scalars(
            select(ArticleRevision).where(ArticleRevision.article_id == "kiriman_batas")
        ):
            revision.status = ArticleStatus.SUSPENDED
    for process in (knowledge, other):
        articles = {candidate["article"] for candidate in find(process, question).candidates}
        assert "kiriman_batas" not in articles
    assert fits == [1]


def test_fitting_again_replaces_the_stored_head_and_is_used_by_all(
    knowledge: Knowledge, fits: list[int], encoder: Encoder
) -> None:
    find(knowledge, "daftar imei")
    with transaction() as session:
        assert not fit_again(session, encoder)
        publish(session, article("imei_biaya", content_hash="2"), encoder)
        assert fit_again(session, encoder)
    assert find(knowledge, "daftar imei") == find(Knowledge(hash_encoder()), "daftar imei")
    assert fits == [1, 1]
    with transaction() as session:
        assert len(session.scalars(select(FittedHead)).all()) == 1


def test_a_head_of_another_encoder_is_of_no_use(knowledge: Knowledge, fits: list[int]) -> None:
    find(knowledge, "daftar imei")
    other = hash_encoder("hash/2")
    with transaction() as session:
        encode_again(session, other)
        make_ready(session, other)
    assert fits == [1, 1]


def test_a_fit_made_in_a_transaction_that_failed_is_made_again(
    knowledge: Knowledge, fits: list[int], encoder: Encoder
) -> None:
    with pytest.raises(RuntimeError, match="power"), transaction() as session:
        make_ready(session, encoder)
        raise RuntimeError("power cut")
    assert find(knowledge, "berapa batas bebas bea masuk").candidates
    assert fits == [1, 1]
