"""Searching: right, from what is published, and deaf to whatever syntax a question holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db import transaction
from bot.faq.search import Found, Knowledge
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import WAYS
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


def test_threads_that_ask_at_once_share_one_fit(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.faq import search

    fits: list[int] = []
    fit = search._fit
    monkeypatch.setattr(search, "_fit", lambda session: (fits.append(1), fit(session))[1])
    at_once([lambda: find(knowledge, "daftar imei")] * 6)
    assert fits == [1]
