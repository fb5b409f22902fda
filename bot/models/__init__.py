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
from bot.models.editing import (
    ArticleDraft,
    DraftEdition,
    DraftState,
    GateRun,
    GateState,
    QuestionOrigin,
    RememberedQuestion,
)
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
    "ArticleDraft",
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
    "DraftEdition",
    "DraftState",
    "DutyShift",
    "FittedHead",
    "Floor",
    "GateRun",
    "GateState",
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
    "QuestionOrigin",
    "Remark",
    "RememberedQuestion",
    "Retention",
    "RetentionKind",
    "Role",
    "Section",
    "SharedMessage",
    "SignIn",
    "SimulatorApplicant",
    "SimulatorFaults",
    "SimulatorMedia",
    "SimulatorMessage",
    "SimulatorPost",
    "Speaker",
    "Staff",
    "Tag",
    "Template",
    "Ticket",
    "TicketCounter",
    "TicketEvent",
    "TicketReason",
    "TicketState",
    "TicketTag",
    "Tier",
    "Turn",
    "TurnOutcome",
    "Way",
    "WebhookForm",
]
