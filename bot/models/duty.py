"""Who is on duty when, and what their own WhatsApp was told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.staff import Staff


class AlertKind(StrEnum):
    """Why an officer on duty was called."""

    NEW = "new"  # a ticket outside working hours
    WARNED = "warned"  # a clock has mostly run out
    BREACHED = "breached"
    REMINDER = "reminder"  # nobody has claimed it yet


class AlertState(StrEnum):
    QUEUED = "queued"
    UNKNOWN = "unknown"  # was being sent; whether it arrived is not known
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # it was no longer true, or another alert of the moment says it


class DutyShift(Base):
    """Somebody on duty from `starts_at` until before `ends_at`, planned or signed on.

    Signing off earlier moves `ends_at`, so that the row says what was.
    """

    __tablename__ = "duty_shift"
    __table_args__ = (
        CheckConstraint("ends_at >= starts_at", name="ends_after_it_starts"),
        Index("ix_duty_shift_staff", "staff_id", "ends_at"),
        Index("ix_duty_shift_ends_at", "ends_at"),
    )

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[CreatedAt]

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])


class OfficerAlert(Base):
    """One message to an officer's own WhatsApp. The row is the job."""

    __tablename__ = "officer_alert"
    __table_args__ = (
        Index("ix_officer_alert_queued", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_officer_alert_staff", "staff_id", "at"),
        Index("ix_officer_alert_clock", "clock_id"),
    )

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id", ondelete="CASCADE"))
    kind: Mapped[AlertKind] = mapped_column(enum_column(AlertKind))
    to: Mapped[str]
    variables: Mapped[dict[str, Any]]  # of the content template
    at: Mapped[datetime]
    state: Mapped[AlertState] = mapped_column(enum_column(AlertState))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    message_sid: Mapped[str | None]
    error: Mapped[str | None]
