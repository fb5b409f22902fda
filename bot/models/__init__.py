"""The tables. One module a concern; every class is importable from here."""

from bot.models.administration import AuditEntry, Retention, RetentionKind
from bot.models.base import Base
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
from bot.models.knowledge import Article, ArticleRevision, ArticleStatus, BotDecision, FittedHead, Way
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
from bot.models.people import Address, AddressKind, Conversation, Floor, Person
from bot.models.simulator import SimulatorApplicant, SimulatorFaults, SimulatorMessage, SimulatorPost
from bot.models.staff import Role, Section, SignIn, Staff

__all__ = [
    "Address",
    "AddressKind",
    "Announcement",
    "Article",
    "ArticleRevision",
    "ArticleStatus",
    "AuditEntry",
    "Base",
    "BotDecision",
    "Clock",
    "ClockKind",
    "Consultation",
    "Conversation",
    "DeliveryState",
    "Direction",
    "FittedHead",
    "Floor",
    "Heartbeat",
    "Message",
    "MessageKind",
    "OfficeCalendarVersion",
    "Outbox",
    "Person",
    "Preparation",
    "Retention",
    "RetentionKind",
    "Role",
    "Section",
    "SignIn",
    "Speaker",
    "SimulatorApplicant",
    "SimulatorFaults",
    "SimulatorMessage",
    "SimulatorPost",
    "Staff",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketReason",
    "TicketState",
    "Turn",
    "TurnOutcome",
    "Way",
    "WebhookForm",
]
