"""Remembered questions: each with the article that it must reach, or none for a person.

They are what a publication is tried against (`gate`). Editors write them; an applicant's "it
helped" and an officer's correction add to them, without what tells a person.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot import audit
from bot.faq.personal import without_personal_data
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    BotDecision,
    Conversation,
    QuestionOrigin,
    RememberedQuestion,
    Staff,
)
from knowledge_base.evaluation import TUNING, read_questions

LONGEST = 600  # characters
# More of them tell nothing new of an article, and each publication asks them all.
MOST_CONFIRMED = 20  # of one article


class QuestionFault(StrEnum):
    """Why a question can't be remembered."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_SUCH_ARTICLE = "no_such_article"
    REMEMBERED_ALREADY = "remembered_already"


class BadQuestion(Exception):
    """The question can't be remembered; `fault` says why."""

    def __init__(self, fault: QuestionFault) -> None:
        super().__init__(fault)
        self.fault = fault


def seed(session: Session) -> None:
    """The first questions of an installation, where nothing is remembered yet.

    They are those of the tuning part of `evaluation`: the sealed part is to measure by, and what
    editors were made to fix measures nothing.
    """
    if session.scalar(select(RememberedQuestion.id).limit(1)) is not None:
        return
    wanted = {
        " ".join(question.text.split()): next(iter(question.articles), None)
        for question in read_questions(TUNING)
        if question.expect != "chat" and len(question.articles) < 2
    }
    session.add_all(
        RememberedQuestion(text=text, article_id=article_id, origin=QuestionOrigin.WRITTEN)
        for text, article_id in wanted.items()
    )


def add(
    session: Session, text: str, article_id: str | None, staff: Staff, now: datetime
) -> RememberedQuestion:
    """Remember a question that an editor writes, less what tells a person. Raises BadQuestion."""
    question = _checked(session, text, article_id)
    if session.scalar(select(RememberedQuestion.id).where(RememberedQuestion.text == question)):
        raise BadQuestion(QuestionFault.REMEMBERED_ALREADY)
    return _keep(session, question, article_id, QuestionOrigin.WRITTEN, staff, now)


def correct(
    session: Session, text: str, article_id: str | None, staff: Staff, now: datetime
) -> RememberedQuestion:
    """Remember what would have been right, whatever was remembered of it. Raises BadQuestion."""
    question = _checked(session, text, article_id)
    return _keep(session, question, article_id, QuestionOrigin.CORRECTED, staff, now)


def confirm(session: Session, decision: BotDecision, now: datetime) -> None:
    """Remember a question whose one answer helped, unless the article has enough of them.

    What an editor or an officer said of the same question counts more.
    """
    given = [one for one in decision.candidates if one.get("given")]
    person = session.get_one(Conversation, decision.conversation_id).person
    text = _as_kept(decision.question, person.name)
    if decision.revision is None or len(given) > 1 or not 0 < len(text) <= LONGEST:
        return
    article_id = decision.revision.article_id
    confirmed = select(func.count()).where(
        RememberedQuestion.article_id == article_id,
        RememberedQuestion.origin == QuestionOrigin.CONFIRMED,
    )
    if (session.scalar(confirmed) or 0) >= MOST_CONFIRMED:
        return
    values = {"text": text, "article_id": article_id, "origin": QuestionOrigin.CONFIRMED, "at": now}
    session.execute(insert(RememberedQuestion).values(values).on_conflict_do_nothing())


def remove(session: Session, question_id: int, staff: Staff, now: datetime) -> bool:
    """Forget a question; False if nobody remembers it."""
    question = session.get(RememberedQuestion, question_id)
    if question is None:
        return False
    session.delete(question)
    _log(session, "question_removed", question.text, question.article_id, staff, now)
    return True


def _keep(
    session: Session,
    text: str,
    article_id: str | None,
    origin: QuestionOrigin,
    staff: Staff,
    now: datetime,
) -> RememberedQuestion:
    values = {"article_id": article_id, "origin": origin, "staff_id": staff.id, "at": now}
    statement = insert(RememberedQuestion).values(text=text, **values)
    kept = session.scalars(
        statement.on_conflict_do_update(index_elements=["text"], set_=values).returning(
            RememberedQuestion
        ),
        execution_options={"populate_existing": True},
    ).one()
    _log(session, "question_added", text, article_id, staff, now)
    return kept


def _checked(session: Session, text: str, article_id: str | None) -> str:
    question = _as_kept(text)
    if not question:
        raise BadQuestion(QuestionFault.EMPTY)
    if len(question) > LONGEST:
        raise BadQuestion(QuestionFault.TOO_LONG)
    if article_id is not None and not _is_article(session, article_id):
        raise BadQuestion(QuestionFault.NO_SUCH_ARTICLE)
    return question


def _as_kept(text: str, name: str | None = None) -> str:
    """On one line, without what tells a person."""
    plain = " ".join(text.replace("\x00", "").split())
    return without_personal_data(plain, [name] if name else [])


def _is_article(session: Session, article_id: str) -> bool:
    """Whether there is or was such an article, or is about to be."""
    revision = select(ArticleRevision.id).where(ArticleRevision.article_id == article_id).limit(1)
    draft = select(ArticleDraft.id).where(ArticleDraft.article_id == article_id)
    return session.scalar(revision) is not None or session.scalar(draft) is not None


def _log(
    session: Session, kind: str, text: str, article_id: str | None, staff: Staff, now: datetime
) -> None:
    audit.record(session, kind, article_id or "–", now, staff.id, question=text)
