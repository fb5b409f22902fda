"""Every system names the right article of a small knowledge base; their figures add up."""

from __future__ import annotations

import os
from functools import partial

import pytest
from evaluation.comparing import figures, try_alone
from evaluation.pace import pace
from evaluation.systems import Answer, Ask, Asked, bm25, character_tfidf, no_encoder, our_head

from knowledge_base import features
from knowledge_base.evaluation import Question
from knowledge_base.ranking import NONE
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS

PAIRS = [(way, article) for article, ways in WAYS.items() for way in ways]
PAIRS += [(message, NONE) for message in NONE_MESSAGES]
ASKED = Asked([way for way, _ in PAIRS], [article for _, article in PAIRS])
QUESTION = "lacak paket saya pakai nomor resi"


def without_encoder(asked: Asked) -> Ask:
    """In a process of its own: what is left out there is left out for good."""
    ask = our_head(asked, no_encoder, without=["encoder"])
    assert sum(features._SHARES) == pytest.approx(1)
    return ask


@pytest.mark.parametrize("build", [bm25, character_tfidf])
def test_the_nearest_way_tells_the_article(build: partial[Ask]) -> None:
    covered, other = build(ASKED)([QUESTION, NONE_MESSAGES[0]])
    assert covered.articles[0] == "kiriman_lacak"
    assert NONE not in covered.articles
    assert covered.confidence > 0 > other.confidence


def test_bm25_counts_rare_words_more_and_long_texts_less() -> None:
    asked = Asked(["a b", "a c", "a a a a a d", "a b e f g h"], ["one", "two", "three", "four"])
    both, rare, common, rarer = bm25(asked)(["a b", "c", "a", "b"])
    assert list(both.articles[:2]) == ["one", "four"]
    assert rare.articles[0] == "two"
    assert common.confidence < rarer.confidence


@pytest.mark.slow
def test_a_system_is_tried_in_a_process_of_its_own() -> None:
    tries = try_alone(without_encoder, ASKED, [QUESTION] * 25)
    assert sum(features._SHARES) == pytest.approx(features.SHARE)
    assert [answer.articles[0] for answer in tries.answers] == ["kiriman_lacak"] * 25
    assert len(tries.pace.seconds) == 5  # the others warmed it up
    assert tries.pace.memory > 10 * 2**20


def test_one_core_is_used_for_the_pace_alone() -> None:
    cores = os.sched_getaffinity(0)
    used = []
    pace(lambda _: used.append(len(os.sched_getaffinity(0))), ["?"] * 25)
    assert used == [1] * 25
    assert os.sched_getaffinity(0) == cores


def test_the_figures_of_a_system() -> None:
    def question(*articles: str) -> Question:
        return Question("Q", "?", "answer" if articles else "person", articles, "id", "terse")

    questions = [question("a"), question("a", "b"), question("c"), question(), question()]
    answers = [
        Answer(["a", "b"], 0.9),
        Answer(["c", "b"], 0.4),
        Answer(["a", "b", "d", "c"], 0.8),
        Answer(["a"], 0.5),
        Answer(["a"], 0.1),
    ]
    made = figures(questions, answers)
    assert (made.first, made.three) == pytest.approx((1 / 3, 2 / 3))
    assert made.mrr == pytest.approx((1 + 1 / 2 + 1 / 4) / 3)
    assert made.auroc == pytest.approx(5 / 6)
    # The second surest is false, and of five messages that is more than 2%.
    assert made.outright == pytest.approx(1 / 3)
    silent = 45
    more = figures(questions + [question()] * silent, answers + [Answer(["a"], -1)] * silent)
    assert more.outright == pytest.approx(2 / 3)
