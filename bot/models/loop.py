"""What turns questions into articles: officers' marks, and groups of open questions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Key, enum_column
from bot.models.desk import Ticket
from bot.models.knowledge import BotDecision
from bot.models.messages import Message
from bot.models.staff import Staff


class MarkKind(StrEnum):
    """What an officer wants of the editors."""

    MAKE_FAQ = "make_faq"  # this reply is worth an article
    BOT_WRONG = "bot_wrong"


class MarkEnd(StrEnum):
    """What became of a mark."""

    DRAFTED = "drafted"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"  # by who had set it, or another officer


class FaqMark(Base):
    """An officer's word on one message, for the editors."""

    __tablename__ = "faq_mark"
    __table_args__ = (
        Index(
            "ix_faq_mark_one_open",
            "message_id",
            unique=True,
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    kind: Mapped[MarkKind] = mapped_column(enum_column(MarkKind))
    # The officer's reply, or what the bot said.
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    note: Mapped[str]
    # What would have been right, if the officer said so: an article, or a person.
    right_article_id: Mapped[str | None]
    right_is_person: Mapped[bool]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    became: Mapped[MarkEnd | None] = mapped_column(enum_column(MarkEnd))
    because: Mapped[str | None]
    article_id: Mapped[str | None]  # of the draft that it led to

    message: Mapped[Message] = relationship()
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])


class OfficerWork(Base):
    """What people had to do after a question that the bot was asked, as last estimated."""

    __tablename__ = "officer_work"

    turn_id: Mapped[int] = mapped_column(
        ForeignKey("bot_decision.turn_id", ondelete="CASCADE"), primary_key=True
    )
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    seconds: Mapped[int]


class VerdictKind(StrEnum):
    """What editors decided about a group of questions."""

    DISMISSED = "dismissed"
    DRAFTED = "drafted"


class GroupVerdict(Base):
    """An editor's decision on questions like `seed`; those that come later fall under it too."""

    __tablename__ = "group_verdict"

    id: Mapped[Key]
    seed: Mapped[str]
    kind: Mapped[VerdictKind] = mapped_column(enum_column(VerdictKind))
    because: Mapped[str | None]
    article_id: Mapped[str | None]  # of the draft
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class QuestionGroup(Base):
    """Open questions that are alike, with what they cost. Made anew with every grouping."""

    __tablename__ = "question_group"

    id: Mapped[Key]
    seed: Mapped[str]  # the question that the others are alike to, without personal data
    verdict_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_verdict.id", ondelete="SET NULL")
    )
    asked: Mapped[int]
    unanswered: Mapped[int]
    unsure: Mapped[int]
    rejected: Mapped[int]
    asked_again: Mapped[int]
    tickets: Mapped[int]
    seconds: Mapped[int]  # that people spent on those tickets
    last_asked_at: Mapped[datetime]
    near_article_id: Mapped[str | None]  # the article that most of them came close to

    verdict: Mapped[GroupVerdict | None] = relationship()
    questions: Mapped[list[OpenQuestion]] = relationship(back_populates="group")


class QuestionOutcome(StrEnum):
    """How the bot failed a question."""

    UNANSWERED = "unanswered"  # no article was near enough
    UNSURE = "unsure"  # of the articles it offered none was chosen
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"  # the answer was given, and the question put anew


class OpenQuestion(Base):
    """A question as it stands in its group, without personal data."""

    __tablename__ = "open_question"

    turn_id: Mapped[int] = mapped_column(
        ForeignKey("bot_decision.turn_id", ondelete="CASCADE"), primary_key=True
    )
    group_id: Mapped[int] = mapped_column(
        ForeignKey("question_group.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]
    outcome: Mapped[QuestionOutcome] = mapped_column(enum_column(QuestionOutcome))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))

    group: Mapped[QuestionGroup] = relationship(back_populates="questions")
    decision: Mapped[BotDecision] = relationship()
    ticket: Mapped[Ticket | None] = relationship()


class Grouping(Base):
    """When questions were last grouped, and whether somebody waits for the next time.

    There is one at most.
    """

    __tablename__ = "grouping"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wanted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    days: Mapped[int]
    questions: Mapped[int]
