"""What officers write with: canned replies, WhatsApp's approved templates, notes among themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Key
from bot.models.staff import Staff


class CannedReply(Base):
    """A reply to insert and edit. `{nama}` and the like are filled in for the applicant."""

    __tablename__ = "canned_reply"

    id: Mapped[Key]
    title: Mapped[str]
    body_id: Mapped[str]
    body_en: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    retired_at: Mapped[datetime | None]


class Template(Base):
    """A message that WhatsApp approved, the only kind it takes outside the 24-hour window.

    `body` is the approved text with its variables as `{{1}}`; `labels` say what each holds.
    """

    __tablename__ = "template"

    id: Mapped[Key]
    title: Mapped[str]
    language: Mapped[str]
    content_sid: Mapped[str] = mapped_column(unique=True)
    body: Mapped[str]
    labels: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    retired_at: Mapped[datetime | None]


class Note(Base):
    """An officer's note beside a conversation. It is in no outbox, so nothing can send it."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_conversation", "conversation_id", "at"),)

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    body: Mapped[str]
    at: Mapped[datetime]
    # What the writer's client named it, so that a double click is one note.
    client_key: Mapped[str] = mapped_column(unique=True)

    staff: Mapped[Staff] = relationship()
