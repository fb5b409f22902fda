"""Canned replies: texts to insert into a reply and edit, with blanks that are filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.models import CannedReply, Conversation, Staff, Ticket

# What a text may hold in braces, and what it stands for is said by `values_for`.
VARIABLES = ("nama", "petugas", "tiket", "perihal")
LONGEST_TITLE, LONGEST_BODY = 80, 1600

_VARIABLE = re.compile(r"\{(\w+)\}")


class BadReply(ValueError):
    """The reply can't be kept; `fault` is `empty`, `too_long` or the unknown variable's name."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; an unknown one stays as it is written."""
    return _VARIABLE.sub(lambda found: values.get(found.group(1), found.group()), body)


def unknown_variables(body: str, known: Collection[str]) -> list[str]:
    """The variables of the text that are none of the known ones."""
    return [name for name in _VARIABLE.findall(body) if name not in known]


def name_for(conversation: Conversation) -> str:
    """What the applicant is called: by name, or politely without one."""
    polite = "Sir or Madam" if conversation.person.language == "en" else "Bapak/Ibu"
    return conversation.person.name or polite


def values_for(conversation: Conversation, ticket: Ticket, officer: Staff) -> dict[str, str]:
    """What the variables stand for in this conversation."""
    return {
        "nama": name_for(conversation),
        "petugas": officer.name,
        "tiket": ticket.number,
        "perihal": ticket.subject,
    }


def body_for(reply: CannedReply, language: str) -> str:
    """The text in the applicant's language, in Indonesian if there is no other."""
    return reply.body_en if language == "en" and reply.body_en else reply.body_id


def in_use() -> Select[CannedReply]:
    """The replies that may be inserted, by title."""
    return select(CannedReply).where(CannedReply.retired_at.is_(None)).order_by(CannedReply.title)


def save(
    session: Session,
    reply: CannedReply,
    *,
    title: str,
    body_id: str,
    body_en: str,
    member: Staff,
    now: datetime,
) -> None:
    """Keep a new or changed reply; raises BadReply when it would not read well."""
    title, body_id, body_en = title.strip(), body_id.strip(), body_en.strip()
    if not title or not body_id:
        raise BadReply("empty")
    if len(title) > LONGEST_TITLE or max(len(body_id), len(body_en)) > LONGEST_BODY:
        raise BadReply("too_long")
    for name in unknown_variables(body_id + body_en, VARIABLES):
        raise BadReply(name)
    reply.title, reply.body_id, reply.body_en = title, body_id, body_en or None
    reply.changed_at, reply.changed_by_id = now, member.id
    session.add(reply)
    session.flush()
