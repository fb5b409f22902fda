"""What the processes and the start tell about themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.models.base import Base


class Heartbeat(Base):
    """The last sign of life of a process that has no address to ask."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Preparation(Base):
    """The fingerprint of what this database's tables and first contents were made from.

    There is one at most.
    """

    __tablename__ = "preparation"

    inputs: Mapped[str] = mapped_column(primary_key=True)
