"""What one run of `make bench-console` found, as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.desk import Plan
from bench.load import Shot
from bench.measure import percentile
from bench.report import circumstances, milliseconds, table

PER_SECOND = 80

_HEADINGS = (
    "consoles",
    "load",
    "sent",
    "refused",
    "ack p95",
    "watched",
    "visible p50",
    "visible p95",
    "visible max",
    "never seen",
    "wrong at the end",
)


@dataclass(frozen=True)
class Run:
    """What one run found. Latencies are in seconds, sorted."""

    plan: Plan
    seconds: float
    shots: Sequence[Shot]
    visible: Sequence[float]
    never_seen: int
    wrong: Sequence[str]  # what a console holds at the end that is not so
    faults: Sequence[str]  # requests of consoles that failed
    fetches: int
    memory: Sequence[float] = ()  # of the web process, MiB
    cpu: Mapping[str, float] = field(default_factory=dict)  # of each program, seconds


def report(run: Run, command: str) -> str:
    """All of it, as it is printed."""
    return "\n\n".join(
        [
            circumstances(command),
            table(_HEADINGS, [_row(run)]),
            "\n".join(f"- {note}" for note in _notes(run)),
            f"CPU time in seconds of each program's, while messages came for {run.seconds:.0f} s:",
            table(list(run.cpu), [[f"{spent:.1f}" for spent in run.cpu.values()]]),
        ]
    )


def _row(run: Run) -> list[str]:
    acknowledged = sorted(shot.answered - shot.due for shot in run.shots if shot.accepted)
    return [
        str(run.plan.consoles),
        f"{PER_SECOND}/s",
        str(len(run.shots)),
        str(len(run.shots) - len(acknowledged)),
        milliseconds(percentile(acknowledged, 95)),
        str(len(run.visible) + run.never_seen),
        *(milliseconds(percentile(run.visible, percent)) for percent in (50, 95, 100)),
        str(run.never_seen),
        str(len(run.wrong)),
    ]


def _notes(run: Run) -> list[str]:
    plan = run.plan
    lag = max(shot.sent - shot.due for shot in run.shots)
    notes = [
        f"{plan.people} people write in turn, all with a ticket that an officer holds",
        f"{plan.conversations} consoles have one conversation each open (so one message in "
        f"{plan.people / plan.conversations:.0f} is watched), {plan.queues} the queue, "
        f"{plan.boards} the board; each also waits for alerts and gives signs of presence",
        "visible: from the moment the webhook call was due until a console that has the "
        "conversation open holds the message in the page it fetched",
        f"the consoles fetched {run.fetches} pages while messages came "
        f"({run.fetches / run.seconds:.0f}/s)",
        "at the end each console's page was compared with a fresh one, and its messages with the "
        "database",
        "memory of the web process, in MiB, from the first message to the last: "
        + ", ".join(f"{value:.0f}" for value in run.memory),
        f"the sender was at most {lag * 1000:.0f} ms late",
    ]
    notes += [f"WRONG: {what}" for what in run.wrong[:10]]
    notes += (
        [f"{len(run.faults)} requests of consoles failed: {run.faults[0]}"] if run.faults else []
    )
    return notes
