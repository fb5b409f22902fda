"""A ticket from hand to hand: to another officer, back to the queue, at the end of a shift."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from bot.conversation import move_floor
from bot.db import DESK, notify
from bot.desk import capacity, duty, tickets
from bot.desk.log import record
from bot.models import Conversation, DutyShift, Floor, Role, Staff, Ticket, TicketState

# May move what others hold.
OVERSEERS = (Role.SUPERVISOR, Role.ADMIN)


class NotOnDuty(tickets.DeskError):
    """A ticket goes only to somebody who is on duty."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def waits_for_an_officer() -> ColumnElement[bool]:
    """Whether a ticket is in the queue: also one at a section whose officer went home."""
    left_alone = and_(Ticket.state == TicketState.CONSULTING, Ticket.holder_id.is_(None))
    return or_(Ticket.state == TicketState.WAITING, left_alone)


def transfer(
    session: Session, ticket_id: int, giver: Staff, receiver: Staff, now: datetime
) -> Ticket:
    """Give a held ticket to another officer on duty. Its clock runs on.

    Raises NotYours (a supervisor may give anybody's), WrongState, NotOnDuty or AtCapacity.
    """
    ticket, conversation = _to_move(session, ticket_id, giver)
    if ticket.holder_id == receiver.id:
        return ticket
    may_hold = receiver.active and receiver.role in duty.OFFICERS
    if not may_hold or not duty.is_on_duty(session, receiver.id, now):
        raise NotOnDuty(receiver.name)
    if not capacity.has_room_for(session, receiver, ticket):
        raise tickets.AtCapacity(receiver.name)
    record(
        session,
        ticket.id,
        "transferred",
        now,
        giver.id,
        holder=ticket.holder_id,
        receiver=receiver.id,
        to=receiver.name,
    )
    ticket.holder_id = receiver.id
    if ticket.state == TicketState.WAITING:
        ticket.state = TicketState.HELD
    move_floor(conversation, Floor.OFFICER)
    _tell_consoles(session, ticket)
    return ticket


def release(session: Session, ticket_id: int, officer: Staff, now: datetime) -> Ticket:
    """Put a held ticket back into the queue. Raises NotYours or WrongState."""
    ticket, conversation = _to_move(session, ticket_id, officer)
    if ticket.holder_id is not None:
        _put_back(session, ticket, conversation, now, "released", officer.id)
    return ticket


def sign_off(session: Session, officer: Staff, now: datetime) -> int:
    """End the officer's duty; what the officer still held goes back. Gives how many."""
    duty.end_duty(session, officer, now)
    held = _open_tickets_of(session, officer.id)
    for ticket_id in held:
        hand_over(session, ticket_id, now)
    return len(held)


def hand_over(session: Session, ticket_id: int, now: datetime) -> bool:
    """Put the ticket back into the queue if its holder is not on duty any more."""
    ticket, conversation = tickets.locked_ticket(session, ticket_id)
    holder = ticket.holder_id
    if ticket.state == TicketState.CLOSED or holder is None:
        return False
    if duty.is_on_duty(session, holder, now):
        return False
    _put_back(session, ticket, conversation, now, "handed_over", holder)
    return True


def left_behind(session: Session, now: datetime) -> Sequence[int]:
    """The open tickets whose holder is not on duty, by id."""
    serves = exists().where(
        DutyShift.staff_id == Ticket.holder_id,
        DutyShift.starts_at <= now,
        DutyShift.ends_at > now,
    )
    return session.scalars(
        select(Ticket.id)
        .where(Ticket.state != TicketState.CLOSED, Ticket.holder_id.is_not(None), ~serves)
        .order_by(Ticket.conversation_id)
    ).all()


def _to_move(session: Session, ticket_id: int, officer: Staff) -> tuple[Ticket, Conversation]:
    if officer.role not in OVERSEERS:
        return tickets.held_by(session, ticket_id, officer)
    ticket, conversation = tickets.locked_ticket(session, ticket_id)
    if ticket.state == TicketState.CLOSED:
        raise tickets.WrongState(ticket.state)
    return ticket, conversation


def _put_back(
    session: Session,
    ticket: Ticket,
    conversation: Conversation,
    now: datetime,
    why: str,
    staff_id: int,
) -> None:
    """Nobody holds it: what waits for an answer waits in the queue, the bot stays silent."""
    record(session, ticket.id, why, now, staff_id, holder=ticket.holder_id)
    ticket.holder_id = None
    if ticket.state == TicketState.HELD:
        ticket.state = TicketState.WAITING
    move_floor(conversation, Floor.QUEUE)
    _tell_consoles(session, ticket)


def _open_tickets_of(session: Session, staff_id: int) -> Sequence[int]:
    return session.scalars(
        select(Ticket.id)
        .where(Ticket.state != TicketState.CLOSED, Ticket.holder_id == staff_id)
        .order_by(Ticket.conversation_id)
    ).all()


def _tell_consoles(session: Session, ticket: Ticket) -> None:
    notify(session, DESK, ticket=ticket.id, conversation=ticket.conversation_id)
