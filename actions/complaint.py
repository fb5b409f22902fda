"""The complaint form: what it is about and which document it concerns."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import Events, current_turn, knowledge, make, utter
from bot import moves
from bot.clock import now

SKIPPED = "-"
ENOUGH_WORDS = 5  # an opening message this long already says what the complaint is
_COURTESY = frozenset(
    """
    halo hai selamat pagi siang sore malam assalamualaikum permisi maaf mohon tolong kak min
    admin pak bapak bu ibu saya sy sya aku mau ingin hendak menyampaikan mengajukan melaporkan
    lapor komplain komplen keluhan pengaduan aduan mengadu protes ya iya ok oke hello hi please
    i want would like to make file a complaint
    """.split()  # noqa: SIM905 - a word list reads better as words
)


class ValidateComplaintForm(FormValidationAction):
    """Accepts what the applicant gives, and keeps the tracker while the form is open."""

    def name(self) -> str:
        return "validate_complaint_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        await make(lambda s: moves.keep_form_open(s, turn.id, True))
        events: Events = await super().run(dispatcher, tracker, domain)
        return events

    def validate_complaint_about(
        self, value: Any, _: CollectingDispatcher, tracker: Tracker, __: DomainDict
    ) -> dict[str, Any]:
        """The opening message counts only when it says more than "I want to complain"."""
        opening = tracker.get_slot("requested_slot") is None
        said = [word for word in re.findall(r"\w+", str(value).lower()) if word not in _COURTESY]
        enough = len(said) >= (ENOUGH_WORDS if opening else 1) or str(value) == SKIPPED
        return {"complaint_about": value if enough else None}

    async def validate_complaint_document(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, _: DomainDict
    ) -> dict[str, Any]:
        """A question instead of a document is answered, and the form asks again."""
        turn = current_turn(tracker)
        if turn.intent != "question" or re.search(r"\d", turn.text):
            return {"complaint_document": value}
        said = await make(lambda s: moves.answer_aside(s, knowledge(), turn.id, turn.text, now()))
        if not said:
            return {"complaint_document": value}
        utter(dispatcher, said)
        return {"complaint_document": None}


class ActionFileComplaint(Action):
    """The form is complete: to an officer."""

    def name(self) -> str:
        return "action_file_complaint"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        about = tracker.get_slot("complaint_about")
        if about is None:  # Rasa files what validate_complaint_form failed to fill
            raise ValueError("the complaint form is not complete")
        document = tracker.get_slot("complaint_document") or "-"
        said = await make(lambda s: moves.file_complaint(s, turn.id, about, document, now()))
        utter(dispatcher, said)
        return _emptied()


class ActionResetComplaint(Action):
    """The form was left."""

    def name(self) -> str:
        return "action_reset_complaint"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> Events:
        turn = current_turn(tracker)
        await make(lambda s: moves.keep_form_open(s, turn.id, False))
        return _emptied()


def _emptied() -> Events:
    return [
        SlotSet("complaint_about", None),
        SlotSet("complaint_document", None),
        SlotSet("requested_slot", None),
    ]
