"""How bad the stand-in's network is: read, set, and turned into what happens to one message."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot.models.simulator import FailKind, SimulatorFaults, SimulatorStatus

FINAL_STATUSES = (
    SimulatorStatus.READ,
    SimulatorStatus.DELIVERED,
    SimulatorStatus.SENT,
    SimulatorStatus.FAILED,
    SimulatorStatus.UNDELIVERED,
)
LONGEST_DELAY_MS = 60_000
REORDER_SPREAD_SECONDS = 2.0


class FaultsRefused(ValueError):
    """A fault was set to something it does not take; the text says which and what it takes."""


@dataclass(frozen=True)
class Faults:
    """A healthy network unless said otherwise. `fail_rate` is a share between 0 and 1."""

    delay_ms: int = 0
    fail_rate: float = 0.0
    fail_kind: FailKind = FailKind.SERVER_ERROR
    duplicate: bool = False
    reorder: bool = False
    final_status: SimulatorStatus = SimulatorStatus.READ

    @property
    def delay_seconds(self) -> float:
        return self.delay_ms / 1000

    @property
    def healthy(self) -> bool:
        return self == Faults(fail_kind=self.fail_kind)

    def drawn_failure(self) -> FailKind | None:
        """How the next send goes wrong, or None when it goes well."""
        return self.fail_kind if random.random() < self.fail_rate else None

    def drawn_lateness(self) -> float:
        """Seconds by which one form is held back, beside the delay that all share."""
        return random.uniform(0, REORDER_SPREAD_SECONDS) if self.reorder else 0.0


def current_faults(session: Session) -> Faults:
    row = session.get(SimulatorFaults, 1)
    if row is None:
        return Faults()
    return Faults(
        delay_ms=row.delay_ms,
        fail_rate=row.fail_rate,
        fail_kind=row.fail_kind,
        duplicate=row.duplicate,
        reorder=row.reorder,
        final_status=row.final_status,
    )


def set_faults(session: Session, faults: Faults) -> None:
    values = asdict(faults)
    statement = insert(SimulatorFaults).values(id=1, **values)
    session.execute(
        statement.on_conflict_do_update(index_elements=[SimulatorFaults.id], set_=values)
    )


def faults_from(facts: Mapping[str, object], before: Faults) -> Faults:
    """`before` with what `facts` names changed; raises FaultsRefused."""
    unknown = set(facts) - set(asdict(before))
    if unknown:
        raise FaultsRefused(f"{', '.join(sorted(unknown))}: not a fault of this network")
    merged = asdict(before) | dict(facts)
    return Faults(
        delay_ms=_delay(merged["delay_ms"]),
        fail_rate=_share(merged["fail_rate"]),
        fail_kind=_fail_kind(merged["fail_kind"]),
        duplicate=_switch("duplicate", merged["duplicate"]),
        reorder=_switch("reorder", merged["reorder"]),
        final_status=_final_status(merged["final_status"]),
    )


def _delay(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST_DELAY_MS:
        raise FaultsRefused(f"delay_ms takes a whole number from 0 to {LONGEST_DELAY_MS}")
    return value


def _share(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise FaultsRefused("fail_rate takes a number from 0 to 1")
    return float(value)


def _fail_kind(value: object) -> FailKind:
    try:
        return FailKind(str(value))
    except ValueError:
        raise FaultsRefused(f"fail_kind takes {', '.join(FailKind)}") from None


def _final_status(value: object) -> SimulatorStatus:
    if value not in FINAL_STATUSES:
        raise FaultsRefused(f"final_status takes {', '.join(FINAL_STATUSES)}")
    return SimulatorStatus(str(value))


def _switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FaultsRefused(f"{name} takes true or false")
    return value
