"""Language and consent."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, current_turn, make, utter
from bot import moves
from bot.clock import now


class ActionSetLanguage(Action):
    """Indonesian or English from now on; the next action says so, in the new language."""

    def name(self) -> str:
        return "action_set_language"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        language = "en" if turn.intent == "speak_english" else "id"
        await make(lambda s: moves.set_language(s, turn.id, language))
        return [SlotSet("language", language)]


class ActionOptOut(Action):
    """No messages that the applicant did not ask for."""

    def name(self) -> str:
        return "action_opt_out"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: moves.opt_out(s, turn.id, now())))
        return []


class ActionOptIn(Action):
    """Announcements are welcome again."""

    def name(self) -> str:
        return "action_opt_in"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: moves.opt_in(s, turn.id)))
        return []
