"""Applicants, the addresses they write from, and their conversation with its floor."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column


class AddressKind(StrEnum):
    PHONE = "phone"
    SCOPED = "scoped"  # Meta's business-scoped user id, such as US.1234


class Floor(StrEnum):
    """Who may speak to the applicant now."""

    BOT = "bot"
    QUEUE = "queue"  # handed over, no officer has taken it yet
    OFFICER = "officer"


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        Index(
            "ix_person_name_words",
            text("to_tsvector('simple'::regconfig, name)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": False},
        ),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="id", server_default="id")
    created_at: Mapped[CreatedAt]
    opted_out_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    blocked_reason: Mapped[str | None]

    addresses: Mapped[list[Address]] = relationship(back_populates="person", order_by="Address.id")


class Address(Base):
    """Where a person writes from, as Twilio names it: `whatsapp:+62811...` or `whatsapp:ID.123`."""

    __tablename__ = "address"
    __table_args__ = (
        Index(
            "ix_address_value_from_start",
            "value",
            postgresql_ops={"value": "text_pattern_ops"},
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AddressKind] = mapped_column(enum_column(AddressKind))
    value: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]

    person: Mapped[Person] = relationship(back_populates="addresses")


# Somebody who looks for a number often knows its last digits alone.
Index(
    "ix_address_value_from_end",
    func.reverse(Address.value).label("backwards"),
    postgresql_ops={"backwards": "text_pattern_ops"},
)


class Conversation(Base):
    """One per person. `wake_at` is the job: a worker has something to do here from then on."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_wake_at", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    floor: Mapped[Floor] = mapped_column(enum_column(Floor), default=Floor.BOT)
    # Grows with every change of the floor; what the bot says carries the number it saw.
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
    # The turn that itself moved the floor (a handover): its own words may still go out.
    floor_moved_by_turn: Mapped[int | None]
    # The conversation with which this one is read, since both are one person's.
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("conversation.id", ondelete="SET NULL"), index=True
    )
    last_inbound_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    # Rasa's tracker is `c<id>-<epoch>`; a new epoch with every turn unless a form is open.
    tracker_epoch: Mapped[int] = mapped_column(default=0, server_default="0")
    form_open: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    rate_notice_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    person: Mapped[Person] = relationship()
    address: Mapped[Address] = relationship()


class PersonEvent(Base):
    """What officers did to a person (a name corrected, a block): append-only, as tickets' log."""

    __tablename__ = "person_event"

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
