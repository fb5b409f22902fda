"""`make bench`: how fast the webhook acknowledges and a question is answered, beside plain Rasa.

Everything runs on this machine and ends by itself. The figures are printed; with --write they
also go into docs/benchmarks.md, which says what they mean.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.folder import command, lend_model, measuring_folder
from bench.maraga import Maraga, candidate_questions
from bench.measure import Result, ask, percentile
from bench.network import Network, network
from bench.plain_rasa import PlainRasa
from bench.report import report, say, write

from tests.system.service import Service

FRESH, SHORT, LONG = "fresh", "1 earlier turn", "50 earlier turns"
EARLIER_TURNS = 50


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    reply_seconds: float
    acknowledgement_seconds: float
    people_with_a_past: int
    rates: tuple[float, ...] = (5, 20)
    acknowledgement_rate: float = 100
    people_at_the_webhook: int = 750
    drain_seconds: float = 60


FULL = Plan(reply_seconds=20, acknowledgement_seconds=15, people_with_a_past=100)
QUICK = Plan(reply_seconds=4, acknowledgement_seconds=4, people_with_a_past=20, drain_seconds=15)


def main() -> int:
    options = _options()
    started = time.monotonic()
    with measuring_folder(options.keep) as folder, network(folder) as stand_in:
        plan = QUICK if options.quick else FULL
        results, notes, questions = _measure_ours(folder, stand_in, plan)
        if not options.ours:
            rival_results, rival_notes = _measure_rival(folder, stand_in, plan, questions)
            results += rival_results
            notes += rival_notes
    notes.append(
        f"the sender was at most {max(r.sender_lag for r in results) * 1000:.0f} ms late; "
        f"the whole run took {time.monotonic() - started:.0f} s"
    )
    measured = report(results, notes, command("bench"))
    print(measured)
    if options.write:
        write(measured)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke check of two minutes")
    parser.add_argument("--ours", action="store_true", help="leave plain Rasa out")
    parser.add_argument("--write", action="store_true", help="also write docs/benchmarks.md")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the trained models and logs there"
    )
    return parser.parse_args()


def _measure_ours(
    folder: Path, stand_in: Network, plan: Plan
) -> tuple[list[Result], list[str], list[str]]:
    data = folder / "maraga"
    shutil.rmtree(data, ignore_errors=True)
    lend_model(data, folder / "model")
    service = Service(data, stand_in.url)
    say("Maraga Care starts")
    service.start()
    try:
        maraga = Maraga(service, stand_in)
        questions = maraga.answerable(list(candidate_questions()))
        say(f"  {len(questions)} questions; making conversations of {EARLIER_TURNS} turns")
        narrator = "whatsapp:+628190000000"
        maraga.talk(narrator, _in_turn(questions, EARLIER_TURNS))
        old = maraga.copy_conversation(narrator, plan.people_with_a_past, 628191000000)
        results = _questions_at_each_rate(maraga, plan, questions, old, stand_in)
        result, notes = _acknowledgements(maraga, plan, questions, stand_in)
    finally:
        service.stop()
        _keep_model(folder, data)
    return [result, *results], notes, questions


def _keep_model(folder: Path, data: Path) -> None:
    if (data / "rasa").exists():
        shutil.rmtree(folder / "model", ignore_errors=True)
        shutil.copytree(data / "rasa", folder / "model")


def _in_turn(questions: Sequence[str], count: int) -> list[str]:
    return [questions[n % len(questions)] for n in range(count)]


def _questions_at_each_rate(
    system: Maraga | PlainRasa,
    plan: Plan,
    questions: Sequence[str],
    old: Sequence[str],
    stand_in: Network,
) -> list[Result]:
    results = []
    for earlier, rate in enumerate(plan.rates):
        fresh = [
            f"whatsapp:+62812{rate:03.0f}{n:05d}" for n in range(int(rate * plan.reply_seconds))
        ]
        # Who asks again what was just answered is given to an officer, and the bot is silent then.
        others_first = [*questions[earlier:], *questions[:earlier]]
        cases = [(FRESH, fresh, questions), (LONG, old, others_first)]
        if rate == min(plan.rates):  # what a past costs, and what its length adds
            cases.insert(1, (SHORT, fresh, [*questions[1:], questions[0]]))
        for conversation, people, asked in cases:
            say(f"  {system.name}: {rate:g} questions a second, {conversation}")
            others = {**stand_in.processes, "sender": os.getpid()}
            result = ask(system, conversation, people, asked, rate, plan.reply_seconds, others)
            say(f"    reply p95 {percentile(result.replies, 95) * 1000:.0f} ms")
            results.append(result)
    return results


def _acknowledgements(
    maraga: Maraga, plan: Plan, questions: Sequence[str], stand_in: Network
) -> tuple[Result, list[str]]:
    rate = plan.acknowledgement_rate
    say(f"  {maraga.name}: {rate:g} webhook calls a second")
    people = [f"whatsapp:+62813{n:07d}" for n in range(plan.people_at_the_webhook)]
    others = {**stand_in.processes, "sender": os.getpid()}
    result = ask(
        maraga,
        "fresh, webhook",
        people,
        questions,
        rate,
        plan.acknowledgement_seconds,
        others,
        settle_seconds=plan.drain_seconds,
    )
    first, last = result.shots[0].due, result.shots[-1].due
    handled = maraga.handled_between(first, last)
    notes = [
        f"at {rate:g}/s {maraga.stored(result.shots)} of {len(result.shots)} messages were stored; "
        f"{handled} ({handled / (last - first):.0f}/s) were handled while they came in, "
        f"{len(result.replies)} were answered within {plan.drain_seconds:.0f} s of the last"
    ]
    return result, notes


def _measure_rival(
    folder: Path, stand_in: Network, plan: Plan, questions: Sequence[str]
) -> tuple[list[Result], list[str]]:
    rival = PlainRasa(folder / "rival", stand_in)
    say("plain Rasa trains")
    rival.train()
    rival.start()
    try:
        articles = candidate_questions()
        right = rival.right_answers({question: articles[question] for question in questions})
        say(f"  making conversations of {EARLIER_TURNS} turns")
        narrator = "whatsapp:+628180000000"
        rival.talk(narrator, _in_turn(questions, EARLIER_TURNS))
        old = rival.copy_conversation(narrator, plan.people_with_a_past, 628181000000)
        results = _questions_at_each_rate(rival, plan, questions, old, stand_in)
    finally:
        rival.stop()
    return results, [f"plain Rasa picked the right article for {right:.0%} of the questions"]


if __name__ == "__main__":
    sys.exit(main())
