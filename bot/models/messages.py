"""What was said, the turns in which it was handled, and the outbox that sends."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.models.base import Base, CreatedAt, Key, enum_column
from bot.models.people import Conversation


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Speaker(StrEnum):
    APPLICANT = "applicant"
    BOT = "bot"
    OFFICER = "officer"
    DESK = "desk"  # what the service says about a ticket ("an officer took over")


class MessageKind(StrEnum):
    TEXT = "text"
    BUTTON = "button"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    REACTION = "reaction"
    EMPTY = "empty"


class TurnOutcome(StrEnum):
    ANSWERED = "answered"  # the bot replied
    TICKETED = "ticketed"  # on a ticket, with or without words of the bot
    FAILED = "failed"  # explicitly not handled; `note` says why


class DeliveryState(StrEnum):
    QUEUED = "queued"  # ours to send
    SENDING = "sending"  # a worker is at it
    UNKNOWN = "unknown"  # may have been sent; is looked up before anything else
    ACCEPTED = "accepted"  # Twilio has it
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    CANCELLED = "cancelled"  # the floor changed before it went out


class WebhookForm(Base):
    """The raw form, kept as Twilio sent it until its retention ends.

    It is a job for the worker until it is `taken_at`. `fault` is why it could not become a message.
    """

    __tablename__ = "webhook_form"
    __table_args__ = (
        Index("ix_webhook_form_waiting", "id", postgresql_where=text("taken_at IS NULL")),
    )

    id: Mapped[Key]
    message_sid: Mapped[str] = mapped_column(unique=True)
    form: Mapped[dict[str, Any]]
    received_at: Mapped[datetime] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]
    fault: Mapped[str | None]


class Turn(Base):
    """Messages handled together: one question to the dialogue, one set of replies."""

    __tablename__ = "turn"
    __table_args__ = (
        Index(
            "ix_turn_one_unfinished",
            "conversation_id",
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    # What is put to Rasa: the applicant's text, or an event of the desk as `/EXTERNAL_...`.
    text: Mapped[str] = mapped_column(default="", server_default="")
    payload: Mapped[str | None]
    event: Mapped[dict[str, Any] | None]
    fence: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[TurnOutcome | None] = mapped_column(enum_column(TurnOutcome))
    note: Mapped[str | None]


class Announcement(Base):
    """Something that happened at the desk and that the dialogue has to tell the applicant."""

    __tablename__ = "announcement"
    __table_args__ = (
        Index(
            "ix_announcement_waiting", "conversation_id", postgresql_where=text("turn_id IS NULL")
        ),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    # The external event's name without its prefix, such as `officer_took_over`.
    event: Mapped[str]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id", ondelete="SET NULL"))


class Message(Base):
    """One bubble of the transcript, either way."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_conversation", "conversation_id", "id"),
        Index("ix_message_ticket", "ticket_id", "id"),
        Index(
            "ix_message_waiting",
            "conversation_id",
            postgresql_where=text("direction = 'in' AND turn_id IS NULL"),
        ),
        Index(
            "ix_message_body_words",
            text("to_tsvector('simple'::regconfig, body)"),
            postgresql_using="gin",
            postgresql_with={"fastupdate": False},
        ),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))
    turn_id: Mapped[int | None] = mapped_column(
        ForeignKey("turn.id", ondelete="SET NULL"), index=True
    )
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    speaker: Mapped[Speaker] = mapped_column(enum_column(Speaker))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind), default=MessageKind.TEXT)
    body: Mapped[str] = mapped_column(default="", server_default="")
    payload: Mapped[str | None]  # of the button that was tapped
    # Media addresses and types, a location, contacts: what the kind needs beside the body.
    extra: Mapped[dict[str, Any] | None]
    message_sid: Mapped[str | None] = mapped_column(unique=True)
    # When the applicant sent it (received, as Twilio tells no earlier moment) or we queued it.
    at: Mapped[datetime]
    # What the sender's client named this reply, so that a double click is one message.
    client_key: Mapped[str | None] = mapped_column(unique=True)

    turn: Mapped[Turn | None] = relationship()
    outbox: Mapped[Outbox | None] = relationship(back_populates="message")


class Outbox(Base):
    """The sending of one outgoing message. The row is the job; its state says how far it is."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "conversation_id",
            "message_id",
            postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
        Index(
            "ix_outbox_due",
            "next_attempt_at",
            postgresql_where=text("state IN ('queued', 'sending', 'unknown')"),
        ),
    )

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    to: Mapped[str]
    # Titles and payloads of tappable choices; empty for plain text.
    choices: Mapped[list[Any] | None]
    # An approved template and its variables by number; None: the message's own text.
    content_sid: Mapped[str | None]
    content_variables: Mapped[dict[str, Any] | None]
    # The bot's words go out only while the conversation's fence is still this; None always.
    fence: Mapped[int | None]
    state: Mapped[DeliveryState] = mapped_column(
        enum_column(DeliveryState), default=DeliveryState.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    lookups: Mapped[int] = mapped_column(default=0, server_default="0")
    next_attempt_at: Mapped[datetime]
    first_attempt_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    error_code: Mapped[int | None]
    error: Mapped[str | None]

    message: Mapped[Message] = relationship(back_populates="outbox")
    conversation: Mapped[Conversation] = relationship()
