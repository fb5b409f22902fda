"""Publishing an article. The console asks for it; Rasa never does."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions.turn import Events, knowledge, make, values_of
from bot import clock
from bot.faq import editing
from bot.faq.gate import GateClosed
from bot.models import Staff


class ActionPublish(Action):
    """Publishes the `edition` of the `draft` for a member of `staff`, all given by number."""

    def name(self) -> str:
        return "action_publish"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        values = values_of(tracker)

        def publish(session: Session) -> int:
            reviewer = session.get_one(Staff, int(values["staff"]))
            draft, edition = int(values["draft"]), int(values["edition"])
            encoder = knowledge().encoder
            return editing.publish(session, draft, edition, reviewer, encoder, clock.now()).number

        try:
            told: dict[str, object] = {"revision": await make(publish)}
        except editing.EditingRefused as refused:
            told = {"refused": refused.reason}
        except GateClosed:
            told = {"refused": "gate_closed"}
        dispatcher.utter_message(json_message=told)
        return []
