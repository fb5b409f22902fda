"""`make bench-console`: how soon open consoles show a message while many arrive, and miss none.

A hundred consoles are open while 80 messages a second come to the webhook from people whose
tickets officers hold. A console here is a signed-in session over HTTP that does what the page's
scripts do (scripts/bench/console_page.py): a hundred browser tabs don't fit beside the service on
one machine. The figures are printed; with --write they also go into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.console_report import PER_SECOND, Run, report
from bench.consoles import Consoles, first_difference
from bench.desk import Desk, Plan, Seat, make_desk
from bench.folder import command, lend_model, measuring_folder
from bench.load import Shot, send_on_schedule
from bench.maraga import Maraga
from bench.measure import cpu_time
from bench.network import Network, network
from bench.report import say, write

from tests.system.service import Service, wait_for

SECONDS = 30.0
QUICK_SECONDS = 10.0
# After the last message everything is done with, and each console has looked for the last time.
QUIET_SECONDS = 4.0
SAMPLES = 4  # of the web process's memory: before, twice while messages come, after
_SHOWN = re.compile(r' id="message-(\d+)"')


def main() -> int:
    """Run it; 1 when an event was missed."""
    options = _options()
    with measuring_folder(options.keep) as folder, network(folder) as stand_in:
        run = _measure(folder, stand_in, QUICK_SECONDS if options.quick else SECONDS)
    measured = report(run, command("bench-console"))
    print(measured)
    if options.write:
        write(measured, mark="consoles")
    return 1 if run.never_seen or run.wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="messages for ten seconds only")
    parser.add_argument("--write", action="store_true", help="also write docs/benchmarks.md")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the service's data there for a next run"
    )
    return parser.parse_args()


def _measure(folder: Path, stand_in: Network, seconds: float) -> Run:
    data = folder / "maraga"
    if not data.exists():
        lend_model(data)
    service = Service(data, stand_in.url)
    say("Maraga Care starts")
    service.start()
    try:
        maraga = Maraga(service, stand_in)
        plan = Plan()
        say(f"  {plan.people} people get a ticket that an officer holds")
        desk = make_desk(service.engine, plan)
        maraga.rest()
        say(f"  {plan.consoles} consoles open")
        with Consoles(service.url, desk.seats) as consoles:
            time.sleep(QUIET_SECONDS)
            return _send(maraga, stand_in, consoles, desk, plan, seconds)
    finally:
        service.stop()


def _send(
    maraga: Maraga,
    stand_in: Network,
    consoles: Consoles,
    desk: Desk,
    plan: Plan,
    seconds: float,
) -> Run:
    count = round(PER_SECOND * seconds)
    forms = [
        maraga.form(desk.people[n % len(desk.people)], f"Pesan {n}: sudah sampai di mana?")
        for n in range(count)
    ]
    say(f"  {PER_SECOND} messages a second for {seconds:.0f} s")
    fetched_before = sum(page.fetches for page in consoles.pages)
    others = {**stand_in.processes, "sender and consoles": os.getpid()}
    cpu: dict[str, float] = {}
    with (
        _memory_of(maraga.service.pid("web"), seconds) as memory,
        cpu_time({**maraga.processes(), **others}, cpu),
    ):
        shots = send_on_schedule(forms, PER_SECOND)
    fetched = sum(page.fetches for page in consoles.pages) - fetched_before
    maraga.rest()
    _wait_for_quiet(consoles)
    visible, never_seen = _visible(maraga, consoles, desk, shots)
    return Run(
        plan=plan,
        seconds=seconds,
        shots=shots,
        visible=visible,
        never_seen=never_seen,
        wrong=_wrong(maraga, consoles, desk),
        faults=[fault for page in consoles.pages for fault in page.faults],
        fetches=fetched,
        memory=memory,
        cpu=cpu,
    )


def _wait_for_quiet(consoles: Consoles) -> None:
    """Until no console has a reason to look again."""

    def are_settled() -> bool:
        return all(page.is_settled(QUIET_SECONDS) for page in consoles.pages)

    wait_for("the consoles have seen it all", are_settled, 60)


@contextmanager
def _memory_of(pid: int, seconds: float) -> Iterator[list[float]]:
    """The memory of a process in MiB, SAMPLES times from the begin to the end of the block."""
    process = psutil.Process(pid)
    found: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        for _ in range(SAMPLES - 1):
            found.append(process.memory_info().rss / 2**20)
            if ended.wait(seconds / (SAMPLES - 1)):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield found
    ended.set()
    watcher.join()
    found.append(process.memory_info().rss / 2**20)


def _visible(
    maraga: Maraga, consoles: Consoles, desk: Desk, shots: Sequence[Shot]
) -> tuple[list[float], int]:
    """From the due moment until an open console held it, sorted; and how many were never held."""
    pages = zip(desk.seats, consoles.pages, strict=True)
    watched = {seat.person: page for seat, page in pages if seat.person}
    sent = [shot for shot in shots if shot.person in watched]
    rows = maraga.service.rows(
        "SELECT id, message_sid FROM message WHERE message_sid = ANY(:sids)",
        sids=[shot.sid for shot in sent],
    )
    ids = {row["message_sid"]: row["id"] for row in rows}
    seen = [(watched[shot.person].first_seen.get(ids.get(shot.sid, 0)), shot.due) for shot in sent]
    latencies = sorted(at - due for at, due in seen if at is not None)
    return latencies, len(seen) - len(latencies)


def _wrong(maraga: Maraga, consoles: Consoles, desk: Desk) -> list[str]:
    """Pages whose last state is not what the server gives now, or not what the database holds."""
    found = []
    for seat, page, fresh in zip(desk.seats, consoles.pages, consoles.fresh(), strict=True):
        where = f"{seat.address} of {seat.username}"
        if difference := first_difference(page.shown, fresh):
            found.append(f"{where} is not what the server gives: {difference}")
        if seat.conversation is not None and _shown(page.shown) != _kept(maraga, seat, page.shown):
            found.append(f"{where} is not what the database holds")
    return found


def _shown(page: str) -> list[int]:
    return [int(number) for number in _SHOWN.findall(page)]


def _kept(maraga: Maraga, seat: Seat, page: str) -> list[int]:
    rows = maraga.service.rows(
        "SELECT id FROM message WHERE conversation_id = :conversation AND id >= :first "
        "ORDER BY at, id",
        conversation=seat.conversation,
        first=min(_shown(page), default=0),
    )
    return [row["id"] for row in rows]


if __name__ == "__main__":
    sys.exit(main())
