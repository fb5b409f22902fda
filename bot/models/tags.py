"""Words that officers put on tickets to find them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)  # lower case, as `desk.tags.clean` makes it
    created_at: Mapped[CreatedAt]


class TicketTag(Base):
    """A tag on a ticket, and who put it there."""

    __tablename__ = "ticket_tag"
    __table_args__ = (Index("ix_ticket_tag_tag", "tag_id", "ticket_id"),)

    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]

    tag: Mapped[Tag] = relationship()
