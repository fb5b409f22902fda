"""What a change does to remembered questions: the same ones, answered before and after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

ANSWER = "answer"


@dataclass(frozen=True)
class Reached:
    """What a question comes to: `kind` is answer, choices or person, `confidence` a probability."""

    kind: str
    articles: tuple[str, ...]
    confidence: float

    @property
    def answer(self) -> str | None:
        """The article that is given, if one is."""
        return self.articles[0] if self.kind == ANSWER else None


@dataclass(frozen=True)
class Asked:
    """A remembered question with what it must reach (None: a person) and what it reached.

    The article that it must reach may be another after the change, as articles cover others.
    """

    id: int
    text: str
    wanted: str | None
    wanted_after: str | None
    before: Reached
    after: Reached

    @property
    def was_right(self) -> bool:
        return is_right(self.before, self.wanted)

    @property
    def is_right(self) -> bool:
        return is_right(self.after, self.wanted_after)

    @property
    def stolen_by(self) -> str | None:
        """The article that comes first instead of the right one, if one does."""
        first = self.after.articles[:1]
        return first[0] if self.was_right and not self.is_right and first else None


Holds = Callable[[Reached, str | None], bool]


def is_right(reached: Reached, wanted: str | None) -> bool:
    """Whether the wanted article is given or offered; for a person, that none is given."""
    return reached.answer is None if wanted is None else wanted in reached.articles


def comparison(asked: Sequence[Asked]) -> dict[str, Any]:
    """The result as a page shows it and as JSON keeps it: lists of questions, and figures."""
    covered = [one for one in asked if one.wanted is not None]
    return {
        "newly_wrong": [_told(one) for one in asked if one.was_right and not one.is_right],
        "newly_right": [_told(one) for one in asked if one.is_right and not one.was_right],
        "changed": [_told(one) for one in asked if _is_only_changed(one)],
        "questions": len(asked),
        "figures": {
            "answered": _figure(covered, _is_answered_right),
            "reached": _figure(covered, is_right),
            "false": _figure(asked, _is_false),
        },
    }


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share, after Wilson (1927)."""
    if not of:
        return 0.0, 1.0
    z = 1.96
    share = count / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)


def _told(one: Asked) -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.text,
        "wanted": one.wanted_after,
        "before": _reached(one.before),
        "after": _reached(one.after),
        "stolen_by": one.stolen_by,
    }


def _reached(reached: Reached) -> dict[str, Any]:
    return asdict(reached) | {
        "articles": list(reached.articles),
        "confidence": round(reached.confidence, 3),
    }


def _is_only_changed(one: Asked) -> bool:
    """As right or wrong as before, but the applicant gets something else."""
    moved = (one.before.kind, one.before.answer) != (one.after.kind, one.after.answer)
    return moved and one.was_right == one.is_right


def _is_answered_right(reached: Reached, wanted: str | None) -> bool:
    return reached.answer is not None and reached.answer == wanted


def _is_false(reached: Reached, wanted: str | None) -> bool:
    return reached.answer is not None and reached.answer != wanted


def _figure(asked: Sequence[Asked], holds: Holds) -> dict[str, Any]:
    """How many of them, before and after, with the intervals of their shares."""
    before = sum(holds(one.before, one.wanted) for one in asked)
    after = sum(holds(one.after, one.wanted_after) for one in asked)
    return {"before": _share(before, len(asked)), "after": _share(after, len(asked))}


def _share(count: int, of: int) -> dict[str, Any]:
    low, high = wilson(count, of)
    return {"count": count, "of": of, "low": round(low, 4), "high": round(high, 4)}
