"""What a person may see. Records are looked up through the person, never fetched and checked."""

from __future__ import annotations

from sqlalchemy import Select, false, select

from bot.desk import consultations
from bot.models import Consultation, Conversation, Role, Staff, Ticket

# Who works at the desk of PLI: sees all conversations and may speak to applicants.
DESK = (Role.PLI, Role.SUPERVISOR, Role.ADMIN)
READERS = (*DESK, Role.EDITOR)
# Who keeps the FAQ true.
EDITORS = (Role.EDITOR, Role.SUPERVISOR, Role.ADMIN)
# Who watches over the promise: the board and the reports.
OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)


def home_of(role: Role) -> str:
    """The screen a role starts with."""
    if role in DESK:
        return "/console/queue"
    return "/console/section" if role == Role.SECTION else "/console/articles"


def visible_tickets(member: Staff) -> Select[Ticket]:
    """The tickets that `member` may open: all for the desk of PLI, none for anybody else."""
    tickets = select(Ticket)
    return tickets if member.role in DESK else tickets.where(false())


def visible_conversations(member: Staff) -> Select[Conversation]:
    """The conversations that `member` may read."""
    conversations = select(Conversation)
    return conversations if member.role in DESK else conversations.where(false())


def visible_consultations(member: Staff) -> Select[Consultation]:
    """The questions put to the member's own section, or to the head."""
    return consultations.visible_to(member)
