"""A person is needed: asked for, complained to, sworn at; and where a ticket stands."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, current_turn, make, utter
from bot import moves
from bot.clock import now
from bot.models import TicketReason


class ActionHandOver(Action):
    """A person is asked for, from anywhere; an open form's words go along."""

    def name(self) -> str:
        return "action_hand_over"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        gathered = {
            key: value
            for key, slot in (("about", "complaint_about"), ("document", "complaint_document"))
            if (value := tracker.get_slot(slot))
        }
        said = await make(
            lambda s: moves.hand_over(
                s, turn.id, TicketReason.ASKED_FOR_PERSON, now(), details=gathered
            )
        )
        utter(dispatcher, said)
        return []


class ActionAbuse(Action):
    """Bad words: a calm reply that offers a person."""

    def name(self) -> str:
        return "action_abuse"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: moves.plain(s, turn.id, "utter_abuse")))
        return []


class ActionMedia(Action):
    """A picture, voice note or the like without words."""

    def name(self) -> str:
        return "action_media"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        spoken = turn.event.get("media") == "audio"
        response = "utter_voice_without_words" if spoken else "utter_media_without_words"
        utter(dispatcher, await make(lambda s: moves.plain(s, turn.id, response)))
        return []


class ActionTellTicket(Action):
    """Where the latest ticket stands."""

    def name(self) -> str:
        return "action_tell_ticket"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: moves.tell_ticket(s, turn.id, now())))
        return []
