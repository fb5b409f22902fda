"""Trying a question, and what is like a text. The console asks for them; Rasa never does."""

from __future__ import annotations

from functools import cache

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.turn import Events, knowledge, make, values_of
from bot.faq.alike import Alike
from bot.faq.asking import Understanding
from bot.faq.told import Told
from bot.faq.trying import try_question
from bot.models import ArticleDraft, DraftEdition


class ActionTry(Action):
    """What the public would get for the `text`, and with the `draft` given by number."""

    def name(self) -> str:
        return "action_try"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        values = values_of(tracker)

        def tried(session: Session) -> Told:
            draft = _last_edition(session, values.get("draft"))
            return try_question(session, knowledge(), understanding(), str(values["text"]), draft)

        dispatcher.utter_message(json_message=await make(tried))
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


def _last_edition(session: Session, draft_id: int | None) -> DraftEdition | None:
    return session.scalars(
        select(DraftEdition)
        .join(ArticleDraft, ArticleDraft.id == DraftEdition.draft_id)
        .where(ArticleDraft.id == draft_id, DraftEdition.number == ArticleDraft.edition)
    ).one_or_none()
