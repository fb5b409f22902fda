"""Who wrote: the people behind some forms, looked up all at once, their conversations locked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bot.models import Address, AddressKind, Conversation, Person, Ticket
from bot.turns import tickets_of_officers
from bot.whatsapp.forms import Inbound


class Senders:
    """The senders of these messages, as they are until the transaction ends."""

    def __init__(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        self._session = session
        values = {value for inbound in inbounds for _, value in inbound.addresses}
        self._addresses = _known_addresses(session, values)
        people = {address.person_id for address in self._addresses.values()}
        self._conversations = _locked_conversations(session, people)
        self._tickets = tickets_of_officers(session, self._conversations.values())

    def of(self, inbound: Inbound) -> tuple[Conversation, Address]:
        """The sender's conversation and the address to reply to, made if they are new."""
        known = [self._addresses[v] for _, v in inbound.addresses if v in self._addresses]
        # Of addresses of several people the one known for longest tells who it is.
        person = min(known, key=lambda one: one.id).person if known else Person(name=inbound.name)
        if inbound.name and not person.name:
            person.name = inbound.name
        for kind, value in inbound.addresses:
            if value not in self._addresses:
                address = Address(person=person, kind=AddressKind(kind), value=value)
                self._addresses[value] = address
                self._session.add(address)
        self._session.flush()
        address = self._addresses[inbound.addresses[0][1]]
        return self._conversation_of(person, address), address

    def ticket_of(self, conversation: Conversation) -> Ticket | None:
        """The open ticket of a conversation in which an officer has the floor."""
        return self._tickets.get(conversation.id)

    def _conversation_of(self, person: Person, address: Address) -> Conversation:
        if person.id not in self._conversations:
            conversation = Conversation(person_id=person.id, address_id=address.id)
            self._session.add(conversation)
            self._session.flush()
            self._conversations[person.id] = conversation
        return self._conversations[person.id]


def _known_addresses(session: Session, values: Collection[str]) -> dict[str, Address]:
    found = session.scalars(
        select(Address)
        .where(Address.value.in_(values))
        .options(joinedload(Address.person, innerjoin=True))
    )
    return {address.value: address for address in found}


def _locked_conversations(session: Session, people: Collection[int]) -> dict[int, Conversation]:
    if not people:
        return {}
    found = session.scalars(
        select(Conversation)
        .where(Conversation.person_id.in_(people))
        .order_by(Conversation.id)
        .with_for_update()
    )
    return {conversation.person_id: conversation for conversation in found}
