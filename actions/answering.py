"""Questions, small talk that may carry one, choices, and what the applicant thought of it."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions.turn import CurrentTurn, Events, current_turn, knowledge, make, utter
from bot import moves
from bot.clock import now


class ActionAnswer(Action):
    """A question: an answer, choices, or a person."""

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: self._said(s, turn)))
        return []

    def _said(self, session: Session, turn: CurrentTurn) -> moves.Sayings:
        if turn.courtesy is not None:
            return moves.small_talk(session, knowledge(), turn.id, turn.text, turn.courtesy, now())
        return moves.answer(session, knowledge(), turn.id, turn.text, now())


class ActionSmallTalk(Action):
    """A greeting, thanks or a goodbye, unless a question is inside."""

    def name(self) -> str:
        return "action_small_talk"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        response = f"utter_{turn.intent}"
        said = await make(
            lambda s: moves.small_talk(s, knowledge(), turn.id, turn.text, response, now())
        )
        utter(dispatcher, said)
        return []


class ActionOutOfScope(Action):
    """Not the office's business, unless the knowledge base knows better."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        response = "utter_out_of_scope"
        said = await make(
            lambda s: moves.small_talk(s, knowledge(), turn.id, turn.text, response, now())
        )
        utter(dispatcher, said)
        return []


class ActionPick(Action):
    """One of the choices, tapped or by its number; or a number as a rating."""

    def name(self) -> str:
        return "action_pick"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        said = await make(
            lambda s: moves.pick(s, knowledge(), turn.id, turn.text, turn.payload, now())
        )
        utter(dispatcher, said)
        return []


class ActionFeedback(Action):
    """Yes or no to "did this help?"."""

    def name(self) -> str:
        return "action_feedback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        helpful = turn.intent == "affirm"
        said = await make(
            lambda s: moves.feedback(s, knowledge(), turn.id, helpful, turn.text, now())
        )
        utter(dispatcher, said)
        return []


class ActionRate(Action):
    """A rating in words."""

    def name(self) -> str:
        return "action_rate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        utter(dispatcher, await make(lambda s: moves.rate(s, turn.id, turn.text, now())))
        return []
