"""Articles, their revisions and ways of asking, and what the bot decided for each question."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Computed, Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.embedding import Embedding


class ArticleStatus(StrEnum):
    PUBLISHED = "published"
    SUSPENDED = "suspended"  # withdrawn, with a reason; an editor may bring it back
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"  # the article is given up


class Article(Base):
    __tablename__ = "article"

    id: Mapped[str] = mapped_column(primary_key=True)
    revisions: Mapped[list[ArticleRevision]] = relationship(
        back_populates="article", order_by="ArticleRevision.number"
    )


class ArticleRevision(Base):
    """What an editor published at one moment. Answers point at the revision they gave."""

    __tablename__ = "article_revision"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        Index(
            "ix_article_revision_one_published",
            "article_id",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )

    id: Mapped[Key]
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    status: Mapped[ArticleStatus] = mapped_column(enum_column(ArticleStatus))
    title: Mapped[str]
    group: Mapped[str]
    section_code: Mapped[str]
    answer_id: Mapped[str]
    answer_en: Mapped[str | None]
    legal_basis: Mapped[list[Any]]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)  # the last day, if one is known
    review_by: Mapped[date] = mapped_column(Date)
    confidence: Mapped[str]
    # The whole front matter, for editors: sources, what to confirm, related, handover data.
    details: Mapped[dict[str, Any]]
    source: Mapped[str]  # the article's file, whole, as it came or was written
    content_hash: Mapped[str]
    published_at: Mapped[CreatedAt]
    # Nobody: it came with the package.
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # When it was withdrawn or archived, by whom and why.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ended_because: Mapped[str | None]

    article: Mapped[Article] = relationship(back_populates="revisions")
    ways: Mapped[list[Way]] = relationship(
        back_populates="revision", cascade="all, delete-orphan", order_by="Way.id"
    )


class Way(Base):
    """One way of asking for an article: encoded, and indexed as Indonesian text.

    A row without a revision is a message that no article answers.
    """

    __tablename__ = "way"
    __table_args__ = (Index("ix_way_words", "words", postgresql_using="gin"),)

    id: Mapped[Key]
    revision_id: Mapped[int | None] = mapped_column(
        ForeignKey("article_revision.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]
    encoder: Mapped[str]  # name and fingerprint of what made the vector
    vector: Mapped[Any] = mapped_column(Embedding())
    words: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector('indonesian', text)", persisted=True)
    )

    revision: Mapped[ArticleRevision | None] = relationship(back_populates="ways")


class PublishedVersion(Base):
    """The version of what is published, made when it changed. There is one at most."""

    __tablename__ = "published_version"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[str]


class FittedHead(Base):
    """The head fitted to what was published at one version, so that one process fits for all.

    There is one at most.
    """

    __tablename__ = "fitted_head"

    version: Mapped[str] = mapped_column(primary_key=True)
    encoder: Mapped[str]
    head: Mapped[bytes]
    urgency: Mapped[bytes]  # what tells urgent messages, learnt beside the head
    at: Mapped[CreatedAt]


class BotDecision(Base):
    """What the bot made of one turn: candidates with scores, what it did, how it was received."""

    __tablename__ = "bot_decision"
    __table_args__ = (
        Index(
            "ix_bot_decision_at",
            "kind",
            "at",
            postgresql_include=["helpful", "revision_id"],
        ),
    )

    turn_id: Mapped[int] = mapped_column(
        ForeignKey("turn.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    question: Mapped[str]
    language: Mapped[str]
    kind: Mapped[str]  # answer, choices, person
    candidates: Mapped[list[Any]]
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("article_revision.id"))
    knowledge: Mapped[str]  # version of the knowledge base that decided
    at: Mapped[datetime]
    # The applicant's own word on it: True helped, False did not, None said nothing.
    helpful: Mapped[bool | None]
    feedback_turn_id: Mapped[int | None]  # the turn in which that word came
    # That word was the same question, put anew.
    asked_again: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # What the bot waits for after this turn: choices, feedback or nothing.
    awaiting: Mapped[str | None]

    revision: Mapped[ArticleRevision | None] = relationship()
