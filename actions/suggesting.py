"""Suggestions for the officer's reply. The console asks for them; Rasa never does.

The console's process would need hundreds of megabytes for an encoder of its own.
"""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, knowledge, make, values_of
from bot.faq.suggesting import suggest


class ActionSuggest(Action):
    """The likeliest articles for the text, as data."""

    def name(self) -> str:
        return "action_suggest"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        text = str(values_of(tracker)["text"])
        found = await make(lambda session: suggest(session, knowledge(), text))
        dispatcher.utter_message(json_message={"suggestions": found})
        return []
