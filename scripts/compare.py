"""`make compare`: what each part of the knowledge base earns, beside plain methods and Rasa's.

Every system is made from the same ways of asking and asked the same questions, in a process of its
own. What takes long is made from every third way: Rasa's, and our head without each of its parts.
Small talk is left out: telling it apart is the dialogue's work. The figures are printed; with
--write they also go into docs/evaluation.md. Of the sealed part only sums are shown. --quick takes
every twentieth way of asking, to see that everything runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import circumstances, say, table, write
from evaluation.comparing import MOST_FALSE, Tries, figures, try_alone
from evaluation.response_selector import EPOCHS, response_selector
from evaluation.systems import (
    Answer,
    Ask,
    Asked,
    as_written,
    bm25,
    character_tfidf,
    english_minilm,
    glossed,
    glossed_minilm,
    nearest_by_encoder,
    no_encoder,
    our_head,
)

from bot.settings import ROOT
from knowledge_base.articles import read_articles, read_none_messages
from knowledge_base.evaluation import SEALED, TUNING, Question, read_questions
from knowledge_base.ranking import NONE

DOCUMENT = ROOT / "docs" / "evaluation.md"
Systems = dict[str, Callable[[Asked], Ask]]
OF_ALL_WAYS: Systems = {
    "nearest way: BM25": bm25,
    "nearest way: character TF-IDF": character_tfidf,
    "nearest way: USE": partial(nearest_by_encoder, encode=as_written),
    "nearest way: USE, glossed": partial(nearest_by_encoder, encode=glossed),
    "nearest way: MiniLM": partial(nearest_by_encoder, encode=english_minilm),
    "nearest way: MiniLM, glossed": partial(nearest_by_encoder, encode=glossed_minilm),
    "our head": partial(our_head, encode=glossed),
}
OF_A_THIRD: Systems = {
    "our head, a third of the ways": partial(our_head, encode=glossed),
    "  without the encoder": partial(our_head, encode=no_encoder, without=["encoder"]),
    "  without characters": partial(our_head, encode=glossed, without=["characters"]),
    "  without words": partial(our_head, encode=glossed, without=["words"]),
    "  without glossed words": partial(our_head, encode=glossed, without=["glossed words"]),
    "  without any gloss": partial(our_head, encode=as_written, without=["glossed words"]),
    "  without messages for none": partial(our_head, encode=glossed, none=False),
    "  confidence not learnt": partial(our_head, encode=glossed, taught=False),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/evaluation.md")
    parser.add_argument("--quick", action="store_true", help="with every twentieth way of asking")
    options = parser.parse_args()
    asked = _asked(20 if options.quick else 1)
    parts = {name: _questions(file) for name, file in (("tuning", TUNING), ("sealed", SEALED))}
    tries = _try_all(asked, [question.text for part in parts.values() for question in part])
    command = " ".join([".venv/bin/python scripts/compare.py", *sys.argv[1:]])
    measured = "\n\n".join([circumstances(command), *_tables(parts, tries), _costs(tries)])
    print(measured)
    if options.write:
        write(measured, DOCUMENT, mark="compared")
    return 0


def _asked(every: int) -> Asked:
    """All ways of asking of all articles, and the messages that none answers."""
    pairs = [(way, article.id) for article in read_articles() for way in article.ways]
    pairs += [(message, NONE) for message in read_none_messages()]
    return Asked([text for text, _ in pairs], [label for _, label in pairs]).every(every)


def _questions(file: Path) -> list[Question]:
    return [question for question in read_questions(file) if question.expect != "chat"]


def _try_all(asked: Asked, questions: Sequence[str]) -> dict[str, Tries]:
    """What each system makes of the questions, by its name."""
    tries = {}
    third = asked.every(3)
    for systems, ways in ((OF_ALL_WAYS, asked), (OF_A_THIRD, third)):
        for name, build in systems.items():
            say(f"{name.strip()}: {len(ways.texts)} ways of asking")
            tries[name] = try_alone(build, ways, questions)
    name = f"Rasa's ResponseSelector, {EPOCHS} epochs, a third of the ways"
    say(f"{name} (the longest)")
    tries[name] = response_selector(third, questions)
    return tries


def _tables(parts: Mapping[str, Sequence[Question]], tries: Mapping[str, Tries]) -> Iterator[str]:
    """A table for each part, whose questions were asked one part after the other."""
    headings = ("system", "first", "three", "MRR", "AUROC", f"outright at {MOST_FALSE:.0%} false")
    start = 0
    for part, questions in parts.items():
        asked = slice(start, start + len(questions))
        start = asked.stop
        rows = [[name, *_row(questions, tried.answers[asked])] for name, tried in tries.items()]
        covered = sum(question.expect == "answer" for question in questions)
        title = f"{part}: {len(questions)} messages, {covered} of them covered"
        yield f"{title}\n\n{table(headings, rows)}"


def _row(questions: Sequence[Question], answers: Sequence[Answer]) -> list[str]:
    made = figures(questions, answers)
    return [
        f"{made.first:.1%}",
        f"{made.three:.1%}",
        f"{made.mrr:.3f}",
        f"{made.auroc:.3f}",
        f"{made.outright:.1%}",
    ]


def _costs(tries: Mapping[str, Tries]) -> str:
    rows = [
        [
            name,
            f"{tried.built:.0f} s",
            tried.pace.milliseconds(50),
            tried.pace.milliseconds(95),
            tried.pace.mebibytes(),
        ]
        for name, tried in tries.items()
    ]
    headings = ("system", "made in", "a question p50", "a question p95", "memory")
    return "what it takes\n\n" + table(headings, rows)


if __name__ == "__main__":
    sys.exit(main())
