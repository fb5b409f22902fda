"""Tickets, their clocks, the sections' consultations, the calendar, the append-only log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.consulting import Remark, Tier
from bot.models.messages import Message
from bot.models.people import Conversation
from bot.models.staff import Section, Staff


_BY_STAFF = text("staff_id IS NOT NULL")


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
        Index("ix_ticket_open", "holder_id", "id", postgresql_where=text("state <> 'closed'")),
        Index("ix_ticket_closed", "closed_at", "id", postgresql_where=text("state = 'closed'")),
        Index("ix_ticket_topic", "topic", "id"),
        Index("ix_ticket_conversation", "conversation_id", "id"),
        Index("ix_ticket_opened_at", "opened_at", postgresql_include=["id", "reason"]),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    state: Mapped[TicketState] = mapped_column(enum_column(TicketState))
    reason: Mapped[TicketReason] = mapped_column(enum_column(TicketReason))
    # The turn that opened it: a retried action finds its own ticket again.
    opened_by_turn: Mapped[int | None] = mapped_column(unique=True)
    subject: Mapped[str] = mapped_column(default="", server_default="")
    # The group of articles that it is about: as far as the bot could tell, then as it was closed.
    topic: Mapped[str | None]
    # What the complaint form gathered, and the last failure of the bot if that opened it.
    details: Mapped[dict[str, Any] | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    # The ticket that was closed too long ago to be reopened when this one began.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))
    rating: Mapped[int | None]
    rating_asked_at: Mapped[datetime | None]

    conversation: Mapped[Conversation] = relationship()
    holder: Mapped[Staff | None] = relationship()
    follows: Mapped[Ticket | None] = relationship(remote_side="Ticket.id")
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
            postgresql_include=["ticket_id", "due_at", "stopped_at", "is_first"],
        ),
        Index(
            "ix_clock_breached_at", "breached_at", postgresql_where=text("breached_at IS NOT NULL")
        ),
        Index("ix_clock_consultation_id", "consultation_id"),
        Index(
            "ix_clock_promise_started", "started_at", postgresql_where=text("kind = 'promise'")
        ),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ClockKind] = mapped_column(enum_column(ClockKind))
    consultation_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE")
    )
    # Of the promise alone: whether it runs for the question that the ticket was opened for.
    is_first: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
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
    """A question of PLI to a section, or to the head for a decision, and the answer to PLI."""

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_asked_at", "asked_at"),
        Index(
            "ix_consultation_open",
            "section_id",
            postgresql_where=text("answered_at IS NULL AND passed_on_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), index=True)
    tier: Mapped[Tier] = mapped_column(
        enum_column(Tier), default=Tier.SECTION, server_default="section"
    )
    # What the asker's client named it, so that a retry or a double click asks once.
    key: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    answered_at: Mapped[datetime | None]
    # Set while the section waits for PLI to tell more.
    asked_back_at: Mapped[datetime | None]
    passed_on_at: Mapped[datetime | None]
    passed_on_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    pass_reason: Mapped[str | None]
    passed_from_id: Mapped[int | None] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), unique=True
    )
    # When the officer was reminded that the answer lies there.
    nudged_at: Mapped[datetime | None]

    ticket: Mapped[Ticket] = relationship(back_populates="consultations")
    section: Mapped[Section] = relationship()
    asked_by: Mapped[Staff] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[Staff | None] = relationship(foreign_keys=[answered_by_id])
    passed_on_by: Mapped[Staff | None] = relationship(foreign_keys=[passed_on_by_id])
    passed_from: Mapped[Consultation | None] = relationship(
        remote_side="Consultation.id", back_populates="passed_to"
    )
    passed_to: Mapped[Consultation | None] = relationship(back_populates="passed_from")
    shared: Mapped[list[Message]] = relationship(
        secondary="shared_message", order_by=Message.id, viewonly=True
    )
    remarks: Mapped[list[Remark]] = relationship(order_by=Remark.id)

    @property
    def is_open(self) -> bool:
        """Whether whoever was asked still has it, or PLI was asked back."""
        return self.answered_at is None and self.passed_on_at is None

    @property
    def asked_name(self) -> str:
        """Who was asked, as the office calls them."""
        if self.tier is Tier.HEAD:
            return f"Kepala {self.section.name}"
        return self.section.name


class TicketEvent(Base):
    """Append-only (a trigger refuses UPDATE and, outside retention, DELETE): who, when, what."""

    __tablename__ = "ticket_event"
    # What staff did, by time, by person and by kind: for the audit log's search.
    __table_args__ = (
        Index("ix_ticket_event_by_staff_at", "at", "id", postgresql_where=_BY_STAFF),
        Index("ix_ticket_event_by_staff_staff", "staff_id", "at", "id", postgresql_where=_BY_STAFF),
        Index("ix_ticket_event_by_staff_kind", "kind", "at", "id", postgresql_where=_BY_STAFF),
    )

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
