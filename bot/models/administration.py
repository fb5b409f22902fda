"""What administrators decide, and the log of what staff change beside tickets."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Key, enum_column
from bot.models.staff import Staff


class AuditEntry(Base):
    """Append-only (a trigger refuses UPDATE, DELETE and TRUNCATE): who changed what, and when.

    What happens to a ticket is a TicketEvent; this is for everything else.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at", "id"),)

    id: Mapped[Key]
    at: Mapped[datetime]
    # Nobody: it was done on the command line.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    # What was changed, as people call it: a username, a section's code, a version.
    subject: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))

    staff: Mapped[Staff | None] = relationship()


class RetentionKind(StrEnum):
    """What is deleted when its time is over."""

    PEOPLE = "people"
    RAW_FORMS = "raw_forms"


class Retention(Base):
    """For how many days something is kept; without a row, as the settings file says."""

    __tablename__ = "retention"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 3650", name="a_day_to_ten_years"),)

    kind: Mapped[RetentionKind] = mapped_column(enum_column(RetentionKind), primary_key=True)
    days: Mapped[int]
