"""Taking one turn: ask the dialogue, queue its words; a person when the dialogue fails."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import clock
from bot.conversation import locked
from bot.db import transaction
from bot.desk import tickets
from bot.desk.clocks import running_promise
from bot.desk.standing import standing_of
from bot.desk.wording import by_deadline
from bot.dialogue import Dialogue, DialogueFailed, Put, applicants_text, response_text
from bot.models import Conversation, Floor, MessageKind, TicketReason, Turn, TurnOutcome
from bot.settings import settings
from bot.turns import (
    Lease,
    Said,
    TurnLost,
    begin_turn,
    finish_turn,
    lease_next,
    messages_of,
    next_wake,
    postpone_turn,
)

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(seconds=2)
# What happened at the desk is still worth telling when Rasa comes back after a while.
ANNOUNCE_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Taken:
    """A turn of ours, and what is to be put to the dialogue; None when a person has the floor."""

    turn: Turn
    put: Put | None
    since: datetime  # when what it is about came in


def next_lease() -> Lease | datetime | None:
    """A lease of the conversation that is due; else when the next one is, None if none waits."""
    with transaction() as session:
        return lease_next(session, clock.now()) or next_wake(session)


def take_turn(lease: Lease, dialogue: Dialogue) -> None:
    """Take the leased conversation's turn to its end."""
    try:
        _take(lease, dialogue)
    except TurnLost:
        log.warning("conversation %s: another worker has the turn", lease.conversation_id)


def take_next_turn(dialogue: Dialogue) -> bool:
    """Take the next due turn to its end; False if none is due."""
    lease = next_lease()
    if not isinstance(lease, Lease):
        return False
    take_turn(lease, dialogue)
    return True


def _take(lease: Lease, dialogue: Dialogue) -> None:
    with transaction() as session:
        turn = begin_turn(session, lease, clock.now())
        if turn is None:
            return
        taken = _prepare(session, turn)
        if taken.put is None:
            # On a ticket if one is open; else there was nothing to answer.
            now = clock.now()
            finish_turn(session, lease, turn, [], TurnOutcome.FAILED, now, "nothing to answer")
            return
    try:
        said = _ask(dialogue, taken.put, turn.attempts)
    except DialogueFailed as failure:
        _cope(lease, taken, failure)
        return
    with transaction() as session:
        finish_turn(session, lease, turn, said, TurnOutcome.ANSWERED, clock.now())


def _prepare(session: Session, turn: Turn) -> Taken:
    conversation = session.get_one(Conversation, turn.conversation_id)
    if turn.event is not None:
        put = _put(conversation, turn, turn.text, turn.event.get("language"))
        return Taken(turn, put, turn.created_at)
    messages = messages_of(session, turn)
    since = min(message.at for message in messages)
    if conversation.floor is Floor.OFFICER:
        return Taken(turn, _status_put(session, conversation, turn), since)
    if turn.payload:
        return Taken(turn, _put(conversation, turn, "/pick"), since)
    if turn.text:
        return Taken(turn, _put(conversation, turn, applicants_text(turn.text)), since)
    kinds = [m.kind for m in messages if m.kind is not MessageKind.REACTION]
    if not kinds:  # a thumbs-up on a message asks for no answer
        return Taken(turn, None, since)
    return Taken(turn, _put(conversation, turn, "/media_without_words", media=kinds[-1]), since)


def _status_put(session: Session, conversation: Conversation, turn: Turn) -> Put | None:
    """While a section has the question the bot tells where it stands; the rest is the officer's."""
    ticket = tickets.open_ticket_of(session, conversation.id)
    if ticket is None or not turn.text or turn.payload or standing_of(session, ticket) is None:
        return None
    return _put(conversation, turn, applicants_text(turn.text), only_intent="ask_ticket")


def _put(
    conversation: Conversation,
    turn: Turn,
    text: str,
    language: str | None = None,
    media: str | None = None,
    only_intent: str | None = None,
) -> Put:
    return Put(
        turn_id=turn.id,
        tracker=f"c{conversation.id}-{conversation.tracker_epoch}",
        text=text,
        language=language or conversation.person.language,
        floor=conversation.floor,
        payload=turn.payload,
        event=turn.event,
        media=media,
        continues=conversation.form_open,
        only_intent=only_intent,
    )


def _ask(dialogue: Dialogue, put: Put, attempt: int) -> list[Said]:
    if attempt > 1:
        said = dialogue.already_said(put)
        if said is not None:
            return said
    return dialogue.ask(put)


def _cope(lease: Lease, taken: Taken, failure: DialogueFailed) -> None:
    """Try again while the person's patience lasts, then hand over with the reason."""
    log.warning("turn %s, attempt %s: %s", taken.turn.id, taken.turn.attempts, failure)
    now = clock.now()
    announcing = taken.turn.event is not None
    patience = ANNOUNCE_WITHIN if announcing else timedelta(seconds=settings().bot_patience_seconds)
    with transaction() as session:
        if now + TRY_AGAIN_AFTER < taken.since + patience:
            postpone_turn(session, lease, now + TRY_AGAIN_AFTER, str(failure))
        elif announcing:
            finish_turn(session, lease, taken.turn, [], TurnOutcome.FAILED, now, str(failure))
        else:
            said = _hand_over(session, taken, failure, now)
            finish_turn(session, lease, taken.turn, said, TurnOutcome.TICKETED, now, str(failure))


def _hand_over(
    session: Session, taken: Taken, failure: DialogueFailed, now: datetime
) -> list[Said]:
    conversation = locked(session, taken.turn.conversation_id)
    if conversation.floor is not Floor.BOT:
        return []
    ticket = tickets.open_ticket(
        session,
        conversation,
        TicketReason.BOT_UNAVAILABLE,
        asked_at=taken.since,
        now=now,
        turn_id=taken.turn.id,
        subject=taken.turn.text,
        details={"failure": str(failure)},
    )
    promise = running_promise(session, ticket.id)
    language = conversation.person.language
    deadline = by_deadline(promise.due_at, language, now) if promise else ""
    return [
        Said(
            response_text(
                "utter_bot_unavailable_handed_over",
                language,
                ticket=ticket.number,
                deadline=deadline,
            )
        )
    ]
