"""A clock as a page shows it: how much is left, how it feels, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.console.language import N_, Words
from bot.console.times import clock_time, day_name, exact
from bot.desk.sla import warn_at
from bot.models import Clock, ClockKind


@dataclass(frozen=True)
class Deadline:
    """A clock that runs: due when, and from when on it is urgent."""

    due_at: datetime
    urgent_at: datetime
    of_section: bool

    def mood(self, now: datetime) -> str:
        """`calm`, `urgent` or `breached`."""
        if now > self.due_at:
            return "breached"
        return "urgent" if now >= self.urgent_at else "calm"


def deadline_of(clock: Clock | None) -> Deadline | None:
    """The deadline of a running clock."""
    if clock is None or clock.stopped_at is not None:
        return None
    return Deadline(
        clock.due_at, warn_at(clock.started_at, clock.due_at), clock.kind == ClockKind.SECTION
    )


_RULES = {
    "working": N_(
        "Pukul {time} ada di antara {start} dan {end}, di dalam jam kerja: dijawab paling lambat "
        "{minutes} menit."
    ),
    "outside": N_("Pukul {time} di luar jam kerja: dijawab paling lambat {minutes} menit."),
    "section": N_("Seksi diberi {minutes} menit jam kerja."),
    "head": N_("Kepala Seksi diberi {minutes} menit jam kerja."),
}


def explained(steps: list[Any], words: Words) -> list[str]:
    """Each step that led to a deadline, as a sentence."""
    by_kind = {step["step"]: step for step in steps}
    return [_sentence(step, by_kind, words) for step in steps]


def _sentence(step: dict[str, Any], steps: dict[str, Any], words: Words) -> str:
    kind = step["step"]
    if kind == "sent":
        return words.gettext("Jam dihitung sejak {when} (kalender kantor versi {version}).").format(
            when=exact(datetime.fromisoformat(step["at"]), words), version=step["calendar"]
        )
    if kind == "day":
        return _day(step, words)
    if kind == "rule":
        return _rule(step, steps, words)
    if kind == "span":
        start, end = (datetime.fromisoformat(step[key]) for key in ("from", "to"))
        return words.gettext("{day}: {start} sampai {end}.").format(
            day=day_name(start, words), start=clock_time(start, words), end=clock_time(end, words)
        )
    due = exact(datetime.fromisoformat(step["at"]), words)
    return words.gettext("Tenggat: {when}.").format(when=due)


def _rule(step: dict[str, Any], steps: dict[str, Any], words: Words) -> str:
    """Which length holds, and by which interval of the day."""
    sent = datetime.fromisoformat(steps["sent"]["local"])
    at = sent.strftime("%H:%M")
    intervals = steps["day"]["intervals"] if "day" in steps else []
    start, end = next((i for i in intervals if i[0] <= at < i[1]), ("", ""))
    mark = "." if words.code == "id" else ":"
    shown = {
        name: text.replace(":", mark)
        for name, text in {"time": at, "start": start, "end": end}.items()
    }
    sentence = _RULES[step["rule"]]
    return words.gettext(sentence).format(minutes=step["minutes"], **shown)


def _day(step: dict[str, Any], words: Words) -> str:
    if not step["intervals"]:
        if step["hours"] == "weekly":
            return words.gettext("Hari itu bukan hari kerja.")
        return words.gettext("Hari itu libur: {name}.").format(name=step["hours"])
    separator = "." if words.code == "id" else ":"
    hours = ", ".join(f"{start}–{end}".replace(":", separator) for start, end in step["intervals"])
    if step["hours"] == "weekly":
        return words.gettext("Jam kerja hari itu: {hours}.").format(hours=hours)
    return words.gettext("Jam kerja hari itu ({name}): {hours}.").format(
        name=step["hours"], hours=hours
    )
