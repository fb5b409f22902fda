"""What an open page watches, and so which changes it is told, and how soon."""

from __future__ import annotations

from dataclasses import dataclass

Change = dict[str, object]  # such as {"ticket": 42, "conversation": 7}
EVERYTHING: Change = {"all": True}

_CONVERSATION = "conversation"
_ALERTS = "alerts"
GATHER_SECONDS = 0.2
REST_SECONDS = 1.0


@dataclass(frozen=True)
class Watch:
    """A page of this kind; `conversation` is the one that it shows, if it shows one."""

    kind: str = ""
    conversation: int | None = None

    @property
    def gather_seconds(self) -> float:
        """For how long changes are gathered before they are told: a list has many."""
        return GATHER_SECONDS if self._shows_many else 0.0

    @property
    def rest_seconds(self) -> float:
        """How long nothing is told after something was: a list is not asked for again sooner."""
        return REST_SECONDS if self._shows_many else 0.0

    @property
    def _shows_many(self) -> bool:
        return self.kind not in ("", _CONVERSATION)

    def told(self, change: Change) -> Change | None:
        """What the page hears of a change; None if it does not concern the page.

        A conversation's page hears of that conversation; the alerts hear of tickets; the pages
        that show many things only hear that there is something to see.
        """
        if not self.kind or change is EVERYTHING:
            return change
        if self.kind == _CONVERSATION:
            return change if self.conversation == _conversation_in(change) else None
        if self.kind == _ALERTS:
            return EVERYTHING if "ticket" in change else None
        return change if "presence" in change else EVERYTHING


def read_watch(asked: str) -> Watch:
    """The watch that the stream's address names, such as `queue` or `conversation:7`."""
    kind, _, number = asked.partition(":")
    if kind != _CONVERSATION:
        return Watch(kind)
    known = number.isascii() and number.isdigit() and len(number) < 20
    return Watch(kind, int(number)) if known else Watch()


def _conversation_in(change: Change) -> object:
    about = change.get("presence", change)
    return about.get("conversation") if isinstance(about, dict) else None
