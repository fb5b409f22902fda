"""What the stand-in for Twilio remembers. In tables, so that a killed process loses nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column


class SimulatorDirection(StrEnum):
    """As Twilio's Messages API names them."""

    INBOUND = "inbound"
    OUTBOUND = "outbound-api"


class SimulatorStatus(StrEnum):
    """As Twilio's Messages API names them; only those that the stand-in uses."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    RECEIVING = "receiving"
    RECEIVED = "received"


class FailKind(StrEnum):
    """How a send goes wrong when it does."""

    TOO_MANY_REQUESTS = "429"
    SERVER_ERROR = "500"
    SERVER_ERROR_AFTER_ACCEPTING = "500_after_accepting"
    DROP_AFTER_ACCEPTING = "drop_connection_after_accepting"
    OUTSIDE_WINDOW_LATER = "63016"


class SimulatorApplicant(Base):
    """Somebody whose phone the page plays."""

    __tablename__ = "simulator_applicant"

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(unique=True)  # whatsapp:+62811...
    name: Mapped[str]
    created_at: Mapped[CreatedAt]


class SimulatorMessage(Base):
    """A Message resource, either way."""

    __tablename__ = "simulator_message"
    __table_args__ = (
        Index("ix_simulator_message_phone", "phone", "updated_at"),
        Index("ix_simulator_message_created", "created_at"),
    )

    id: Mapped[Key]
    sid: Mapped[str] = mapped_column(unique=True)
    account_sid: Mapped[str]
    direction: Mapped[SimulatorDirection] = mapped_column(enum_column(SimulatorDirection))
    from_: Mapped[str] = mapped_column("from")
    to: Mapped[str]
    phone: Mapped[str]  # whichever of the two is the applicant
    body: Mapped[str] = mapped_column(default="", server_default="")
    content_sid: Mapped[str | None]
    content_variables: Mapped[dict[str, Any] | None]
    # Sids of media: an inbound message's with the names of the samples that they are, an
    # outbound one's with type, name and size of what lies in SimulatorMedia.
    media: Mapped[list[Any] | None]
    # The webhook form of an inbound message, as it is posted.
    form: Mapped[dict[str, Any] | None]
    status: Mapped[SimulatorStatus] = mapped_column(enum_column(SimulatorStatus))
    error_code: Mapped[int | None]
    error_message: Mapped[str | None]
    status_callback: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    posts: Mapped[list[SimulatorPost]] = relationship(
        back_populates="message", order_by="SimulatorPost.id"
    )


class SimulatorMedia(Base):
    """The bytes of a file that the stand-in fetched to send it."""

    __tablename__ = "simulator_media"
    __table_args__ = (Index("ix_simulator_media_message", "message_id"),)

    sid: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("simulator_message.id", ondelete="CASCADE"))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SimulatorPost(Base):
    """A form that the stand-in owes the service: an inbound message or a status callback."""

    __tablename__ = "simulator_post"
    __table_args__ = (
        Index("ix_simulator_post_due", "due_at", postgresql_where=text("done_at IS NULL")),
        Index("ix_simulator_post_lane", "lane", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_simulator_post_message", "message_id"),
    )

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("simulator_message.id", ondelete="CASCADE"))
    # What the message becomes when this goes out.
    status: Mapped[SimulatorStatus] = mapped_column(enum_column(SimulatorStatus))
    error_code: Mapped[int | None]
    # Nobody asked to be told: the message only moves on.
    url: Mapped[str | None]
    # First tries within a lane keep their order; None keeps none.
    lane: Mapped[str | None]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    done_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # `200`, `403`, or `no_answer` or `unreachable`
    took_ms: Mapped[int | None]

    message: Mapped[SimulatorMessage] = relationship(back_populates="posts")


class SimulatorFaults(Base):
    """The one row that says how bad the network is."""

    __tablename__ = "simulator_faults"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("fail_rate BETWEEN 0 AND 1", name="fail_rate_is_a_share"),
        CheckConstraint("delay_ms BETWEEN 0 AND 60000", name="delay_within_a_minute"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    delay_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    fail_rate: Mapped[float] = mapped_column(default=0.0, server_default="0")
    fail_kind: Mapped[FailKind] = mapped_column(
        enum_column(FailKind), default=FailKind.SERVER_ERROR, server_default="500"
    )
    duplicate: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reorder: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    final_status: Mapped[SimulatorStatus] = mapped_column(
        enum_column(SimulatorStatus), default=SimulatorStatus.READ, server_default="read"
    )
