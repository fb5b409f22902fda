"""Who looks at which conversation and who is writing there, as far as this process was told."""

from __future__ import annotations

from dataclasses import asdict, dataclass

DOINGS = ("looking", "typing", "left")
FORGOTTEN_AFTER = 25.0  # seconds without a sign; pages give one every ten


@dataclass(frozen=True)
class Presence:
    """What a person does in a conversation: `looking`, `typing`, or `left`."""

    conversation: int
    staff: int
    name: str
    doing: str


class Present:
    """The people who are present. Lives in one event loop."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[Presence, float]] = {}

    def note(self, presence: Presence, now: float) -> bool:
        """Keep it; whether it is news. `now` is monotonic, in seconds."""
        key = (presence.conversation, presence.staff)
        known, _ = self._seen.get(key, (None, 0.0))
        if presence.doing == "left":
            return self._seen.pop(key, None) is not None
        self._seen[key] = (presence, now)
        return known != presence

    def sweep(self, now: float) -> list[Presence]:
        """Forget who gave no sign for long; gives them as having left."""
        gone = [p for p, at in self._seen.values() if now - at > FORGOTTEN_AFTER]
        for presence in gone:
            del self._seen[presence.conversation, presence.staff]
        return [Presence(p.conversation, p.staff, p.name, "left") for p in gone]

    def everybody(self) -> list[dict[str, object]]:
        """All who are present, for a page that has just been opened."""
        return [asdict(presence) for presence, _ in list(self._seen.values())]


def read_presence(facts: dict[str, object]) -> Presence | None:
    """The presence that a notification tells; None if it tells none."""
    conversation, staff = facts.get("conversation"), facts.get("staff")
    name, doing = facts.get("name"), facts.get("doing")
    if not isinstance(conversation, int) or not isinstance(staff, int):
        return None
    if not isinstance(name, str) or doing not in DOINGS:
        return None
    return Presence(conversation, staff, name, str(doing))
