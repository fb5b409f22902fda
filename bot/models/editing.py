"""What editors work at before it is published, and what a publication is tried against."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.staff import Staff


class DraftState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"


class ArticleDraft(Base):
    """The one draft that an article may have, until it is published or thrown away.

    The article itself may be new, so `article_id` need not name one that exists.
    """

    __tablename__ = "article_draft"

    id: Mapped[Key]
    article_id: Mapped[str] = mapped_column(unique=True)
    based_on: Mapped[int | None]  # number of the revision that was published when it was begun
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState))
    edition: Mapped[int]  # the number of the last one
    returned_because: Mapped[str | None]  # what the reviewer wanted changed
    created_at: Mapped[CreatedAt]

    editions: Mapped[list[DraftEdition]] = relationship(
        back_populates="draft", cascade="all, delete-orphan", order_by="DraftEdition.number"
    )


class DraftEdition(Base):
    """A draft as somebody saved it. Who saves names the edition that was begun from."""

    __tablename__ = "article_draft_edition"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(ForeignKey("article_draft.id", ondelete="CASCADE"))
    number: Mapped[int]
    source: Mapped[str]  # the article's file, whole: front matter and sections
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]

    draft: Mapped[ArticleDraft] = relationship(back_populates="editions")
    staff: Mapped[Staff] = relationship()


class QuestionOrigin(StrEnum):
    WRITTEN = "written"  # by an editor, or given with the package
    CONFIRMED = "confirmed"  # an applicant said that the answer helped
    CORRECTED = "corrected"  # an officer said what would have been right


class RememberedQuestion(Base):
    """A question and the article that it must reach; without one it must go to a person."""

    __tablename__ = "remembered_question"

    id: Mapped[Key]
    text: Mapped[str] = mapped_column(unique=True)
    article_id: Mapped[str | None] = mapped_column(index=True)
    origin: Mapped[QuestionOrigin] = mapped_column(enum_column(QuestionOrigin))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[CreatedAt]


class GateState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class GateRun(Base):
    """All remembered questions, asked of what is published and of the same with a draft."""

    __tablename__ = "gate_run"

    id: Mapped[Key]
    draft_id: Mapped[int] = mapped_column(
        ForeignKey("article_draft.id", ondelete="CASCADE"), index=True
    )
    edition: Mapped[int]  # of the draft
    state: Mapped[GateState] = mapped_column(enum_column(GateState))
    asked: Mapped[int]  # questions asked so far
    total: Mapped[int]
    result: Mapped[dict[str, Any] | None]
    accepted: Mapped[dict[str, Any]]  # of newly wrong questions, by id: the reason and who gave it
    fault: Mapped[str | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class ImportTable(Base):
    """An office's table as somebody uploaded it, and how it is to be read. Kept for some days."""

    __tablename__ = "import_table"

    id: Mapped[Key]
    name: Mapped[str]  # of the file
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    sheets: Mapped[list[Any]]  # as bot.faq.import_tables writes them
    sheet: Mapped[int]  # the one that is read, from 0
    columns: Mapped[list[Any]]  # what each column of that sheet holds; None: nothing of use
    group: Mapped[str]  # of new articles whose row names none
    section_code: Mapped[str]
    begun: Mapped[list[Any]]  # the drafts that came of it
