"""Who leaves the desk leaves nothing behind: their open tickets go back to the queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import move_floor
from bot.db import DESK, notify
from bot.desk.log import record
from bot.desk.tickets import locked_ticket
from bot.models import Floor, Staff, Ticket, TicketState


def return_tickets(session: Session, officer: Staff, by: Staff, now: datetime) -> int:
    """Put every open ticket that `officer` holds back into the queue; gives how many.

    Their clocks run on: for the applicant nothing has changed. An answered ticket stays
    answered and waits for nobody.
    """
    held = select(Ticket.id).where(
        Ticket.holder_id == officer.id, Ticket.state != TicketState.CLOSED
    )
    returned = 0
    for ticket_id in session.scalars(held.order_by(Ticket.conversation_id)).all():
        ticket, conversation = locked_ticket(session, ticket_id)
        if ticket.holder_id != officer.id or ticket.state == TicketState.CLOSED:
            continue  # closed or passed on before we had the lock
        ticket.holder_id = None
        if ticket.state != TicketState.ANSWERED:
            ticket.state = TicketState.WAITING
        move_floor(conversation, Floor.QUEUE)
        record(session, ticket.id, "returned", now, by.id, officer=officer.name)
        notify(session, DESK, ticket=ticket.id, conversation=ticket.conversation_id)
        returned += 1
    return returned
