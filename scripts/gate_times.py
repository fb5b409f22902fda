#!/usr/bin/env python3
"""`make gate-times`: how long a draft is tried against 2,000 questions beside 500 articles.

A PostgreSQL of its own is filled with made-up articles: copies of the real ones with a word left
out of each way of asking. The run is that of the action server, with one thread for arithmetic
as there, and questions are asked meanwhile as applicants would. The first run encodes all
questions; a later one, of another edition, needn't. Prints a table; 1 when a run takes more than
20 s. With --write it also goes into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import circumstances, say, table, write
from made_articles import command, copy_of, options, without_a_word
from own_database import own_database
from sqlalchemy import select

from bot import clock
from bot.db import transaction
from bot.faq import editing, gate
from bot.faq.gate_run import Trial
from bot.faq.publishing import publish, publish_none_messages
from bot.faq.search import Knowledge, make_ready
from bot.models import (
    ArticleDraft,
    GateState,
    QuestionOrigin,
    RememberedQuestion,
    Role,
    Staff,
)
from bot.seed import seed_office
from knowledge_base.articles import ArticleFile, read_articles, read_none_messages
from knowledge_base.encoder import load_encoder
from knowledge_base.evaluation import TUNING, read_questions
from knowledge_base.writing import written

MOST_SECONDS = 20.0
_PURPOSE = "Measure the gate before publishing."
EDITIONS = 3


def main() -> int:
    """Fill, try, say."""
    given = options(_PURPOSE, articles=500, ways=40, questions=2000)
    chance = random.Random(5)
    articles = list(_articles(chance, given.articles, given.ways))
    with own_database():
        start = time.monotonic()
        knowledge = _fill(articles, list(_questions(chance, articles, given.questions)))
        say(f"filled and fitted in {time.monotonic() - start:.0f} s")
        _ask(knowledge)  # as a server does when it starts
        trial = Trial(knowledge)
        rows = [_run(trial, knowledge, articles[0], number) for number in range(EDITIONS)]
    ways = sum(len(article.ways) for article in articles)
    shown = "\n\n".join(
        [
            circumstances(command("gate-times")),
            table(("run", "seconds", "newly wrong", "asked meanwhile: median", "slowest"), rows),
            f"- {len(articles)} articles, {ways} ways of asking, {given.questions} questions\n"
            f"- largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB",
        ]
    )
    print(shown)
    if given.write:
        write(shown, mark="gate")
    return 1 if max(float(row[1]) for row in rows) > MOST_SECONDS else 0


def _articles(chance: random.Random, count: int, ways: int) -> Iterator[ArticleFile]:
    real = read_articles()
    for number in range(count):
        article = real[number % len(real)]
        asked = chance.sample(article.ways, min(ways, len(article.ways)))
        shorter = dict.fromkeys(without_a_word(chance, way) for way in asked)
        yield copy_of(article, number, f"made_{number}", tuple(shorter))


def _questions(
    chance: random.Random, articles: list[ArticleFile], count: int
) -> Iterator[tuple[str, str | None]]:
    """Those for a person as they are, and ways of the articles with one word more left out."""
    person = {one.text for one in read_questions(TUNING) if one.expect == "person"}
    yield from ((text, None) for text in sorted(person))
    for number in range(count - len(person)):
        article = chance.choice(articles)
        yield f"{without_a_word(chance, chance.choice(article.ways))} {number}", article.id


def _fill(articles: list[ArticleFile], questions: list[tuple[str, str | None]]) -> Knowledge:
    encoder = load_encoder()
    with transaction() as session:
        seed_office(session, clock.now())
        session.add(Staff(username="maker", name="Maker", role=Role.EDITOR, password_hash=""))
        for article in articles:
            publish(session, article, encoder)
        publish_none_messages(session, read_none_messages(), encoder)
        make_ready(session, encoder)
        session.add_all(
            RememberedQuestion(text=text, article_id=article, origin=QuestionOrigin.WRITTEN)
            for text, article in questions
        )
    return Knowledge(encoder)


def _run(trial: Trial, knowledge: Knowledge, article: ArticleFile, number: int) -> list[str]:
    """Save an edition, try it, and ask meanwhile."""
    with transaction() as session:
        maker = session.scalars(select(Staff).where(Staff.username == "maker")).one()
        ways = (*article.ways, f"cara bertanya yang ke {number} berapa")
        text = written(replace(article, ways=ways, front_matter=_front_matter(article)))
        draft = editing.save(session, text, maker, clock.now(), began_from=number or None)
        gate.ask_for_run(session, draft, maker, clock.now())
        draft_id = draft.id
    over = threading.Event()
    times: list[float] = []
    asking = threading.Thread(target=_keep_asking, args=(knowledge, over, times))
    asking.start()
    start = time.monotonic()
    trial.carry_out_next()
    seconds = time.monotonic() - start
    over.set()
    asking.join()
    with transaction() as session:
        run = gate.latest_run(session, session.get_one(ArticleDraft, draft_id))
        assert run is not None
        assert run.state is GateState.DONE, run.fault
        wrong = len((run.result or {})["newly_wrong"])
    middle, slowest = statistics.median(times) * 1000, max(times) * 1000
    name = "first" if number == 0 else f"edition {number + 1}"
    return [name, f"{seconds:.1f}", str(wrong), f"{middle:.0f} ms", f"{slowest:.0f} ms"]


def _front_matter(article: ArticleFile) -> dict[str, object]:
    """What a file has to have, whatever it says."""
    lists = ("to_confirm", "legal_basis", "sources", "handover_data", "related")
    return {"link": "https://www.beacukai.go.id", **{name: [] for name in lists}}


def _keep_asking(knowledge: Knowledge, over: threading.Event, times: list[float]) -> None:
    number = 0
    while not over.wait(0.2):
        start = time.monotonic()
        _ask(knowledge, f"berapa biaya kirim paket {number}")
        times.append(time.monotonic() - start)
        number += 1


def _ask(knowledge: Knowledge, question: str = "halo") -> None:
    with transaction() as session:
        knowledge.find(session, question)


if __name__ == "__main__":
    sys.exit(main())
