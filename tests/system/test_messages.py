"""What people write gets the intent it should: messages that Rasa was not trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.faq.asking import Understanding
from tests.stories.messages import messages, plain_words
from tests.system.service import Service

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]

# Small talk that is taken for a question costs nothing: the knowledge base knows no answer and
# an officer does. A question taken for something that is no small talk is lost.
LOOKED_INTO = {"question", "nlu_fallback", "greet", "thank", "goodbye", "out_of_scope"}
MOST_QUESTIONS_LOST = 0.03
MOST_PEOPLE_REFUSED = 0.06


@pytest.fixture(scope="module")
def understanding(trial: Service) -> Iterator[Understanding]:
    with closing(Understanding(trial.environment["RASA_URL"])) as rasa:
        yield rasa


def test_the_plain_words_never_fail(understanding: Understanding) -> None:
    plain = plain_words()
    assert len(plain) > 10
    taken = {text: understanding.of(text).intent for text, _ in plain}
    assert {text: taken[text] for text, intent in plain if taken[text] != intent} == {}


def test_questions_are_not_lost_and_who_wants_a_person_gets_one(
    understanding: Understanding,
) -> None:
    taken = Counter((wanted, understanding.of(text).intent) for text, wanted in messages())
    asked = sum(n for (wanted, _), n in taken.items() if wanted == "question")
    lost = sum(n for (w, got), n in taken.items() if w == "question" and got not in LOOKED_INTO)
    assert lost <= MOST_QUESTIONS_LOST * asked, taken
    people = sum(n for (wanted, _), n in taken.items() if wanted == "ask_human")
    # Whoever is taken for a question still gets a person when no article answers.
    refused = people - taken["ask_human", "ask_human"] - taken["ask_human", "nlu_fallback"]
    refused -= taken["ask_human", "question"]
    assert refused <= MOST_PEOPLE_REFUSED * people, taken
