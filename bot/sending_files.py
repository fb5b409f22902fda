"""Files that we send: an officer's, and the PDFs of articles. One message each, by the outbox."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.conversation import queued
from bot.file_types import PDF
from bot.models import (
    Attachment,
    Conversation,
    MediaFile,
    Message,
    MessageKind,
    Outbox,
    Speaker,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OutgoingFile:
    """A file to be sent: its name on the applicant's phone, what it is, and its bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Attached:
    """An article's PDF to be sent: its name on the applicant's phone, and which one it is."""

    name: str
    sha256: str


def queue_file(
    session: Session,
    conversation: Conversation,
    file: OutgoingFile,
    caption: str,
    *,
    now: datetime,
    ticket_id: int,
    staff_id: int,
    client_key: str | None = None,
) -> Message:
    """Write an officer's file to the outbox, with words under it if there are any."""
    is_picture = file.content_type.startswith("image/")
    message = Message(
        ticket_id=ticket_id,
        speaker=Speaker.OFFICER,
        staff_id=staff_id,
        kind=MessageKind.IMAGE if is_picture else MessageKind.DOCUMENT,
        body=caption,
        extra=_media(file.content_type),
        at=now,
        client_key=client_key,
    )
    queued(session, conversation, message, Outbox())
    kept = _kept(message, file.name, file.content_type, len(file.content))
    kept.content = file.content
    session.add(kept)
    return message


def queue_attachment(
    session: Session,
    conversation: Conversation,
    attached: Attached,
    *,
    speaker: Speaker,
    now: datetime,
    fence: int | None,
    turn_id: int,
    ticket_id: int | None,
) -> Message | None:
    """Write an article's PDF to the outbox, fenced as the words before it are.

    None if nobody has it any more, which must not keep the words from going out.
    """
    attachment = session.get(Attachment, attached.sha256)
    if attachment is None:
        log.error("turn %s: the attachment %s is not there", turn_id, attached.name)
        return None
    message = Message(
        ticket_id=ticket_id,
        turn_id=turn_id,
        speaker=speaker,
        kind=MessageKind.DOCUMENT,
        extra=_media(PDF),
        at=now,
    )
    queued(session, conversation, message, Outbox(fence=fence))
    kept = _kept(message, attached.name, PDF, attachment.size)
    kept.attachment_sha256 = attachment.sha256
    session.add(kept)
    return message


def _media(content_type: str) -> dict[str, object]:
    return {"media": [{"url": "", "type": content_type}]}


def _kept(message: Message, name: str, content_type: str, size: int) -> MediaFile:
    """The file of a message of ours, still without its content."""
    return MediaFile(
        message_id=message.id,
        position=0,
        url="",
        stated_type=content_type,
        safe_type=content_type,
        size=size,
        next_attempt_at=message.at,
        fetched_at=message.at,
        name=name,
        token=secrets.token_urlsafe(32),
    )
