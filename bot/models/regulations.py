"""The regulations that articles rest on, what a change of one does, and who is told of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Key, enum_column
from bot.models.knowledge import ArticleRevision
from bot.models.people import Conversation
from bot.models.staff import Staff
from bot.models.writing import Template


class RegulationState(StrEnum):
    IN_FORCE = "in_force"
    AMENDED = "amended"
    REPLACED = "replaced"
    REPEALED = "repealed"


class Regulation(Base):
    """A regulation that an article names, or that changes one: known by kind, number and year."""

    __tablename__ = "regulation"
    __table_args__ = (UniqueConstraint("kind", "number", "year"),)

    id: Mapped[Key]
    kind: Mapped[str]  # as bot.faq.citations has it: PMK, UU, PER/BC
    number: Mapped[int]
    year: Mapped[int]
    name: Mapped[str]  # as articles cite it: PMK 57/PMK.04/2017
    about: Mapped[str] = mapped_column(default="", server_default="")
    link: Mapped[str | None]
    state: Mapped[RegulationState] = mapped_column(
        enum_column(RegulationState), default=RegulationState.IN_FORCE, server_default="in_force"
    )
    since: Mapped[date | None] = mapped_column(Date)  # the first day of a state other than in force
    other_id: Mapped[int | None] = mapped_column(ForeignKey("regulation.id"))  # amends, replaces
    note: Mapped[str] = mapped_column(default="", server_default="")
    marked_at: Mapped[datetime | None]
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    # When what the mark does to articles was done; None: its day is to come, or it does nothing.
    carried_out_at: Mapped[datetime | None]

    other: Mapped[Regulation | None] = relationship(remote_side="Regulation.id")
    marked_by: Mapped[Staff | None] = relationship()


class Effect(StrEnum):
    """What happens to an article on the day when a regulation that it rests on changes."""

    FLAG = "flag"  # stays published, and is to be looked at
    SUSPEND = "suspend"


class RegulationEffect(Base):
    """What was chosen for one article when a regulation was marked."""

    __tablename__ = "regulation_effect"
    __table_args__ = (UniqueConstraint("regulation_id", "article_id"),)

    id: Mapped[Key]
    regulation_id: Mapped[int] = mapped_column(ForeignKey("regulation.id"))
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), index=True)
    effect: Mapped[Effect] = mapped_column(enum_column(Effect))
    done_at: Mapped[datetime | None]
    # What was flagged or suspended; None: it was not published, or rested on it no more.
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("article_revision.id"))
    checked_at: Mapped[datetime | None]  # somebody found it still right
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    regulation: Mapped[Regulation] = relationship()
    revision: Mapped[ArticleRevision | None] = relationship()


class TellingState(StrEnum):
    WAITING = "waiting"  # for somebody else to agree
    AGREED = "agreed"
    DECLINED = "declined"


class Telling(Base):
    """A request to tell people that an answer of theirs rested on a regulation that changed."""

    __tablename__ = "telling"

    id: Mapped[Key]
    regulation_id: Mapped[int] = mapped_column(ForeignKey("regulation.id"), index=True)
    text: Mapped[str]  # within WhatsApp's 24 hours
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))  # outside them
    variables: Mapped[dict[str, Any]]  # the template's, by number
    state: Mapped[TellingState] = mapped_column(enum_column(TellingState), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    settled_at: Mapped[datetime | None]
    declined_because: Mapped[str | None]

    regulation: Mapped[Regulation] = relationship()
    template: Mapped[Template | None] = relationship()
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    settled_by: Mapped[Staff | None] = relationship(foreign_keys=[settled_by_id])


class NotTold(StrEnum):
    """Why somebody was not told."""

    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"
    NO_TEMPLATE = "no_template"  # outside the 24 hours, and there is no template to send


class ToldPerson(Base):
    """One conversation of a telling: not yet come to, told by a message, or left out."""

    __tablename__ = "told_person"
    __table_args__ = (
        UniqueConstraint("telling_id", "conversation_id"),
        Index("ix_told_person_waiting", "telling_id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[Key]
    telling_id: Mapped[int] = mapped_column(ForeignKey("telling.id"))
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    settled_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id", ondelete="SET NULL"), index=True
    )
    not_told: Mapped[NotTold | None] = mapped_column(enum_column(NotTold))

    telling: Mapped[Telling] = relationship()
    conversation: Mapped[Conversation] = relationship()
