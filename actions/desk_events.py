"""External events: what happened at the desk, told to the applicant."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, current_turn, make, utter
from bot import moves
from bot.clock import now


class ActionTellEvent(Action):
    """An officer took over, answered, closed or handed back."""

    def name(self) -> str:
        return "action_tell_event"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        utter(dispatcher, moves.tell_event(current_turn(tracker).event))
        return []


class ActionEscalate(Action):
    """The ticket's question goes to a related section, once, and the applicant hears of it."""

    def name(self) -> str:
        return "action_escalate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        event = current_turn(tracker).event
        utter(dispatcher, await make(lambda s: moves.escalate(s, event, now())))
        return []
