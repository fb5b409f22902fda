"""Files with a message: applicants' ones, fetched from Twilio once, and those that we sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, undefer

from bot.models.base import Base, Key
from bot.models.messages import Message

_WAITING = text("fetched_at IS NULL AND fault IS NULL")
_IS_ATTACHMENT = text("attachment_sha256 IS NOT NULL")


class Attachment(Base):
    """A PDF that articles name by its sum, so that each revision keeps its own."""

    __tablename__ = "attachment"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]  # bytes
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    at: Mapped[datetime]  # when it was uploaded, or came with the package


class MediaFile(Base):
    """One attachment. The row is the job of fetching it until `fetched_at` or `fault` is set.

    What we send is there from the beginning; Twilio fetches it from us by its token. The content
    of an article's attachment is kept once, however often it is sent.
    """

    __tablename__ = "media_file"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        Index("ix_media_file_waiting", "next_attempt_at", postgresql_where=_WAITING),
        Index("ix_media_file_attachment", "attachment_sha256", postgresql_where=_IS_ATTACHMENT),
    )

    id: Mapped[Key]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    position: Mapped[int]  # among the message's attachments, from 0
    url: Mapped[str]  # where Twilio keeps it; empty if we sent it
    stated_type: Mapped[str]  # the content type as the sender's side states it
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    fetched_at: Mapped[datetime | None]
    # What the bytes are by their own first bytes; None: nothing that a browser may open.
    safe_type: Mapped[str | None]
    size: Mapped[int | None]  # bytes
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # Why it can't be had: `gone`, `too_large`, `refused` or `unreachable`.
    fault: Mapped[str | None]
    attachment_sha256: Mapped[str | None] = mapped_column(ForeignKey("attachment.sha256"))
    # Of a file that we sent: its name on the applicant's phone, and the address open to Twilio.
    name: Mapped[str | None]
    token: Mapped[str | None] = mapped_column(unique=True)
    public_until: Mapped[datetime | None]

    message: Mapped[Message] = relationship()
    attachment: Mapped[Attachment | None] = relationship()

    @property
    def data(self) -> bytes | None:
        """The bytes, wherever they are kept; to be loaded with `WITH_DATA`."""
        return self.attachment.content if self.attachment else self.content


WITH_DATA = (
    undefer(MediaFile.content),
    joinedload(MediaFile.attachment).undefer(Attachment.content),
)
