"""Why an editor's step can't be taken."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn


class Obstacle(StrEnum):
    """What stands in the way."""

    CHANGED_MEANWHILE = "changed_meanwhile"  # somebody saved, published or discarded since
    NOT_A_DRAFT = "not_a_draft"  # it is in review already
    NOT_IN_REVIEW = "not_in_review"
    HAS_FAULTS = "has_faults"
    NOTHING_NEW = "nothing_new"  # the text is what is published
    OWN_TEXT = "own_text"  # who wrote it wants to publish it
    REASON_MISSING = "reason_missing"
    NOT_PUBLISHED = "not_published"
    NOT_WITHDRAWN = "not_withdrawn"
    EXPIRED = "expired"  # its last valid day is over


class EditingRefused(Exception):
    """A step can't be taken; `reason` says why."""

    def __init__(self, reason: Obstacle) -> None:
        super().__init__(reason)
        self.reason = reason


def refuse(reason: Obstacle) -> NoReturn:
    raise EditingRefused(reason)


def stated(because: str) -> str:
    """The reason that somebody gave; refused if it is blank."""
    reason = because.strip()
    if not reason:
        refuse(Obstacle.REASON_MISSING)
    return reason
