"""What goes with a question to a section: messages it may read, remarks back and forth."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, Key
from bot.models.staff import Staff


class Tier(StrEnum):
    """Who has to explain or decide."""

    SECTION = "section"  # a related section
    HEAD = "head"  # the head of the section (Kepala Seksi)


class SharedMessage(Base):
    """A message of the conversation that PLI chose to show to the section it asked."""

    __tablename__ = "shared_message"

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Remark(Base):
    """The section asks PLI back, or PLI tells the section more."""

    __tablename__ = "remark"

    id: Mapped[Key]
    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    from_pli: Mapped[bool]

    staff: Mapped[Staff] = relationship()
