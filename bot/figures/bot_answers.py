"""What the bot settled alone, and which of its answers people rejected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.figures.answers import answered_in, by_revision, total
from bot.figures.period import Span
from bot.models import ArticleRevision, BotDecision, Ticket, TicketReason

ANSWERS_SHOWN = 50
ARTICLES_SHOWN = 15


@dataclass(frozen=True)
class BotShare:
    """The bot's answers by the applicants' own word on them, and the tickets of the same time."""

    helped: int
    silent: int  # neither helped nor did not: not rejected
    rejected: int
    tickets: int

    @property
    def answers(self) -> int:
        return self.helped + self.silent + self.rejected

    @property
    def share(self) -> float | None:
        """Of all that was settled or handed over, the part that the bot settled alone.

        An answer that the applicant did not reject is a response. None if nobody asked.
        """
        settled = self.helped + self.silent
        everything = settled + self.tickets
        return settled / everything if everything else None


@dataclass(frozen=True)
class Rejected:
    """An answer that did not help."""

    at: datetime
    question: str
    article_id: str
    title: str
    score: float | None


@dataclass(frozen=True)
class ArticleRejections:
    article_id: str
    title: str
    answers: int
    rejected: int


def bot_share(session: Session, span: Span) -> BotShare:
    """How much the bot settled within `span`. Conversations an officer entered don't count."""
    helped, rejected, answers = session.execute(
        select(
            func.count().filter(BotDecision.helpful.is_(True)),
            func.count().filter(BotDecision.helpful.is_(False)),
            func.count(),
        ).where(answered_in(span))
    ).one()
    tickets = session.scalar(
        select(func.count()).where(
            Ticket.opened_at >= span.start,
            Ticket.opened_at < span.end,
            Ticket.reason != TicketReason.OFFICER_STEPPED_IN,
        )
    )
    return BotShare(helped, answers - helped - rejected, rejected, tickets or 0)


def rejected_answers(session: Session, span: Span) -> list[Rejected]:
    """The latest answers that did not help."""
    found = session.execute(
        select(BotDecision, ArticleRevision.article_id, ArticleRevision.title)
        .join(BotDecision.revision)
        .where(answered_in(span), BotDecision.helpful.is_(False))
        .order_by(BotDecision.at.desc())
        .limit(ANSWERS_SHOWN)
    )
    return [
        Rejected(decision.at, decision.question, article, title, _score(decision))
        for decision, article, title in found
    ]


def most_rejected(session: Session, span: Span) -> list[ArticleRejections]:
    """The articles whose answers were rejected most often, by their latest title."""
    of = by_revision(answered_in(span))
    rejected = total(of.c.rejected)
    found = session.execute(
        select(
            ArticleRevision.article_id,
            func.max(ArticleRevision.title),
            total(of.c.given),
            rejected,
        )
        .join(of, of.c.revision_id == ArticleRevision.id)
        .group_by(ArticleRevision.article_id)
        .having(rejected > 0)
        .order_by(rejected.desc(), ArticleRevision.article_id)
        .limit(ARTICLES_SHOWN)
    )
    return [ArticleRejections(*row) for row in found]


def _score(decision: BotDecision) -> float | None:
    return decision.candidates[0]["score"] if decision.candidates else None
