"""Searching: right, from what is published, and deaf to whatever syntax a question holds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db import transaction
from bot.faq.publishing import publish
from bot.faq.search import Found, Knowledge, make_ready
from bot.models import FittedHead
from knowledge_base.encoder import Encoder
from knowledge_base.head import Fit, Head
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import WAYS, article
from tests.threads import at_once


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

    def count(head: Head, labels: Sequence[str]) -> Fit:
        made.append(1)
        return fit(head, labels)

    monkeypatch.setattr(Head, "fit", count)
    return made


def test_threads_and_processes_that_ask_at_once_share_one_fit(
    knowledge: Knowledge, fits: list[int]
) -> None:
    processes = [knowledge, knowledge, Knowledge(hash_encoder()), Knowledge(hash_encoder())]
    at_once([lambda p=p: find(p, "daftar imei") for p in processes])  # type: ignore[misc]
    assert fits == [1]


def test_a_process_started_later_uses_the_stored_fit(knowledge: Knowledge, fits: list[int]) -> None:
    with transaction() as session:
        make_ready(session)
        make_ready(session)
    assert fits == [1]
    find(Knowledge(hash_encoder()), "daftar imei")
    assert fits == [1]


def test_a_new_publication_is_fitted_anew_and_the_old_fit_forgotten(
    knowledge: Knowledge, fits: list[int], encoder: Encoder
) -> None:
    find(knowledge, "daftar imei")
    with transaction() as session:
        publish(session, article("imei_biaya", content_hash="2"), encoder)
    find(knowledge, "daftar imei")
    assert fits == [1, 1]
    with transaction() as session:
        assert len(session.scalars(select(FittedHead)).all()) == 1


def test_a_fit_made_in_a_transaction_that_failed_is_made_again(
    knowledge: Knowledge, fits: list[int]
) -> None:
    with pytest.raises(RuntimeError, match="power"), transaction() as session:
        make_ready(session)
        raise RuntimeError("power cut")
    assert find(knowledge, "berapa batas bebas bea masuk").candidates
    assert fits == [1, 1]
