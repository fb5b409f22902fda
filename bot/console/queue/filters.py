"""What the queue is narrowed down to, as the address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from bot.console.language import N_
from bot.desk.tags import known_tags
from bot.models import (
    Address,
    AddressKind,
    Article,
    ArticleRevision,
    ArticleStatus,
    Consultation,
    Conversation,
    Section,
    Tag,
    Ticket,
    TicketReason,
    TicketTag,
)

NAMES = ("topic", "section", "channel", "tag", "reason")

# The service has one channel, WhatsApp; people reach it by number or by user name.
CHANNELS: Mapping[AddressKind, str] = {
    AddressKind.PHONE: N_("WhatsApp, nomor"),
    AddressKind.SCOPED: N_("WhatsApp, nama pengguna"),
}


@dataclass(frozen=True)
class Filters:
    """One value a filter at most; an empty one filters nothing."""

    topic: str = ""
    section: str = ""
    channel: str = ""
    tag: str = ""
    reason: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are on."""
        return {name: value for name in NAMES if (value := getattr(self, name))}

    @property
    def query(self) -> str:
        """The end of an address that keeps them, such as `&topic=impor`."""
        return f"&{urlencode(self.chosen)}" if self.chosen else ""


def read_filters(asked: Mapping[str, str]) -> Filters:
    """The filters of the address; what can't be one is left out."""
    wanted = {name: asked.get(name, "")[:64].replace("\x00", "") for name in NAMES}
    if wanted["channel"] not in set(AddressKind):
        wanted["channel"] = ""
    if wanted["reason"] not in set(TicketReason):
        wanted["reason"] = ""
    return Filters(**wanted)


def narrowed(tickets: Select[Ticket], filters: Filters) -> Select[Ticket]:
    """The tickets that every filter lets through."""
    if filters.topic:
        tickets = tickets.where(Ticket.topic == filters.topic)
    if filters.reason:
        tickets = tickets.where(Ticket.reason == TicketReason(filters.reason))
    if filters.section:
        tickets = tickets.where(
            exists().where(
                Consultation.ticket_id == Ticket.id,
                Consultation.section_id == Section.id,
                Section.code == filters.section,
            )
        )
    if filters.tag:
        tickets = tickets.where(
            exists().where(
                TicketTag.ticket_id == Ticket.id,
                TicketTag.tag_id == Tag.id,
                Tag.name == filters.tag,
            )
        )
    if filters.channel:
        tickets = tickets.where(
            exists().where(
                Conversation.id == Ticket.conversation_id,
                Address.id == Conversation.address_id,
                Address.kind == AddressKind(filters.channel),
            )
        )
    return tickets


def topics(session: Session) -> list[str]:
    """The topic groups of what is published."""
    groups = (
        select(ArticleRevision.group)
        .join(Article)
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .distinct()
        .order_by(ArticleRevision.group)
    )
    return list(session.scalars(groups))


def sections(session: Session) -> list[Section]:
    """The sections that can be asked."""
    asked = select(Section).where(Section.code != "PLI").order_by(Section.name)
    return list(session.scalars(asked))


def tag_names(session: Session) -> list[str]:
    """Every tag that there is."""
    return [tag.name for tag in known_tags(session)]
