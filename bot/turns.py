"""Turns: one conversation's messages, handled in order, one turn at a time, by one worker.

A conversation whose `wake_at` has come is leased to a worker. The lease runs out by itself,
so that a killed worker's turn is taken up again; the token keeps a slow one from finishing a
turn that another has taken over meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.conversation import Choice, locked, queue_reply
from bot.desk import tickets
from bot.desk.standing import standing_of
from bot.faq.language import language_of
from bot.models import (
    Announcement,
    Conversation,
    Direction,
    Floor,
    Message,
    MessageKind,
    Speaker,
    Ticket,
    Turn,
    TurnOutcome,
)
from bot.sending_files import Attached, queue_attachment

LEASE = timedelta(seconds=25)


class TurnLost(Exception):
    """The lease ran out and another worker has the turn."""


@dataclass(frozen=True)
class Lease:
    conversation_id: int
    token: str
    until: datetime


@dataclass(frozen=True)
class Said:
    """One thing the dialogue says: words, or what follows them."""

    text: str = ""
    choices: tuple[Choice, ...] = ()
    attached: tuple[Attached, ...] = ()


def lease_next(session: Session, now: datetime) -> Lease | None:
    """Lease the conversation that has waited longest, if any is due."""
    due = (
        select(Conversation.id)
        .where(
            Conversation.wake_at <= now,
            or_(Conversation.lease_until.is_(None), Conversation.lease_until <= now),
        )
        .order_by(Conversation.wake_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    lease_until = now + LEASE
    token = secrets.token_hex(8)
    leased = session.scalar(
        update(Conversation)
        .where(Conversation.id == due)
        .values(lease_until=lease_until, lease_token=token, wake_at=lease_until)
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    )
    return Lease(leased, token, lease_until) if leased is not None else None


def tickets_of_officers(
    session: Session, conversations: Iterable[Conversation]
) -> dict[int, Ticket]:
    """The open tickets where an officer has the floor, each by its conversation's id."""
    ids = [one.id for one in conversations if one.floor is Floor.OFFICER]
    return tickets.open_tickets_of(session, ids)


def ticket_at_hand(
    session: Session, conversation: Conversation, ticket: Ticket | None
) -> Ticket | None:
    """The officer's `ticket` if they alone read what comes in now; None if the dialogue may too.

    With the conversation locked. Nothing of it waits for a turn: the message would be the next.
    """
    if ticket is None or conversation.wake_at is not None:
        return None
    return None if standing_of(session, ticket) else ticket


def give_to_officer(
    session: Session, conversation: Conversation, ticket: Ticket, message: Message, now: datetime
) -> None:
    """A message for the officer who has the floor: its turn ends where it is taken in."""
    turn = _turn_of(session, conversation, [message], now)
    turn.finished_at, turn.outcome = now, TurnOutcome.TICKETED
    tickets.applicant_wrote(session, ticket, message)


def next_wake(session: Session) -> datetime | None:
    """When the next conversation is due; None if nothing waits."""
    return session.scalar(
        select(Conversation.wake_at)
        .where(Conversation.wake_at.is_not(None))
        .order_by(Conversation.wake_at)
        .limit(1)
    )


def begin_turn(session: Session, lease: Lease, now: datetime) -> Turn | None:
    """The conversation's unfinished turn, or a new one of what waits; None if nothing does."""
    conversation = _leased(session, lease)
    turn = session.scalars(
        select(Turn).where(Turn.conversation_id == conversation.id, Turn.finished_at.is_(None))
    ).one_or_none()
    if turn is None:
        turn = _announcement_turn(session, conversation, now)
        turn = turn or _message_turn(session, conversation, now)
        if turn is None:
            _release(session, conversation, lease, now)
            return None
    if turn.attempts == 0 and not conversation.form_open:
        conversation.tracker_epoch += 1
    turn.attempts += 1
    return turn


def finish_turn(
    session: Session,
    lease: Lease,
    turn: Turn,
    said: Sequence[Said],
    outcome: TurnOutcome,
    now: datetime,
    note: str | None = None,
) -> None:
    """Queue what was said, unless a person took the floor meanwhile, and end the turn."""
    conversation = _leased(session, lease)
    turn = session.get_one(Turn, turn.id)
    ticket = tickets.open_ticket_of(session, conversation.id)
    if turn.event is not None:
        _speak(session, conversation, turn, said, Speaker.DESK, None, now)
    elif conversation.fence == turn.fence or conversation.floor_moved_by_turn == turn.id:
        _speak(session, conversation, turn, said, Speaker.BOT, conversation.fence, now)
    elif said:
        outcome, note = TurnOutcome.FAILED, "the floor changed; the bot's words were dropped"
    if turn.event is None and conversation.floor != Floor.BOT and ticket is not None:
        _put_on_ticket(session, turn, ticket.id)
        dropped = outcome is TurnOutcome.FAILED and bool(said)
        note = note if dropped or outcome is TurnOutcome.TICKETED else turn.note
        outcome = TurnOutcome.TICKETED
    turn.finished_at = now
    turn.outcome = outcome
    turn.note = note
    _release(session, conversation, lease, now)


