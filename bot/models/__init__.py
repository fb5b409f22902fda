"""The tables. One module a concern; every class is importable from here."""

from bot.models.administration import AuditEntry, Retention, RetentionKind
from bot.models.base import Base
from bot.models.consulting import Remark, SharedMessage, Tier
from bot.models.desk import (
    Clock,
    ClockKind,
    Consultation,
    OfficeCalendarVersion,
    Ticket,
    TicketCounter,
    TicketEvent,
    TicketReason,
    TicketState,
)
from bot.models.duty import AlertKind, AlertState, DutyShift, OfficerAlert
from bot.models.knowledge import Article, ArticleRevision, ArticleStatus, BotDecision, FittedHead, Way
from bot.models.media import MediaFile
from bot.models.messages import (
    Announcement,
    DeliveryState,
    Direction,
    Message,
    MessageKind,
    Outbox,
    Speaker,
    Turn,
    TurnOutcome,
    WebhookForm,
)
from bot.models.operations import Heartbeat, Preparation
from bot.models.people import Address, AddressKind, Conversation, Floor, Person, PersonEvent
from bot.models.simulator import (
    SimulatorApplicant,
    SimulatorFaults,
    SimulatorMedia,
    SimulatorMessage,
    SimulatorPost,
)
from bot.models.staff import Role, Section, SignIn, Staff
from bot.models.tags import Tag, TicketTag
from bot.models.writing import CannedReply, Note, Template

__all__ = [
    "Address",
    "AddressKind",
    "AlertKind",
    "AlertState",
    "Announcement",
    "Article",
    "ArticleRevision",
    "ArticleStatus",
    "AuditEntry",
    "Base",
    "BotDecision",
    "CannedReply",
    "Clock",
    "ClockKind",
    "Consultation",
    "Conversation",
    "DeliveryState",
    "Direction",
    "DutyShift",
    "FittedHead",
    "Floor",
    "Heartbeat",
    "MediaFile",
    "Message",
    "MessageKind",
    "Note",
    "OfficeCalendarVersion",
    "OfficerAlert",
    "Outbox",
    "Person",
    "PersonEvent",
    "Preparation",
    "Remark",
    "Retention",
    "RetentionKind",
    "Role",
    "Section",
    "SharedMessage",
    "SignIn",
    "Speaker",
    "SimulatorApplicant",
    "SimulatorFaults",
    "SimulatorMedia",
    "SimulatorMessage",
    "SimulatorPost",
    "Staff",
    "Tag",
    "Template",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketReason",
    "TicketState",
    "Tier",
    "TicketTag",
    "Turn",
    "TurnOutcome",
    "Way",
    "WebhookForm",
]
