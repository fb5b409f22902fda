"""What the processes tell about themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Heartbeat(Base):
    """The last sign of life of a process that has no address to ask."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
