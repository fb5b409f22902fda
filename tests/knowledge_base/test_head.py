"""The head on a toy set: right, sure when it should be, silent on the rest, the same every time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from knowledge_base.decision import (
    ANSWER_FROM,
    CHOICES_FROM,
    MOST_CHOICES,
    DecisionKind,
    decide,
)
from knowledge_base.head import MOST_WAYS, Head, Questions, Ways
from knowledge_base.ranking import NONE, Ranking, Scored
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS

pytestmark = pytest.mark.slow

ENCODER = hash_encoder()
NO_QUESTIONS = Questions([], [], ENCODER.encode(["-"])[:0])
ROWS = [(way, article) for article, ways in WAYS.items() for way in ways]
ROWS += [(message, NONE) for message in NONE_MESSAGES]


def ways(rows: Sequence[tuple[str, str]], first_key: int = 0) -> Ways:
    texts = [text for text, _ in rows]
    return Ways(
        keys=range(first_key, first_key + len(rows)),
        texts=texts,
        labels=[label for _, label in rows],
        vectors=ENCODER.encode(texts or ["-"])[: len(texts)],
    )


@pytest.fixture(scope="module", params=[MOST_WAYS, 0], ids=["one fit", "a fit a question"])
def most_ways(request: pytest.FixtureRequest) -> Iterator[None]:
    """With few ways, and as if there were very many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("knowledge_base.head.MOST_WAYS", request.param)
        yield


@pytest.fixture(scope="module")
def head(most_ways: None) -> Head:
    return Head.fit(ways(ROWS), NO_QUESTIONS)


def rank(head: Head, question: str) -> Ranking:
    return head.rank_all([question], ENCODER.encode([question]))[0]


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
    again = Head.fit(ways(ROWS), NO_QUESTIONS)
    for question in ("imei", "paket saya", "halo", "biaya daftar imei"):
        assert rank(again, question) == rank(head, question)


def test_confidences_are_probabilities_and_three_are_likelier_than_one(head: Head) -> None:
    for question in ("imei", "paket saya", "", "\u2603", "x" * 4000):
        ranking = rank(head, question)
        assert 0 <= ranking.confidence <= 1
        assert 0 <= ranking.confidence_top <= 1
    assert rank(head, "imei hp").confidence_top >= rank(head, "imei hp").confidence


def test_an_article_comes_with_the_way_of_asking_that_is_nearest(head: Head) -> None:
    first = rank(head, "batas bebas bea masuk paket berapa ya").articles[0]
    text, article = ROWS[first.nearest]
    assert article == first.article
    assert "batas" in text


def test_none_is_never_offered_as_an_article(head: Head) -> None:
    ranking = rank(head, "resep coto makassar")
    assert NONE not in {s.article for s in ranking.articles}


@pytest.mark.usefixtures("most_ways")
def test_no_message_need_be_one_that_none_answers() -> None:
    known = Head.fit(ways([row for row in ROWS if row[1] != NONE]), NO_QUESTIONS)
    found = rank(known, "batas bebas bea masuk paket berapa")
    assert found.articles[0].article == "kiriman_batas"
    assert found.none_score == 0


def test_a_stored_head_ranks_as_the_head_that_was_stored(head: Head) -> None:
    other = Head.from_bytes(head.to_bytes())
    for question in ("imei", "paket saya", "biaya daftar imei", "resep"):
        here, there = rank(head, question), rank(other, question)
        assert [s.article for s in here.articles] == [s.article for s in there.articles]
        assert here.confidence == pytest.approx(there.confidence, abs=0.01)


def test_a_stored_head_can_not_carry_code() -> None:
    harmful = io.BytesIO()
    code = np.array([print], dtype=object)
    np.savez(harmful, keys=code, rarities=code)
    with pytest.raises(ValueError, match="allow_pickle"):
        Head.from_bytes(harmful.getvalue())


