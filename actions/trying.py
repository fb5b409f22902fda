"""Trying a question, and what is like a text. The console asks for them; Rasa never does."""

from __future__ import annotations

import asyncio
from functools import cache

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, knowledge, make, values_of
from bot.faq.alike import Alike
from bot.faq.asking import Understanding
from bot.faq.trying import try_question


class ActionTry(Action):
    """What the public would get for the `text`, and with the `draft` given by number."""

    def name(self) -> str:
        return "action_try"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        values = values_of(tracker)
        text, draft = str(values["text"]), values.get("draft")
        told = await asyncio.to_thread(try_question, knowledge(), understanding(), text, draft)
        dispatcher.utter_message(json_message=told)
        return []


class ActionAlike(Action):
    """For each of the `texts` of an `article` what is nearly the same elsewhere."""

    def name(self) -> str:
        return "action_alike"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        values = values_of(tracker)
        texts = [str(text) for text in values["texts"]]
        found = await make(lambda session: alike().near(session, texts, str(values["article"])))
        dispatcher.utter_message(json_message={"near": found})
        return []


@cache
def understanding() -> Understanding:
    return Understanding()


@cache
def alike() -> Alike:
    return Alike(knowledge())
