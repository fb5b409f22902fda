"""What an officer may change about an applicant; each change is in an append-only log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db import DESK, notify
from bot.models import Conversation, Person, PersonEvent, Staff

LONGEST_NAME = 200


class NoReason(ValueError):
    """Nobody is blocked without a reason."""


def correct_name(
    session: Session, conversation: Conversation, member: Staff, name: str, now: datetime
) -> None:
    """Call the applicant by another name; WhatsApp's own no longer replaces it."""
    person, name = conversation.person, " ".join(name.split())[:LONGEST_NAME]
    if name and name != person.name:
        _record(session, conversation, member, "renamed", now, before=person.name, after=name)
        person.name = name


def speak(
    session: Session, conversation: Conversation, member: Staff, language: str, now: datetime
) -> None:
    """Speak `language` (`id` or `en`) to the applicant."""
    person = conversation.person
    if language != person.language:
        before = person.language
        _record(session, conversation, member, "language", now, before=before, after=language)
        person.language = language


def block(
    session: Session, conversation: Conversation, member: Staff, reason: str, now: datetime
) -> None:
    """Take no more messages from the applicant: they are kept, but nobody is told of them."""
    if not reason.strip():
        raise NoReason
    person = conversation.person
    if person.blocked_at is None:
        person.blocked_at, person.blocked_reason = now, reason.strip()
        _record(session, conversation, member, "blocked", now, reason=reason.strip())


def unblock(session: Session, conversation: Conversation, member: Staff, now: datetime) -> None:
    """Take the applicant's messages again."""
    person = conversation.person
    if person.blocked_at is not None:
        _record(session, conversation, member, "unblocked", now, reason=person.blocked_reason)
        person.blocked_at = person.blocked_reason = None


def _record(
    session: Session,
    conversation: Conversation,
    member: Staff,
    kind: str,
    now: datetime,
    **data: object,
) -> None:
    person: Person = conversation.person
    session.add(PersonEvent(person_id=person.id, at=now, staff_id=member.id, kind=kind, data=data))
    notify(session, DESK, conversation=conversation.id)
