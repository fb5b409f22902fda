"""Looking things up by PostgreSQL's full-text index and by the two ends of a number.

What is there in every PostgreSQL: the extension pg_trgm is not, and not in the embedded one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal_column, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from bot.console.access import visible_conversations, visible_tickets
from bot.console.queue.rows import Row, ticket_rows
from bot.console.search.query import Query
from bot.console.ticket.transcript import MESSAGES_SHOWN
from bot.models import Address, Conversation, Message, Person, Staff, Ticket, TicketCounter

MOST_PEOPLE = 12
MOST_TICKETS = 12
MESSAGES = 30  # on a page
LATEST = 2000  # messages that are looked through without an index


@dataclass(frozen=True)
class PersonFound:
    """Somebody, and the latest ticket there is."""

    conversation: Conversation
    ticket: Ticket | None


@dataclass(frozen=True)
class MessageFound:
    """Something that was said, and the address that shows it in its conversation."""

    message: Message
    conversation: Conversation
    address: str
    pieces: list[tuple[str, bool]]


def tickets_found(session: Session, member: Staff, query: Query) -> list[Row]:
    """The tickets of that number, of every year if none was given."""
    if query.ticket is None:
        return []
    year, number = query.ticket
    years = [year] if year else list(session.scalars(select(TicketCounter.year)))
    numbers = [f"MC-{one}-{number:06d}" for one in years]
    found = session.scalars(
        visible_tickets(member)
        .where(Ticket.number.in_(numbers))
        .options(
            joinedload(Ticket.conversation).joinedload(Conversation.person),
            joinedload(Ticket.conversation).joinedload(Conversation.address),
            joinedload(Ticket.holder),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST_TICKETS)
    ).all()
    return ticket_rows(session, found)


def people_found(session: Session, member: Staff, query: Query) -> list[PersonFound]:
    """People whose name has all the words, or whose number begins or ends so."""
    by_phone = _has_number(query.phone) if query.phone else None
    by_name = _has_words(Person.name, query) if query.tsquery else None
    wanted = by_phone if by_phone is not None else by_name
    if wanted is None:
        return []
    conversations = session.scalars(
        visible_conversations(member)
        .join(Conversation.person)
        .where(wanted)
        .options(joinedload(Conversation.person), joinedload(Conversation.address))
        .order_by(Conversation.last_inbound_at.desc().nulls_last())
        .limit(MOST_PEOPLE)
    ).all()
    latest = _latest_tickets(session, [one.id for one in conversations])
    return [PersonFound(one, latest.get(one.id)) for one in conversations]


def messages_found(
    session: Session, member: Staff, query: Query, before: int | None
) -> tuple[list[MessageFound], int | None]:
    """A page of what was said with all the words, the latest first, and where the next begins."""
    if not query.tsquery:
        return [], None
    statement = (
        visible_conversations(member)
        .join(Message, Message.conversation_id == Conversation.id)
        .add_columns(Message, _later_messages())
        .where(Message.id.in_(_said(session, query, before)))
        .options(joinedload(Conversation.person), joinedload(Conversation.address))
        .order_by(Message.id.desc())
        .limit(MESSAGES + 1)
    )
    rows = session.execute(statement).all()
    found = [
        MessageFound(message, conversation, _address(message, later), query.pieces(message.body))
        for conversation, message, later in rows[:MESSAGES]
    ]
    return found, (found[-1].message.id if len(rows) > MESSAGES else None)


def _said(session: Session, query: Query, before: int | None) -> Sequence[int]:
    """The latest messages with the words, a page of them and one more, by id.

    Words that many messages have are among the latest messages: their index would give a million
    to sort. Words that few have come out of the index: looked for from the latest message on, they
    would be found after minutes. `offset(0)` keeps PostgreSQL from mistaking these for those.
    """
    earlier = Message.id < before if before is not None else true()
    newest_first = select(Message.id, Message.body).where(earlier).order_by(Message.id.desc())
    latest = newest_first.limit(LATEST).subquery()
    found = _newest(session, latest.c.id, _has_words(latest.c.body, query))
    if len(found) > MESSAGES:
        return found
    hits = select(Message.id).where(_has_words(Message.body, query), earlier).offset(0).subquery()
    return _newest(session, hits.c.id, true())


def _newest(
    session: Session, key: ColumnElement[int], condition: ColumnElement[bool]
) -> Sequence[int]:
    statement = select(key).where(condition).order_by(key.desc()).limit(MESSAGES + 1)
    return session.scalars(statement).all()


def _has_words(column: ColumnElement[str] | object, query: Query) -> ColumnElement[bool]:
    """As the indexes `ix_message_body_words` and `ix_person_name_words` have it."""
    simple: ColumnElement[str] = literal_column("'simple'::regconfig")
    vector: ColumnElement[object] = func.to_tsvector(simple, column)
    return vector.bool_op("@@")(func.to_tsquery(simple, query.tsquery))


def _has_number(digits: str) -> ColumnElement[bool]:
    ends = func.reverse(Address.value).like(f"{digits[::-1]}%")
    starts = Address.value.like(f"whatsapp:+{digits}%")
    owners = select(Address.person_id).where(or_(starts, ends))
    return Person.id.in_(owners)


def _later_messages() -> ColumnElement[int]:
    """How many messages of the conversation came after."""
    later = aliased(Message)
    counted = select(func.count()).where(
        later.conversation_id == Message.conversation_id, later.id > Message.id
    )
    return counted.correlate(Message).scalar_subquery()


def _latest_tickets(session: Session, conversation_ids: Sequence[int]) -> dict[int, Ticket]:
    latest = (
        select(func.max(Ticket.id))
        .where(Ticket.conversation_id.in_(conversation_ids))
        .group_by(Ticket.conversation_id)
    )
    tickets = session.scalars(select(Ticket).where(Ticket.id.in_(latest)))
    return {ticket.conversation_id: ticket for ticket in tickets}


def _address(message: Message, later: int) -> str:
    """The page that shows the message: from it on, where it lies deeper than the page begins."""
    place = f"tickets/{message.ticket_id}"
    if message.ticket_id is None:
        place = f"conversations/{message.conversation_id}"
    shown = f"?from={message.id}" if later >= MESSAGES_SHOWN else ""
    return f"/console/{place}{shown}#message-{message.id}"
