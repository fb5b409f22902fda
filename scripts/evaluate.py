"""`make evaluate`: how often the bot is right, silent or wrong, on questions with known answers.

Every question goes the way of a WhatsApp message (`python -m bot faq ask`); nothing is sent.
The figures are printed; with --write they also go into docs/evaluation.md. Of the sealed part
only sums are shown: who reads its failures one by one spoils it. With --gate only that part is
measured, and the exit status is 1 when a figure fell below the interval of the recorded one.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import write

from bot.db import transaction
from bot.faq.asking import Asked, Outcome, Understanding, ask
from bot.faq.search import Knowledge
from bot.launcher.running import running_service
from bot.settings import ROOT
from knowledge_base.evaluation import SEALED, TUNING, Question, read_questions

DOCUMENT = ROOT / "docs" / "evaluation.md"
_WIDTH = 26


@dataclass(frozen=True)
class Tried:
    question: Question
    made: Asked

    @property
    def covered(self) -> bool:
        return self.question.expect == "answer"

    @property
    def answered(self) -> bool:
        return self.made.outcome is Outcome.ANSWER

    @property
    def right(self) -> bool:
        """Answered, and with nothing but articles that are right."""
        return self.answered and set(self.made.articles) <= set(self.question.articles)

    @property
    def offered(self) -> bool:
        """The right article is among the choices."""
        right = set(self.made.articles) & set(self.question.articles)
        return self.made.outcome is Outcome.CHOICES and bool(right)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/evaluation.md")
    parser.add_argument("--gate", action="store_true", help="compare with docs/evaluation.md")
    options = parser.parse_args()
    if options.gate:
        return _gate()
    with running_service():
        parts = [_part(name, file) for name, file in (("tuning", TUNING), ("sealed", SEALED))]
    command = ".venv/bin/python scripts/evaluate.py" + (" --write" if options.write else "")
    head = [f"date      {datetime.now(UTC):%Y-%m-%d}", f"machine   {os.cpu_count()} cores"]
    measured = "\n\n".join(["\n".join([*head, f"command   {command}"]), *parts])
    print(measured)
    if options.write:
        write(measured, DOCUMENT)
    return 0


def _part(name: str, file: Path) -> str:
    started = time.monotonic()
    tried = _try_all(read_questions(file))
    seconds = time.monotonic() - started
    lines = [f"{name}: {len(tried)} messages in {seconds:.0f} s", *_figures(tried)]
    covered = [t for t in tried if t.covered]
    for what, of in (("language", _language), ("style", _style)):
        lines.append(f"  right or offered, by {what}:")
        for value in sorted({of(t) for t in covered}):
            some = [t for t in covered if of(t) == value]
            lines.append(_line(f"  {value}", some, lambda t: t.right or t.offered))
    return "\n".join(lines)


def _figures(tried: Sequence[Tried]) -> list[str]:
    """The figures that are promised, a line each."""
    covered = [t for t in tried if t.covered]
    person = [t for t in tried if t.question.expect == "person"]
    chat = [t for t in tried if t.question.expect == "chat"]
    inside = [t for t in tried if t.question.style == "small-talk-question"]
    return [
        _line("covered: right answer", covered, lambda t: t.right),
        _line("covered: answered outright", covered, lambda t: t.answered),
        _line("covered: right or offered", covered, lambda t: t.right or t.offered),
        _line("not answered falsely", tried, lambda t: t.right or not t.answered),
        _line("person wanted: silent", person, lambda t: not t.answered),
        _line("small talk: no article", chat, lambda t: not t.made.articles),
        _line("small talk: not a person", chat, lambda t: t.made.outcome is Outcome.CHAT),
        _line("question in small talk kept", inside, lambda t: t.made.outcome is not Outcome.CHAT),
    ]


def _gate() -> int:
    """Whether every figure of the sealed part lies above the recorded one's interval's end."""
    recorded = _shares(DOCUMENT.read_text(encoding="utf-8").split("\nsealed:")[1].split("\n"))
    with running_service():
        now = _figures(_try_all(read_questions(SEALED)))
    print("\n".join(now))
    shares = _shares(now)
    worse = [name for name, (share, _) in shares.items() if share < recorded[name][1]]
    for name in worse:
        print(f"worse than recorded: {name}", file=sys.stderr)
    return 1 if worse else 0


def _shares(lines: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Share and lower end of its interval, in percent, by the name of the figure."""
    found: dict[str, tuple[float, float]] = {}
    for line in lines:
        match = re.match(r"  (\S.*?)\s+([\d.]+)%\s+\(([\d.]+)% to", line)
        if match and match[1] not in found:
            found[match[1]] = float(match[2]), float(match[3])
    return found


def _try_all(questions: Sequence[Question]) -> list[Tried]:
    knowledge = Knowledge()
    with closing(Understanding()) as understanding, ThreadPoolExecutor(4) as several:

        def one(question: Question) -> Tried:
            with transaction() as session:
                return Tried(question, ask(session, knowledge, understanding, question.text))

        return list(several.map(one, questions))


def _language(tried: Tried) -> str:
    return tried.question.language


def _style(tried: Tried) -> str:
    return tried.question.style


def _line(what: str, among: Sequence[Tried], holds: Callable[[Tried], bool]) -> str:
    count = sum(map(holds, among))
    low, high = wilson(count, len(among))
    share = count / len(among) if among else math.nan
    return f"  {what:<{_WIDTH}} {share:6.1%}  ({low:.1%} to {high:.1%})  {count} of {len(among)}"


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share, after Wilson (1927)."""
    if not of:
        return 0.0, 1.0
    z = 1.96
    share = count / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)


if __name__ == "__main__":
    sys.exit(main())
