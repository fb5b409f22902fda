"""Forgetting: personal data goes when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, select, text
from sqlalchemy.orm import Session

from bot.models import (
    ArticleRevision,
    Attachment,
    Conversation,
    DraftEdition,
    Heartbeat,
    ImportTable,
    MediaFile,
    Message,
    Person,
    RetentionKind,
    SignIn,
    Ticket,
    TicketState,
    WebhookForm,
)
from bot.retention import retention_days

# Rasa keeps its events in a schema of its own; a tracker is done with after one turn or form.
TRACKER_RETENTION = timedelta(days=1)
# An editor who uploaded a table goes on with it within a week, or uploads it again.
TABLE_RETENTION = timedelta(days=7)
# The same for a PDF that was uploaded for an article and is in no text that was saved.
ATTACHMENT_RETENTION = timedelta(days=7)


def forget_what_is_over(session: Session, now: datetime) -> None:
    """Delete raw forms, trackers, ended sign-ins, and people silent for the retention time."""
    days = retention_days(session)
    forms_until = now - timedelta(days=days[RetentionKind.RAW_FORMS])
    taken = WebhookForm.taken_at.is_not(None)
    session.execute(delete(WebhookForm).where(taken, WebhookForm.received_at < forms_until))
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - timedelta(days=1)))
    session.execute(delete(ImportTable).where(ImportTable.at < now - TABLE_RETENTION))
    _forget_attachments(session, now - ATTACHMENT_RETENTION)
    _forget_trackers(session, now)
    _forget_people(session, now - timedelta(days=days[RetentionKind.PEOPLE]))


def _forget_attachments(session: Session, until: datetime) -> None:
    """Those that no draft, no revision and no message has; an article's text names their sums."""
    used = (
        exists().where(func.strpos(ArticleRevision.source, Attachment.sha256) > 0)
        | exists().where(func.strpos(DraftEdition.source, Attachment.sha256) > 0)
        | exists().where(MediaFile.attachment_sha256 == Attachment.sha256)
    )
    session.execute(delete(Attachment).where(Attachment.at < until, ~used))


def _forget_trackers(session: Session, now: datetime) -> None:
    if session.scalar(text("SELECT to_regclass('rasa.events') IS NOT NULL")):
        session.execute(
            text("DELETE FROM rasa.events WHERE timestamp < :until"),
            {"until": (now - TRACKER_RETENTION).timestamp()},
        )


def silent_people(until: datetime) -> Select[int]:
    """Ids of who is known from before `until`, was silent since and has no open ticket."""
    recent = exists().where(Message.conversation_id == Conversation.id, Message.at >= until)
    open_ticket = exists().where(
        Ticket.conversation_id == Conversation.id, Ticket.state != TicketState.CLOSED
    )
    silent = select(Conversation.person_id).where(~recent, ~open_ticket)
    return select(Person.id).where(Person.id.in_(silent), Person.created_at < until)


def _forget_people(session: Session, until: datetime) -> None:
    """All of theirs. The log of tickets is append-only but for this."""
    session.execute(text("SET LOCAL maraga.retention = 'on'"))
    session.execute(delete(Person).where(Person.id.in_(silent_people(until))))
