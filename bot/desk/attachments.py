"""Files in an officer's reply: which may be sent, and as which messages.

A WhatsApp message carries one file. Twilio takes words under a picture, but neither a caption
nor a name for a document (it is called as its address ends).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from bot.conversation import queue_reply
from bot.desk import tickets
from bot.file_types import PDF, safe_type
from bot.models import Conversation, MediaFile, Message, Speaker, Staff
from bot.sending_files import OutgoingFile, queue_file
from bot.splitting import length

MOST_FILES = 5  # in one reply
MEGABYTE = 1024 * 1024
LARGEST_PICTURE = 5 * MEGABYTE  # bytes, WhatsApp's limits
LARGEST_DOCUMENT = 16 * MEGABYTE
LARGEST_TOGETHER = 32 * MEGABYTE  # of one reply's files, as they are in memory at once
LONGEST_CAPTION = 1024  # characters, WhatsApp's limit

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", PDF: ".pdf"}
_LONGEST_STEM = 60


class BadFile(tickets.DeskError):
    """The file `name` can't be sent: `type` (no JPEG, PNG or PDF) or `size`."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name
        self.why = why


class TooManyFiles(tickets.DeskError):
    """More files, or larger ones together, than one reply takes."""


def checked(given: Sequence[tuple[str, bytes]]) -> list[OutgoingFile]:
    """Names and contents as files that can be sent; raises BadFile or TooManyFiles."""
    if len(given) > MOST_FILES or sum(len(content) for _, content in given) > LARGEST_TOGETHER:
        raise TooManyFiles
    return [_checked(name, content) for name, content in given]


def _checked(name: str, content: bytes) -> OutgoingFile:
    content_type = safe_type(content)
    if content_type not in _ENDINGS:
        raise BadFile(name, "type")
    is_picture = content_type.startswith("image/")
    if len(content) > (LARGEST_PICTURE if is_picture else LARGEST_DOCUMENT):
        raise BadFile(name, "size")
    return OutgoingFile(plain_name(name, content_type), content_type, content)


def plain_name(name: str, content_type: str) -> str:
    """The name in letters that need no escaping, with the ending of what the file is."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    ascii_stem = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", ascii_stem)[:_LONGEST_STEM].strip("-")
    return (plain or "berkas") + _ENDINGS[content_type]


def reply(
    session: Session,
    ticket_id: int,
    officer: Staff,
    text: str,
    files: Sequence[OutgoingFile],
    now: datetime,
    *,
    client_key: str,
) -> list[Message]:
    """Send the officer's files, one a message and in order, with `text`; stops the clock.

    The text goes under the first file if that is a picture and the text is short enough, else
    before it. The same `client_key` is sent once. Raises NotYours, WrongState, or WindowClosed.
    """
    if not files:
        return tickets.reply(session, ticket_id, officer, text, now, client_key)
    ticket, conversation = tickets.held_by(session, ticket_id, officer)
    if tickets.already_sent(session, client_key):
        return []
    tickets.require_window(conversation, now)
    messages: list[Message] = []
    caption = text.strip()
    if not _fits_under(caption, files[0]):
        messages = queue_reply(
            session,
            conversation,
            text,
            speaker=Speaker.OFFICER,
            now=now,
            ticket_id=ticket.id,
            staff_id=officer.id,
            client_key=client_key,
        )
        caption = ""
    for position, file in enumerate(files):
        message = queue_file(
            session,
            conversation,
            file,
            caption if position == 0 else "",
            now=now,
            ticket_id=ticket.id,
            staff_id=officer.id,
            client_key=None if messages else client_key,
        )
        messages.append(message)
    tickets.replied(session, ticket, officer, messages, now, files=len(files))
    return messages


def _fits_under(text: str, file: OutgoingFile) -> bool:
    if not text:
        return True
    return file.content_type.startswith("image/") and length(text) <= LONGEST_CAPTION


def queue_again(
    session: Session,
    conversation: Conversation,
    failed: Message,
    officer: Staff,
    now: datetime,
    *,
    ticket_id: int,
    client_key: str,
) -> Message | None:
    """Queue the file of a failed message, with its words, once more; None if it had none."""
    file = session.scalars(
        select(MediaFile)
        .where(MediaFile.message_id == failed.id)
        .options(undefer(MediaFile.content))
    ).one_or_none()
    if file is None or file.content is None or file.name is None:
        return None
    return queue_file(
        session,
        conversation,
        OutgoingFile(file.name, file.stated_type, file.content),
        failed.body,
        now=now,
        ticket_id=ticket_id,
        staff_id=officer.id,
        client_key=client_key,
    )
