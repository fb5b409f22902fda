"""Carrying a gate run out: all questions asked of what is published, and of that with the draft.

It needs the encoder, so the action server does it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.faq.asking_all import State, state_of
from bot.faq.comparing import Asked, Reached, comparison
from bot.faq.gate import next_run
from bot.faq.proposing import as_if_published
from bot.faq.search import Knowledge
from bot.faq.versions import knowledge_version
from bot.models import ArticleDraft, DraftEdition, GateRun, GateState, RememberedQuestion
from knowledge_base.articles import ArticleFile, parse_text
from knowledge_base.encoder import Vectors

log = logging.getLogger(__name__)

BATCH = 100  # questions asked at a time, and then told as progress


class RunGone(Exception):
    """The run was deleted meanwhile, with its draft."""


@dataclass(frozen=True)
class _Question:
    id: int
    text: str
    article_id: str | None


class Trial:
    """Carries runs out. What it has encoded and asked once it needn't encode and ask again."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._vectors: dict[str, Vectors] = {}
        self._published = ""  # the version of what `_before` was asked of
        self._before: dict[str, Reached] = {}

    def carry_out_next(self) -> bool:
        """Carry out the run that waits longest; False if none waits."""
        with next_run() as run_id:
            if run_id is not None:
                self.carry_out(run_id)
        return run_id is not None

    def carry_out(self, run_id: int) -> None:
        """Ask all questions and write what came of it; a failure is written too."""
        try:
            self._carry_out(run_id)
        except RunGone:
            log.info("gate run %s is wanted no more", run_id)
        except (OperationalError, PoolTimeout):
            raise  # the database is away; the run is taken again when it is back
        except Exception as error:
            log.exception("gate run %s failed", run_id)
            _finish(run_id, state=GateState.FAILED, fault=f"{type(error).__name__}: {error}")

    def _carry_out(self, run_id: int) -> None:
        with transaction() as session:
            # First the version: what is published after this moment makes the run outdated.
            version = knowledge_version(session)
            article = _article_of(session, run_id)
            questions = _questions(session)
            published = state_of(session, self._knowledge)
        _tell(run_id, total=len(questions))
        with as_if_published(article, self._knowledge.encoder) as proposed:
            with_draft = state_of(proposed.session, proposed.knowledge)
        if self._published != version:
            self._published, self._before = version, {}
        asked: list[Asked] = []
        for start in range(0, len(questions), BATCH):
            asked += self._asked(questions[start : start + BATCH], published, with_draft)
            _tell(run_id, asked=len(asked))
        self._forget_all_but(questions)
        result = {"knowledge": version, "encoder": self._knowledge.encoder.name}
        _finish(run_id, state=GateState.DONE, result=result | comparison(asked))

    def _asked(
        self, questions: Sequence[_Question], published: State, with_draft: State
    ) -> list[Asked]:
        texts = [question.text for question in questions]
        vectors = self._encoded(texts)
        new = [row for row, text in enumerate(texts) if text not in self._before]
        if new:
            reached = published.ask([texts[row] for row in new], vectors[new])
            self._before.update(zip((texts[row] for row in new), reached, strict=True))
        return [
            Asked(
                id=question.id,
                text=question.text,
                wanted=published.wanted(question.article_id),
                wanted_after=with_draft.wanted(question.article_id),
                before=self._before[question.text],
                after=after,
            )
            for question, after in zip(questions, with_draft.ask(texts, vectors), strict=True)
        ]

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in texts if text not in self._vectors]
        if missing:
            encoded = self._knowledge.encoder.encode(missing)
            self._vectors.update(zip(missing, encoded, strict=True))
        return np.stack([self._vectors[text] for text in texts])

    def _forget_all_but(self, questions: Sequence[_Question]) -> None:
        texts = {question.text for question in questions}
        for kept in (self._vectors, self._before):
            for text in kept.keys() - texts:
                del kept[text]


def _article_of(session: Session, run_id: int) -> ArticleFile:
    """The article as the run's edition of the draft has it."""
    source = session.scalar(
        select(DraftEdition.source)
        .join(ArticleDraft, ArticleDraft.id == DraftEdition.draft_id)
        .join(GateRun, GateRun.draft_id == ArticleDraft.id)
        .where(GateRun.id == run_id, DraftEdition.number == GateRun.edition)
    )
    if source is None:
        raise RunGone
    return parse_text(source)


def _questions(session: Session) -> list[_Question]:
    rows = session.execute(
        select(
            RememberedQuestion.id, RememberedQuestion.text, RememberedQuestion.article_id
        ).order_by(RememberedQuestion.id)
    )
    return [_Question(*row) for row in rows]


def _tell(run_id: int, **progress: int) -> None:
    """Write the progress, committed, so that a page can show it."""
    with transaction() as session:
        told = update(GateRun).where(GateRun.id == run_id).values(**progress)
        if session.scalar(told.returning(GateRun.id)) is None:
            raise RunGone


def _finish(run_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(
            update(GateRun).where(GateRun.id == run_id).values(finished_at=clock.now(), **values)
        )
