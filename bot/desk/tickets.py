"""Tickets: opened by the bot or an officer, held by one officer at a time, closed once.

Every change is a guarded step: the conversation is locked first, then the ticket's state
and holder are checked; who comes second is told who was first. Each change is logged.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from bot.conversation import (
    WindowClosed,
    announce,
    locked,
    move_floor,
    queue_reply,
    window_is_open,
)
from bot.db import DESK, notify
from bot.desk import capacity, clocks, duty, reopening
from bot.desk.log import record
from bot.models import (
    Conversation,
    Direction,
    Floor,
    Message,
    MessageKind,
    Speaker,
    Staff,
    Ticket,
    TicketCounter,
    TicketEvent,
    TicketReason,
    TicketState,
)
from bot.settings import settings


class DeskError(Exception):
    """What was asked can't be done now; the text says why."""


class AlreadyTaken(DeskError):
    """Another officer was first."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class AtCapacity(DeskError):
    """The officer holds as many tickets as the officer may."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotYours(DeskError):
    """Only the officer who holds the ticket may do this."""


class WrongState(DeskError):
    """The ticket's state does not allow it (closed already, say)."""


class Unread(DeskError):
    """The applicant wrote something that the officer had not seen yet."""


# From which states a step may be taken.
TAKEABLE = {TicketState.WAITING, TicketState.CONSULTING, TicketState.ANSWERED}
OPEN = {TicketState.WAITING, TicketState.HELD, TicketState.CONSULTING, TicketState.ANSWERED}


def open_ticket(
    session: Session,
    conversation: Conversation,
    reason: TicketReason,
    *,
    asked_at: datetime,
    now: datetime,
    turn_id: int | None = None,
    subject: str = "",
    details: dict[str, object] | None = None,
) -> Ticket:
    """The conversation's open ticket; if there is none, one reopened or new, into the queue.

    `conversation` must be locked. `asked_at` is when the applicant sent what waits for a
    person: the promise counts from there. Calling it again for the same turn changes nothing.
    """
    ticket = open_ticket_of(session, conversation.id) or _ticket_of_turn(session, turn_id)
    if ticket is not None:
        return ticket
    ticket = reopening.last_closed(session, conversation.id)
    if ticket is not None and reopening.is_reopened(ticket, now):
        reopening.reopen(
            session, ticket, reason, now, turn_id=turn_id, subject=subject[:500], details=details
        )
    else:
        ticket = Ticket(
            number=_next_number(session, now),
            conversation_id=conversation.id,
            state=TicketState.WAITING,
            reason=reason,
            opened_by_turn=turn_id,
            subject=subject[:500],
            details=details,
            opened_at=now,
            follows_id=ticket.id if ticket else None,
        )
        session.add(ticket)
        session.flush()
        record(session, ticket.id, "opened", now, reason=reason, asked_at=asked_at.isoformat())
    clocks.start_promise(session, ticket, asked_at)
    if turn_id is not None:
        session.execute(
            update(Message).where(Message.turn_id == turn_id).values(ticket_id=ticket.id)
        )
    move_floor(conversation, Floor.QUEUE, by_turn=turn_id)
    _tell_consoles(session, ticket)
    return ticket


def open_ticket_of(session: Session, conversation_id: int) -> Ticket | None:
    """The ticket of the conversation that is not closed."""
    return session.scalars(_open().where(Ticket.conversation_id == conversation_id)).one_or_none()


def open_tickets_of(session: Session, conversation_ids: Collection[int]) -> dict[int, Ticket]:
    """The tickets of these conversations that are not closed, each by its conversation's id.

    They come with what was asked of sections.
    """
    if not conversation_ids:
        return {}
    of_conversations = _open().where(Ticket.conversation_id.in_(conversation_ids))
    found = session.scalars(of_conversations.options(joinedload(Ticket.consultations))).unique()
    return {ticket.conversation_id: ticket for ticket in found}


def _open() -> Select[Ticket]:
    return select(Ticket).where(Ticket.state != TicketState.CLOSED)


def applicant_wrote(session: Session, ticket: Ticket, message: Message) -> None:
    """A message for an open ticket: onto it, and the clock starts again if none runs.

    A reaction (a thumbs-up on a reply) goes onto it too, but waits for nobody. Consoles were told
    when the message came; they are told again if the ticket is another by it.
    """
    message.ticket_id = ticket.id
    if message.kind is MessageKind.REACTION:
        return
    was_answered = ticket.state == TicketState.ANSWERED
    if was_answered:
        ticket.state = TicketState.HELD if ticket.holder_id else TicketState.WAITING
    clock = clocks.start_promise(session, ticket, message.at)
    session.flush()  # a message that has just come has its number from here on
    record(session, ticket.id, "applicant_wrote", message.at, message=message.id)
    if was_answered or clock.started_at == message.at:
        _tell_consoles(session, ticket)


