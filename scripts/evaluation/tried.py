"""Questions with known answers, and what the bot makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context

from bot.db import transaction
from bot.faq.asking import Asked, Outcome, Understanding, ask
from bot.faq.search import Knowledge
from evaluation.pace import Pace, pace
from knowledge_base.evaluation import Question


@dataclass(frozen=True)
class Tried:
    """A question and what the bot made of it."""

    question: Question
    made: Asked

    @property
    def covered(self) -> bool:
        return self.question.expect == "answer"

    @property
    def answered(self) -> bool:
        return self.made.outcome is Outcome.ANSWER

    @property
    def right(self) -> bool:
        """Answered, and with nothing but articles that are right."""
        return self.answered and set(self.made.articles) <= set(self.question.articles)

    @property
    def false(self) -> bool:
        return self.answered and not self.right

    @property
    def offered(self) -> bool:
        """The right article is among the choices."""
        right = set(self.made.articles) & set(self.question.articles)
        return self.made.outcome is Outcome.CHOICES and bool(right)

    @property
    def ranked(self) -> tuple[str, ...]:
        """The articles that were thought of, best first; none where nothing was looked for."""
        found = self.made.found
        return tuple(scored.article for scored in found.ranked) if found else ()

    @property
    def place(self) -> int | None:
        """The place of the first right article among the ranked ones, from 1."""
        places = [n for n, name in enumerate(self.ranked, 1) if name in self.question.articles]
        return min(places, default=None)


def try_all(questions: Sequence[Question]) -> list[Tried]:
    """Ask each question as the first message of a conversation; needs the running service."""
    knowledge = Knowledge()
    with closing(Understanding()) as understanding, ThreadPoolExecutor(4) as several:

        def one(question: Question) -> Tried:
            with transaction() as session:
                return Tried(question, ask(session, knowledge, understanding, question.text))

        return list(several.map(one, questions))


def pace_of_decisions(questions: Sequence[str]) -> Pace:
    """The pace of `Knowledge.find`, in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_decisions, questions).result()


def _decisions(questions: Sequence[str]) -> Pace:
    knowledge = Knowledge()

    def find(question: str) -> None:
        with transaction() as session:
            knowledge.find(session, question)

    return pace(find, questions)