def postpone_turn(session: Session, lease: Lease, until: datetime, note: str) -> None:
    """Try the turn again at `until`."""
    conversation = _leased(session, lease)
    session.execute(
        update(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.finished_at.is_(None))
        .values(note=note)
    )
    conversation.lease_until = None
    conversation.lease_token = None
    conversation.wake_at = until


def messages_of(session: Session, turn: Turn) -> list[Message]:
    """What the applicant wrote in this turn, in order."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.turn_id == turn.id, Message.direction == Direction.IN)
            .order_by(Message.id)
        )
    )


def _leased(session: Session, lease: Lease) -> Conversation:
    conversation = locked(session, lease.conversation_id)
    if conversation.lease_token != lease.token:
        raise TurnLost
    return conversation


def _announcement_turn(session: Session, conversation: Conversation, now: datetime) -> Turn | None:
    waiting = session.scalars(
        select(Announcement)
        .where(Announcement.conversation_id == conversation.id, Announcement.turn_id.is_(None))
        .order_by(Announcement.id)
        .limit(1)
    ).one_or_none()
    if waiting is None:
        return None
    turn = Turn(
        conversation_id=conversation.id,
        text=f"/EXTERNAL_{waiting.event}",
        event={**waiting.facts, "event": waiting.event},
        fence=conversation.fence,
        created_at=now,
    )
    session.add(turn)
    session.flush()
    waiting.turn_id = turn.id
    return turn


def _message_turn(session: Session, conversation: Conversation, now: datetime) -> Turn | None:
    waiting = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.direction == Direction.IN,
            Message.turn_id.is_(None),
        )
        .order_by(Message.id)
    ).all()
    if not waiting:
        return None
    turn = _turn_of(session, conversation, waiting, now)
    ticket = tickets.open_ticket_of(session, conversation.id)
    if conversation.floor != Floor.BOT and ticket is not None:
        for message in waiting:
            tickets.applicant_wrote(session, ticket, message)
    return turn


def _turn_of(
    session: Session, conversation: Conversation, messages: Sequence[Message], now: datetime
) -> Turn:
    """A new turn of these messages; their words tell the language, unless a form goes on."""
    turn = Turn(
        conversation_id=conversation.id,
        text="\n".join(m.body for m in messages if m.body and m.kind is not MessageKind.REACTION),
        payload=next((m.payload for m in reversed(messages) if m.payload), None),
        fence=conversation.fence,
        created_at=now,
    )
    session.add(turn)
    for message in messages:
        message.turn = turn
    if not conversation.form_open:
        person = conversation.person
        person.language = language_of(turn.text, person.language)
    return turn


def _speak(
    session: Session,
    conversation: Conversation,
    turn: Turn,
    said: Sequence[Said],
    speaker: Speaker,
    fence: int | None,
    now: datetime,
) -> None:
    ticket = tickets.open_ticket_of(session, conversation.id)
    ticket_id = ticket.id if ticket else None
    for one in said:
        if one.text:
            queue_reply(
                session,
                conversation,
                one.text,
                speaker=speaker,
                now=now,
                fence=fence,
                turn_id=turn.id,
                ticket_id=ticket_id,
                choices=one.choices,
            )
        for attached in one.attached:
            queue_attachment(
                session,
                conversation,
                attached,
                speaker=speaker,
                now=now,
                fence=fence,
                turn_id=turn.id,
                ticket_id=ticket_id,
            )


def _put_on_ticket(session: Session, turn: Turn, ticket_id: int) -> None:
    session.execute(
        update(Message)
        .where(Message.turn_id == turn.id, Message.ticket_id.is_(None))
        .values(ticket_id=ticket_id)
    )


def _release(session: Session, conversation: Conversation, lease: Lease, now: datetime) -> None:
    """End the lease; wake again at once if something came in that no turn has taken."""
    conversation.lease_until = None
    conversation.lease_token = None
    if conversation.wake_at == lease.until:
        conversation.wake_at = now if _something_waits(session, conversation) else None


def _something_waits(session: Session, conversation: Conversation) -> bool:
    message = select(Message.id).where(
        Message.conversation_id == conversation.id,
        Message.direction == Direction.IN,
        Message.turn_id.is_(None),
    )
    announcement = select(Announcement.id).where(
        Announcement.conversation_id == conversation.id, Announcement.turn_id.is_(None)
    )
    return session.scalar(select(or_(message.exists(), announcement.exists()))) is True
