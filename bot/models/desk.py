"""Tickets, their clocks, the sections' consultations, the calendar, the append-only log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.people import Conversation
from bot.models.staff import Section, Staff


class TicketState(StrEnum):
    WAITING = "waiting"  # for an officer to take it
    HELD = "held"  # an officer has it
    CONSULTING = "consulting"  # an officer has it and a section was asked
    ANSWERED = "answered"  # the applicant has a reply, nothing waits
    CLOSED = "closed"


class TicketReason(StrEnum):
    """Why a person is needed."""

    URGENT = "urgent"
    ASKED_FOR_PERSON = "asked_for_person"
    NO_ANSWER = "no_answer"
    NOT_HELPFUL = "not_helpful"
    COMPLAINT = "complaint"
    BOT_UNAVAILABLE = "bot_unavailable"
    ABUSE = "abuse"
    MEDIA = "media"
    OFFICER_STEPPED_IN = "officer_stepped_in"


class ClockKind(StrEnum):
    PROMISE = "promise"
    SECTION = "section"


class TicketCounter(Base):
    """The last number given out in a year."""

    __tablename__ = "ticket_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Ticket(Base):
    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "ix_ticket_one_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
        ),
        Index("ix_ticket_state", "state", "id"),
        Index("ix_ticket_opened_at", "opened_at"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    state: Mapped[TicketState] = mapped_column(enum_column(TicketState))
    reason: Mapped[TicketReason] = mapped_column(enum_column(TicketReason))
    # The turn that opened it: a retried action finds its own ticket again.
    opened_by_turn: Mapped[int | None] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(default="", server_default="")
    # What the complaint form gathered, and the last failure of the bot if that opened it.
    details: Mapped[dict[str, Any] | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    rating: Mapped[int | None]
    rating_asked_at: Mapped[datetime | None]

    conversation: Mapped[Conversation] = relationship()
    holder: Mapped[Staff | None] = relationship()
    clocks: Mapped[list[Clock]] = relationship(back_populates="ticket", order_by="Clock.id")
    consultations: Mapped[list[Consultation]] = relationship(
        back_populates="ticket", order_by="Consultation.id"
    )


class Clock(Base):
    """One run of a promise. Started, stopped or breached once; never rewritten."""

    __tablename__ = "clock"
    __table_args__ = (
        Index(
            "ix_clock_one_promise_running",
            "ticket_id",
            unique=True,
            postgresql_where=text("kind = 'promise' AND stopped_at IS NULL"),
        ),
        Index("ix_clock_running", "due_at", postgresql_where=text("stopped_at IS NULL")),
        Index(
            "ix_clock_started_at",
            "kind",
            "started_at",
            postgresql_include=["ticket_id", "due_at", "stopped_at"],
        ),
        Index(
            "ix_clock_breached_at", "breached_at", postgresql_where=text("breached_at IS NOT NULL")
        ),
        Index("ix_clock_consultation_id", "consultation_id"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ClockKind] = mapped_column(enum_column(ClockKind))
    consultation_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE")
    )
    calendar_version_id: Mapped[int] = mapped_column(ForeignKey("office_calendar_version.id"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    # Each step of the computation, for the person who asks why.
    explanation: Mapped[list[Any]]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(back_populates="clocks")


class Consultation(Base):
    """A question of PLI to a section, and the section's answer."""

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_asked_at", "asked_at"),
        Index("ix_consultation_open", "section_id", postgresql_where=text("answered_at IS NULL")),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    # What the asker's client named it, so that a retry or a double click asks once.
    key: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(back_populates="consultations")
    section: Mapped[Section] = relationship()
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=[answered_by_id])


class TicketEvent(Base):
    """Append-only (a trigger refuses UPDATE and, outside retention, DELETE): who, when, what."""

    __tablename__ = "ticket_event"

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))

    staff: Mapped[Staff | None] = relationship()


class OfficeCalendarVersion(Base):
    """A frozen office calendar; a change makes a new version and moves no past deadline."""

    __tablename__ = "office_calendar_version"

    id: Mapped[Key]
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(default="", server_default="")
    rules: Mapped[dict[str, Any]]
