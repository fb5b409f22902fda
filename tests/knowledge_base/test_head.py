"""The head on a toy set: right, sure when it should be, silent on the rest, the same every time."""

from __future__ import annotations

import io

import numpy as np
import pytest

from knowledge_base.decision import (
    ANSWER_FROM,
    CHOICES_FROM,
    MOST_CHOICES,
    DecisionKind,
    decide,
)
from knowledge_base.head import NONE, Fit, Head, Ranking, Scored
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS

ENCODER = hash_encoder()
ROWS = [(way, article) for article, ways in WAYS.items() for way in ways]
ROWS += [(message, NONE) for message in NONE_MESSAGES]


TEXTS = [text for text, _ in ROWS]
LABELS = [label for _, label in ROWS]


def unfitted() -> Head:
    return Head(TEXTS, ENCODER.encode(TEXTS))


def fitted() -> Head:
    head = unfitted()
    head.fit(LABELS)
    return head


@pytest.fixture(scope="module")
def head() -> Head:
    return fitted()


def rank(head: Head, question: str, among: set[str] | None = None) -> Ranking:
    return head.rank(question, ENCODER.encode([question])[0], among or set(WAYS))


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("batas bebas bea masuk paket berapa ya", "kiriman_batas"),
        ("BATAS BEBAS BEA MASUK??", "kiriman_batas"),
        ("lacak paket pakai nomor resi", "kiriman_lacak"),
        ("gimana cara daftar imei hp di bandara", "imei_daftar"),
        ("biaya imei berapa", "imei_biaya"),
    ],
)
def test_a_question_in_new_words_finds_its_article(head: Head, question: str, article: str) -> None:
    ranking = rank(head, question)
    assert ranking.articles[0].article == article
    assert [s.score for s in ranking.articles] == sorted(
        (s.score for s in ranking.articles), reverse=True
    )


@pytest.mark.parametrize(
    "question", ["resep konro makassar", "jadwal kereta besok", "presiden indonesia siapa", "xyz"]
)
def test_what_no_article_answers_goes_to_a_person(head: Head, question: str) -> None:
    ranking = rank(head, question)
    assert decide(ranking).kind is DecisionKind.PERSON
    assert ranking.confidence < rank(head, "batas bebas bea masuk paket berapa").confidence


def test_a_sure_question_is_answered(head: Head) -> None:
    assert decide(rank(head, "berapa batas bebas bea masuk kiriman")).kind is DecisionKind.ANSWER


def test_the_same_ways_give_the_same_head(head: Head) -> None:
    again = fitted()
    for question in ("imei", "paket saya", "halo", "biaya daftar imei"):
        assert rank(again, question) == rank(head, question)


def test_confidences_are_probabilities_and_three_are_likelier_than_one(head: Head) -> None:
    for question in ("imei", "paket saya", "", "\u2603", "x" * 4000):
        ranking = rank(head, question)
        assert 0 <= ranking.confidence <= 1
        assert 0 <= ranking.confidence_top <= 1
    assert rank(head, "imei hp").confidence_top >= rank(head, "imei hp").confidence


def test_only_what_there_is_evidence_for_is_ranked(head: Head) -> None:
    ranking = rank(head, "batas bebas bea masuk", among={"imei_biaya", "kiriman_lacak"})
    assert {s.article for s in ranking.articles} == {"imei_biaya", "kiriman_lacak"}


def test_a_question_whose_best_article_lacks_evidence_is_not_answered_with_another(
    head: Head,
) -> None:
    ranking = rank(head, "berapa batas bebas bea masuk kiriman", among={"imei_biaya"})
    assert decide(ranking).kind is not DecisionKind.ANSWER


def test_none_is_never_offered_as_an_article(head: Head) -> None:
    ranking = rank(head, "resep coto makassar")
    assert NONE not in {s.article for s in ranking.articles}


def test_a_stored_fit_ranks_as_the_head_that_made_it(head: Head) -> None:
    made = unfitted()
    stored = made.fit(LABELS).to_bytes()
    other = unfitted()
    other.use(Fit.from_bytes(stored))
    for question in ("imei", "paket saya", "biaya daftar imei"):
        assert rank(other, question) == rank(head, question)


def test_a_fit_of_other_ways_is_refused() -> None:
    fit = unfitted().fit(LABELS)
    fewer = Head(TEXTS[1:], ENCODER.encode(TEXTS[1:]))
    with pytest.raises(ValueError, match="other ways"):
        fewer.use(fit)


def test_a_stored_fit_can_not_carry_code() -> None:
    harmful = io.BytesIO()
    np.savez(harmful, classes=np.array([print], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        Fit.from_bytes(harmful.getvalue())


def test_an_unfitted_head_ranks_nothing() -> None:
    with pytest.raises(ValueError, match="fit the head first"):
        rank(unfitted(), "imei")


def test_fewer_than_two_articles_are_refused() -> None:
    texts = ["a", "b"]
    with pytest.raises(ValueError, match="two articles"):
        Head(texts, ENCODER.encode(texts)).fit(["x", NONE])


# --- the decision ---


def ranking(confidence: float, top: float, articles: int = 5) -> Ranking:
    scored = tuple(Scored(f"a{n}", 1 - n / 10) for n in range(articles))
    return Ranking(scored, 0.1, confidence, top)


@pytest.mark.parametrize(
    ("confidence", "top", "kind", "articles"),
    [
        (ANSWER_FROM, 1.0, DecisionKind.ANSWER, 1),
        (1.0, 0.0, DecisionKind.ANSWER, 1),
        (ANSWER_FROM - 1e-9, 1.0, DecisionKind.CHOICES, MOST_CHOICES),
        (0.0, CHOICES_FROM, DecisionKind.CHOICES, MOST_CHOICES),
        (0.0, CHOICES_FROM - 1e-9, DecisionKind.PERSON, 0),
        (0.0, 0.0, DecisionKind.PERSON, 0),
    ],
)
def test_the_thresholds_decide(
    confidence: float, top: float, kind: DecisionKind, articles: int
) -> None:
    decision = decide(ranking(confidence, top))
    assert decision.kind is kind
    assert [s.article for s in decision.articles] == [f"a{n}" for n in range(articles)]


@pytest.mark.parametrize(("confidence", "top"), [(1.0, 1.0), (0.0, 1.0)])
def test_without_any_article_a_person_is_needed_however_sure(confidence: float, top: float) -> None:
    assert decide(ranking(confidence, top, articles=0)).kind is DecisionKind.PERSON


def test_the_thresholds_are_probabilities_in_their_order() -> None:
    assert 0 < CHOICES_FROM < ANSWER_FROM < 1