def take_over(session: Session, ticket_id: int, officer: Staff, now: datetime) -> Ticket:
    """Give the ticket and the floor to `officer`; raises AlreadyTaken with who was first.

    Who takes over is at work, and so on duty from then on. Raises AtCapacity.
    """
    ticket, conversation = locked_ticket(session, ticket_id)
    if ticket.state == TicketState.CLOSED:
        raise WrongState(ticket.state)
    if ticket.holder_id == officer.id:
        return ticket
    if ticket.holder_id is not None:
        raise AlreadyTaken(ticket.holder.name if ticket.holder else "")
    if ticket.state not in TAKEABLE:
        raise WrongState(ticket.state)
    if not capacity.has_room_for(session, officer, ticket):
        raise AtCapacity(officer.name)
    if not duty.is_on_duty(session, officer.id, now):
        duty.sign_on(session, officer, now)
    ticket.holder_id = officer.id
    if ticket.state == TicketState.WAITING:
        ticket.state = TicketState.HELD
    move_floor(conversation, Floor.OFFICER)
    record(session, ticket.id, "taken", now, officer.id)
    announce(
        session,
        conversation,
        "officer_took_over",
        now,
        ticket=ticket.number,
        officer=officer.name,
    )
    _tell_consoles(session, ticket)
    return ticket


def step_in(session: Session, conversation_id: int, officer: Staff, now: datetime) -> Ticket:
    """An officer takes a conversation that the bot has, opening a ticket for it."""
    conversation = locked(session, conversation_id)
    ticket = open_ticket(
        session, conversation, TicketReason.OFFICER_STEPPED_IN, asked_at=now, now=now
    )
    return take_over(session, ticket.id, officer, now)


def reply(
    session: Session,
    ticket_id: int,
    officer: Staff,
    text: str,
    now: datetime,
    client_key: str | None = None,
) -> list[Message]:
    """Send the officer's words; stops the clock. The same `client_key` is sent once.

    Raises NotYours, WrongState, or WindowClosed when WhatsApp would refuse free text.
    """
    ticket, conversation = held_by(session, ticket_id, officer)
    if not text.strip():
        raise DeskError("empty")
    if client_key and already_sent(session, client_key):
        return []
    require_window(conversation, now)
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
    replied(session, ticket, officer, messages, now)
    return messages


def replied(
    session: Session,
    ticket: Ticket,
    officer: Staff,
    messages: Sequence[Message],
    now: datetime,
    **facts: object,
) -> None:
    """These queued words answer the locked ticket: nothing waits, and the clock stops."""
    if ticket.state == TicketState.HELD:
        ticket.state = TicketState.ANSWERED
    clocks.stop_promise(session, ticket.id, now)
    ids = [message.id for message in messages]
    record(session, ticket.id, "replied", now, officer.id, messages=ids, **facts)
    _tell_consoles(session, ticket)


def require_window(conversation: Conversation, now: datetime) -> None:
    """Raise WindowClosed when WhatsApp would refuse free text now."""
    if not window_is_open(conversation, now):
        raise WindowClosed


def hand_back(
    session: Session, ticket_id: int, officer: Staff, now: datetime, *, seen: int | None = None
) -> Ticket:
    """Close the ticket and give the floor back to the bot. `seen` as for `close`."""
    return _finish(session, ticket_id, officer, "handed_back", "handed_back", now, seen=seen)


def close(
    session: Session,
    ticket_id: int,
    officer: Staff,
    outcome: str,
    now: datetime,
    *,
    topic: str | None = None,
    seen: int | None = None,
) -> Ticket:
    """Close the ticket with `outcome`; the applicant is told and asked for a rating once.

    `seen` is the applicant's last message that the officer saw: raises Unread if one came after.
    """
    return _finish(session, ticket_id, officer, "closed", outcome, now, topic=topic, seen=seen)


def record_rating(
    session: Session, ticket: Ticket, stars: int, now: datetime, turn_id: int | None = None
) -> None:
    """Keep the applicant's rating, 1 to 5; the first one counts. The log keeps its turn."""
    if not 1 <= stars <= 5:
        raise ValueError(f"a rating is 1 to 5, not {stars}")
    if ticket.rating is None:
        ticket.rating = stars
        record(session, ticket.id, "rated", now, stars=stars, turn=turn_id)
        _tell_consoles(session, ticket)


