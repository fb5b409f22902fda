"""Small talk that Rasa can't tell apart: surely a courtesy, but is it thanks or a yes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Rasa's own threshold for one intent (config.yml), here for all courtesies together.
_TOGETHER = 0.65
_RESPONSES = {
    "greet": "utter_greet",
    "thank": "utter_thank",
    "affirm": "utter_thank",
    "goodbye": "utter_goodbye",
    "bot_challenge": "utter_bot_challenge",
}


def courtesy_response(ranking: Sequence[Mapping[str, Any]]) -> str | None:
    """What to reply to a message that is a courtesy of some kind, by Rasa's ranking of intents.

    None when it may be something else.
    """
    kinds = {
        str(intent["name"]): float(intent["confidence"])
        for intent in ranking
        if intent["name"] in _RESPONSES
    }
    if sum(kinds.values()) < _TOGETHER:
        return None
    return _RESPONSES[max(kinds, key=lambda name: kinds[name])]
