"""Messages with what is shown beside each: who wrote, files, a place, evidence, what failed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console import labels
from bot.console.language import Words
from bot.console.ticket.evidence import Evidence, evidence_of
from bot.desk.replies import can_resend
from bot.models import DeliveryState, FaqMark, MediaFile, Message, Speaker, Staff


@dataclass(frozen=True)
class Bubble:
    """A message with what is shown beside it."""

    message: Message
    who: str
    evidence: Evidence | None
    fault: str
    files: Sequence[MediaFile]
    resend: str  # `can`, `done`, or nothing
    is_marked: bool  # for the editors, who have not settled it

    @property
    def unkept(self) -> list[str]:
        """The types of attachments that came before files were fetched and kept."""
        media = [] if self.files else (self.message.extra or {}).get("media") or []
        return [str(item.get("type", "")) for item in media]

    @property
    def map_address(self) -> str | None:
        """A map at the place that was sent."""
        extra = self.message.extra or {}
        try:
            latitude, longitude = float(extra["latitude"]), float(extra["longitude"])
        except (KeyError, TypeError, ValueError):
            return None
        place = f"{latitude:.6f}/{longitude:.6f}"
        return (
            f"https://www.openstreetmap.org/?mlat={latitude:.6f}&mlon={longitude:.6f}"
            f"#map=16/{place}"
        )


def bubbles_of(session: Session, messages: Sequence[Message], words: Words) -> list[Bubble]:
    """The messages, in order, each with what is shown beside it."""
    names = _names(session, {m.staff_id for m in messages if m.staff_id})
    bots_turns = {m.turn_id for m in messages if m.turn_id and m.speaker == Speaker.BOT}
    evidence = evidence_of(session, bots_turns)
    files = _files(session, messages)
    resent = _resent(session, messages)
    marked = _marked(session, messages)
    bubbles = []
    for message in messages:
        shown = None
        if message.speaker == Speaker.BOT and message.turn_id is not None:
            shown = evidence.pop(message.turn_id, None)  # under the turn's first words alone
        bubbles.append(
            Bubble(
                message,
                _who(message, names, words),
                shown,
                _fault(message, words),
                files.get(message.id, ()),
                _resend(message, resent),
                message.id in marked,
            )
        )
    return bubbles


def _who(message: Message, names: Mapping[int, str], words: Words) -> str:
    name = names.get(message.staff_id) if message.staff_id else None
    return name or labels.label(message.speaker, words)


def _fault(message: Message, words: Words) -> str:
    outbox = message.outbox
    if outbox is None:
        return ""
    if outbox.state == DeliveryState.CANCELLED:
        return words.gettext("Petugas sudah mengambil alih sebelum pesan ini terkirim.")
    if outbox.state == DeliveryState.FAILED:
        return labels.fault(outbox.error_code, words)
    return ""


def _resend(message: Message, resent: set[str]) -> str:
    if message.speaker != Speaker.OFFICER or message.outbox is None:
        return ""
    if f"resend:{message.id}" in resent:
        return "done"
    return "can" if can_resend(message.outbox) else ""


def _resent(session: Session, messages: Sequence[Message]) -> set[str]:
    failed = [m.id for m in messages if m.outbox and m.outbox.state == DeliveryState.FAILED]
    if not failed:
        return set()
    keys = [f"resend:{message_id}" for message_id in failed]
    found = session.scalars(select(Message.client_key).where(Message.client_key.in_(keys)))
    return {key for key in found if key}


def _marked(session: Session, messages: Sequence[Message]) -> set[int]:
    ids = [m.id for m in messages if m.speaker in (Speaker.BOT, Speaker.OFFICER)]
    if not ids:
        return set()
    waiting = FaqMark.message_id.in_(ids) & FaqMark.done_at.is_(None)
    return set(session.scalars(select(FaqMark.message_id).where(waiting)))


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return dict(rows.all())


def _files(session: Session, messages: Sequence[Message]) -> dict[int, list[MediaFile]]:
    with_media = [m.id for m in messages if (m.extra or {}).get("media")]
    files: dict[int, list[MediaFile]] = defaultdict(list)
    if with_media:
        statement = select(MediaFile).where(MediaFile.message_id.in_(with_media))
        for file in session.scalars(statement.order_by(MediaFile.message_id, MediaFile.position)):
            files[file.message_id].append(file)
    return files