def mark_urgent(session: Session, ticket: Ticket, turn_id: int, now: datetime) -> bool:
    """Make an open ticket urgent by what was written in this turn; False if it was already."""
    if ticket.reason is TicketReason.URGENT:
        return _happened_in_turn(session, ticket.conversation_id, turn_id, "marked_urgent")
    record(session, ticket.id, "marked_urgent", now, turn=turn_id, before=ticket.reason)
    ticket.reason = TicketReason.URGENT
    _tell_consoles(session, ticket)
    return True


def rated_in_turn(session: Session, conversation_id: int, turn_id: int) -> bool:
    """Whether this turn already gave a rating."""
    return _happened_in_turn(session, conversation_id, turn_id, "rated")


def _happened_in_turn(session: Session, conversation_id: int, turn_id: int, kind: str) -> bool:
    happened = (
        select(TicketEvent.id)
        .join(Ticket)
        .where(
            Ticket.conversation_id == conversation_id,
            TicketEvent.kind == kind,
            TicketEvent.data["turn"] == func.to_jsonb(turn_id),
        )
    )
    return session.scalar(select(happened.exists())) is True


def _finish(
    session: Session,
    ticket_id: int,
    officer: Staff,
    event: str,
    outcome: str,
    now: datetime,
    *,
    topic: str | None = None,
    seen: int | None = None,
) -> Ticket:
    ticket, conversation = held_by(session, ticket_id, officer)
    if seen is not None and (last_words(session, conversation.id) or 0) > seen:
        raise Unread
    for consultation in ticket.consultations:
        clocks.stop_section(session, consultation.id, now)
    clocks.stop_promise(session, ticket.id, now)
    ticket.state = TicketState.CLOSED
    ticket.closed_at = now
    ticket.outcome = outcome
    ticket.topic = topic or ticket.topic
    asks_rating = event == "closed" and ticket.rating_asked_at is None
    if asks_rating:
        ticket.rating_asked_at = now
    move_floor(conversation, Floor.BOT)
    record(session, ticket.id, event, now, officer.id, outcome=outcome, topic=ticket.topic)
    announce(
        session,
        conversation,
        event,
        now,
        ticket=ticket.number,
        asks_rating=asks_rating,
        language=conversation.person.language,
    )
    _tell_consoles(session, ticket)
    return ticket


def last_words(session: Session, conversation_id: int) -> int | None:
    """The id of the applicant's last message that may wait for somebody; reactions don't."""
    return session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == Direction.IN,
            Message.kind != MessageKind.REACTION,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )


def held_by(session: Session, ticket_id: int, officer: Staff) -> tuple[Ticket, Conversation]:
    """The open ticket and its conversation, locked, if `officer` holds it; else NotYours."""
    ticket, conversation = locked_ticket(session, ticket_id)
    if ticket.state == TicketState.CLOSED:
        raise WrongState(ticket.state)
    if ticket.holder_id != officer.id:
        raise NotYours(ticket.holder.name if ticket.holder else "")
    return ticket, conversation


def locked_ticket(session: Session, ticket_id: int) -> tuple[Ticket, Conversation]:
    """The ticket and its conversation as they are now, locked until the transaction ends.

    Rows that name it may still come: grouping the questions writes some, long before it ends.
    """
    conversation_id = session.scalars(
        select(Ticket.conversation_id).where(Ticket.id == ticket_id)
    ).one()
    conversation = locked(session, conversation_id)
    ticket = session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    return ticket, conversation


def already_sent(session: Session, client_key: str) -> bool:
    """Whether a reply was queued under this key; ask with the ticket locked."""
    return session.scalar(select(Message.id).where(Message.client_key == client_key)) is not None


def _ticket_of_turn(session: Session, turn_id: int | None) -> Ticket | None:
    if turn_id is None:
        return None
    return session.scalars(select(Ticket).where(Ticket.opened_by_turn == turn_id)).one_or_none()


def _next_number(session: Session, now: datetime) -> str:
    """The next number of the office's year, such as MC-2026-000123."""
    year = now.astimezone(settings().office_zone).year
    statement = insert(TicketCounter).values(year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=[TicketCounter.year], set_={"last": TicketCounter.last + 1}
    )
    last = session.scalar(statement.returning(TicketCounter.last))
    return f"MC-{year}-{last:06d}"


def _tell_consoles(session: Session, ticket: Ticket) -> None:
    notify(session, DESK, ticket=ticket.id, conversation=ticket.conversation_id)