def test_fewer_than_two_articles_are_refused() -> None:
    with pytest.raises(ValueError, match="two articles"):
        Head.fit(ways([("a", "x"), ("b", NONE)]), NO_QUESTIONS)


# --- a change of a few ways ---


def without(article: str) -> list[tuple[str, str]]:
    return [row for row in ROWS if row[1] != article]


def of(article: str) -> list[tuple[str, str]]:
    return [row for row in ROWS if row[1] == article]


@pytest.mark.usefixtures("most_ways")
@pytest.mark.parametrize("article", list(WAYS))
def test_an_article_that_comes_is_found_at_once_and_hides_no_other(article: str) -> None:
    before = Head.fit(ways(without(article)), NO_QUESTIONS)
    assert article not in before.classes
    after = before.changed([], ways(of(article), first_key=1000))
    for text, _ in of(article):
        assert rank(after, text).articles[0].article == article
    for text, label in without(article):
        # Some of its neighbours' ways may lean towards it until all is fitted anew.
        assert label in {NONE, *(scored.article for scored in rank(after, text).articles[:2])}
    newest = rank(after, of(article)[0][0]).articles[0]
    assert newest.nearest == 1000


@pytest.mark.parametrize("article", list(WAYS))
def test_an_article_that_goes_is_never_ranked_again(head: Head, article: str) -> None:
    keys = [key for key, row in enumerate(ROWS) if row[1] == article]
    after = head.changed(keys, ways([]))
    for text, _ in ROWS:
        assert article not in {scored.article for scored in rank(after, text).articles}
    for text, label in without(article):
        if label != NONE:
            assert rank(after, text).articles[0].article == label


def test_what_comes_and_goes_leaves_a_head_as_it_was(head: Head) -> None:
    come = ways([("kirim paket ke bulan", "bulan"), ("ongkir ke bulan", "bulan")], first_key=2000)
    back = head.changed([], come).changed([2000, 2001], ways([]))
    for question in ("imei", "paket saya", "biaya daftar imei"):
        here, there = rank(head, question), rank(back, question)
        assert [(s.article, s.nearest) for s in here.articles] == [
            (s.article, s.nearest) for s in there.articles
        ]
        assert here.confidence == pytest.approx(there.confidence)


def test_where_all_ways_are_near_a_fit_for_each_question_is_the_fit_to_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("knowledge_base.head.MOST_WAYS", MOST_WAYS)
    whole = Head.fit(ways(ROWS), NO_QUESTIONS)
    monkeypatch.setattr("knowledge_base.head.MOST_WAYS", 0)
    one_by_one = Head.fit(ways(ROWS), NO_QUESTIONS)
    assert whole.weights is not None
    assert one_by_one.weights is None
    for question in ("imei", "paket saya", "biaya daftar imei", "resep konro"):
        here, there = rank(whole, question), rank(one_by_one, question)
        assert [s.article for s in here.articles] == [s.article for s in there.articles]
        assert here.confidence == pytest.approx(there.confidence, abs=1e-3)


def test_so_many_classes_that_a_question_would_take_long_are_not_fitted_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("knowledge_base.head.MOST_WEIGHTS", len(ROWS))
    assert Head.fit(ways(ROWS), NO_QUESTIONS).weights is None


# --- the decision ---


def ranking(confidence: float, top: float, articles: int = 5) -> Ranking:
    scored = tuple(Scored(f"a{n}", 1 - n / 10, n) for n in range(articles))
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


def test_several_questions_at_once_are_ranked_as_each_alone(head: Head) -> None:
    questions = ["biaya imei berapa", "lacak paket saya", "resep konro"]
    together = head.rank_all(questions, ENCODER.encode(questions))
    for ranking, alone in zip(together, (rank(head, q) for q in questions), strict=True):
        assert [s.article for s in ranking.articles] == [s.article for s in alone.articles]
        assert ranking.confidence == pytest.approx(alone.confidence, abs=1e-4)
