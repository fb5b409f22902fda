#!/usr/bin/env python3
"""`make search-times`: how long a question is searched for in 10,000 articles, once encoded.

A PostgreSQL of its own is filled with made-up articles of ten ways of asking each: those of the
real articles with a word left out, and the messages that no article answers. To encode them all
would take long, so that their vectors are made: those of the real ways, each shifted a little.
Questions are those of the tuning part, encoded before they are asked; what is timed is all else of
`Knowledge.find`, its transaction included. One thread does the arithmetic, as in the action server.
Prints a table; 1 when p95 is above 20 ms. With --write it also goes into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import psutil
from bench.measure import percentile
from bench.report import circumstances, milliseconds, say, table, write
from made_articles import command, copy_of, options, without_a_word
from own_database import own_database

from bot import clock
from bot.db import transaction
from bot.faq.publishing import publish, publish_none_messages
from bot.faq.search import Knowledge, make_ready
from bot.seed import seed_office
from knowledge_base.articles import ArticleFile, read_articles, read_none_messages
from knowledge_base.encoder import Encoder, Vectors, load_encoder
from knowledge_base.evaluation import TUNING, read_questions

MOST_SECONDS = 0.020
_PURPOSE = "Measure the search among very many articles."
_SHIFT = 0.3  # length of what is added to the vector of a real way
_PUBLICATIONS = 3


def main() -> int:
    """Fill, ask, say."""
    given = options(_PURPOSE, articles=10_000, ways=10, questions=1000)
    vectors = _MadeVectors(random.Random(5))
    articles = list(_articles(vectors, given.articles, given.ways))
    questions = [one.text for one in read_questions(TUNING) if one.expect != "chat"]
    questions = random.Random(6).sample(questions, min(given.questions, len(questions)))
    encoder = Encoder("made", lambda: vectors)
    say("vectors are made")
    with own_database():
        start = time.monotonic()
        _fill(articles, encoder)
        say(f"filled in {time.monotonic() - start:.0f} s")
        start = time.monotonic()
        with transaction() as session:
            make_ready(session, encoder)
        fitting = time.monotonic() - start
        say(f"fitted in {fitting:.0f} s")
        knowledge = Knowledge(encoder)
        encoder.encode(questions)
        first = _seconds(knowledge, "halo")  # loads what is stored, as a start does
        times = sorted(_seconds(knowledge, question) for question in questions)
        reached = [_publish(knowledge, articles[0], number) for number in range(_PUBLICATIONS)]
    ways = sum(len(article.ways) + 1 for article in articles)
    shown = _report(
        [len(articles), ways, len(times)],
        times,
        f"- made ready in {fitting:.0f} s; a process that starts then answers after {first:.1f} s",
        f"- after a publication the next question waits {max(reached):.1f} s",
        f"- this process holds {psutil.Process().memory_info().rss / 2**20:,.0f} MiB",
    )
    print(shown)
    if given.write:
        write(shown, mark="search")
    return 1 if percentile(times, 95) > MOST_SECONDS else 0


def _report(counts: Sequence[int], times: Sequence[float], *notes: str) -> str:
    row = [
        *map(str, counts),
        *(milliseconds(percentile(times, percent)) for percent in (50, 95, 100)),
    ]
    headings = ("articles", "ways", "questions", "p50", "p95", "slowest")
    return "\n\n".join(
        [
            circumstances(command("search-times")),
            table(headings, [row]),
            "\n".join(notes),
        ]
    )


class _MadeVectors:
    """Stands in for a model: texts have a vector that was made for them, or a real one, kept."""

    def __init__(self, chance: random.Random) -> None:
        self._noise = np.random.default_rng(chance.randrange(2**32))
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str], **_: object) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, load_encoder().encode(missing), strict=True))
        return np.stack([self._known[text] for text in texts])

    def make(self, text: str, original: str) -> None:
        """Have a vector for `text` close to that of `original`."""
        vector = self._known[original]
        shift = self._noise.standard_normal(len(vector), dtype=np.float32)
        shifted = vector + shift * np.float32(_SHIFT / np.linalg.norm(shift))
        self._known.setdefault(text, shifted / np.linalg.norm(shifted))


def _articles(vectors: _MadeVectors, count: int, ways: int) -> Iterator[ArticleFile]:
    """Copies of the real ones; the first of each has its name, so that the questions count."""
    chance = random.Random(5)
    real = read_articles()
    vectors.encode([text for article in real for text in (article.title, *article.ways)])
    for number in range(count):
        article = real[number % len(real)]
        name = article.id if number < len(real) else f"made_{number}"
        asked = {
            without_a_word(chance, way): way
            for way in chance.sample(article.ways, min(ways, len(article.ways)))
        }
        made = copy_of(article, number, name, tuple(asked))
        for text, original in {made.title: article.title, **asked}.items():
            vectors.make(text, original)
        yield made


def _fill(articles: Sequence[ArticleFile], encoder: Encoder) -> None:
    with transaction() as session:
        seed_office(session, clock.now())
        publish_none_messages(session, read_none_messages(), encoder)
    for start in range(0, len(articles), 500):
        with transaction() as session:
            for article in articles[start : start + 500]:
                publish(session, article, encoder)
        say(f"{start + 500} articles are published")


def _publish(knowledge: Knowledge, article: ArticleFile, number: int) -> float:
    """Publish an edition; the seconds that the question after it takes."""
    with transaction() as session:
        changed = replace(article, content_hash=f"edition {number}", ways=article.ways[number:])
        publish(session, changed, knowledge.encoder)
    return _seconds(knowledge, "halo")


def _seconds(knowledge: Knowledge, question: str) -> float:
    start = time.perf_counter()
    with transaction() as session:
        knowledge.find(session, question)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
