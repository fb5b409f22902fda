"""What people write gets the intent it should: messages that Rasa was not trained on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.faq.asking import Understanding
from bot.settings import ROOT
from tests.system.service import Service

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]

MESSAGES = Path(__file__).parent.parent / "stories" / "messages.tsv"
URGENT = MESSAGES.parent / "urgent.txt"
PLAIN_WORDS = "# --- plain words"

# Small talk that is taken for a question costs nothing: the knowledge base knows no answer and
# an officer does. A question taken for something that is no small talk is lost.
LOOKED_INTO = {"question", "nlu_fallback", "greet", "thank", "goodbye", "out_of_scope"}
MOST_QUESTIONS_LOST = 0.03
MOST_PEOPLE_REFUSED = 0.06
FEWEST_URGENT_SEEN = 0.6
MOST_FALSE_ALARMS = 0.04


def read(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


@pytest.fixture(scope="module")
def understanding(trial: Service) -> Iterator[Understanding]:
    with closing(Understanding(trial.environment["RASA_URL"])) as rasa:
        yield rasa


def test_the_plain_words_never_fail(understanding: Understanding) -> None:
    plain = read(MESSAGES.read_text(encoding="utf-8").split(PLAIN_WORDS)[1].split("\n", 1)[1])
    assert len(plain) > 10
    taken = {text: understanding.of(text).intent for text, _ in plain}
    assert {text: taken[text] for text, intent in plain if taken[text] != intent} == {}


def test_questions_are_not_lost_and_who_wants_a_person_gets_one(
    understanding: Understanding,
) -> None:
    messages = read(MESSAGES.read_text(encoding="utf-8"))
    taken = Counter((wanted, understanding.of(text).intent) for text, wanted in messages)
    asked = sum(n for (wanted, _), n in taken.items() if wanted == "question")
    lost = sum(n for (w, got), n in taken.items() if w == "question" and got not in LOOKED_INTO)
    assert lost <= MOST_QUESTIONS_LOST * asked, taken
    people = sum(n for (wanted, _), n in taken.items() if wanted == "ask_human")
    # Whoever is taken for a question still gets a person when no article answers.
    refused = people - taken["ask_human", "ask_human"] - taken["ask_human", "nlu_fallback"]
    refused -= taken["ask_human", "question"]
    assert refused <= MOST_PEOPLE_REFUSED * people, taken


def test_what_is_urgent_is_seen_and_what_only_sounds_so_is_not(
    trial: Service, tmp_path: Path
) -> None:
    urgent = [
        line
        for line in URGENT.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    ordinary = [text for text, wanted in read(MESSAGES.read_text("utf-8")) if wanted == "question"]
    asked = [*urgent, *ordinary[-110:]]
    batch = tmp_path / "batch.jsonl"
    lines = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(asked)]
    batch.write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "bot", "faq", "ask", "--batch", str(batch), "--json"]
    ended = subprocess.run(
        command, cwd=ROOT, env=trial.environment, capture_output=True, text=True, check=True
    )
    seen = [bool(json.loads(line)["urgent"]) for line in ended.stdout.splitlines()]
    assert sum(seen[: len(urgent)]) >= FEWEST_URGENT_SEEN * len(urgent)
    assert sum(seen[len(urgent) :]) <= MOST_FALSE_ALARMS * len(seen[len(urgent) :])
