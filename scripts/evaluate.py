"""`make evaluate`: how often the bot is right, silent or wrong, on questions with known answers.

Every question goes the way of a WhatsApp message (`python -m bot faq ask`); nothing is sent.
The figures are printed; with --write they also go into docs/evaluation.md, and its pictures are
drawn. Of the sealed part only sums are shown: who reads its failures one by one spoils it. With
--gate only that part is measured, and the exit status is 1 when a figure fell beyond the interval
of the recorded one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.report import circumstances, write
from evaluation.figures import by_kind, mean_reciprocal_rank, neighbours, promised, worse
from evaluation.pace import Pace
from evaluation.pictures import draw, trusted
from evaluation.tried import Tried, pace_of_decisions, try_all
from evaluation.trust import bins, calibration_error

from bot.launcher.running import running_service
from bot.settings import ROOT
from knowledge_base.articles import read_articles
from knowledge_base.evaluation import SEALED, TUNING, read_questions

DOCUMENT = ROOT / "docs" / "evaluation.md"
PICTURES = ROOT / "docs" / "pictures"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="also write docs/evaluation.md")
    parser.add_argument("--gate", action="store_true", help="compare with docs/evaluation.md")
    options = parser.parse_args()
    if options.gate:
        return _gate()
    command = ".venv/bin/python scripts/evaluate.py" + (" --write" if options.write else "")
    with running_service():
        tuning, tuning_text = _part("tuning", TUNING)
        sealed, sealed_text = _part("sealed", SEALED)
        pace = pace_of_decisions([t.question.text for t in tuning])
    measured = "\n\n".join(
        [
            f"{circumstances(command)}\n{_cost(pace)}",
            tuning_text,
            sealed_text,
            "taken for each other, in the tuning part:\n\n" + neighbours(tuning),
        ]
    )
    print(measured)
    if options.write:
        write(measured, DOCUMENT)
        draw({"tuning": tuning, "sealed": sealed}, PICTURES)
    return 0


def _part(name: str, file: Path) -> tuple[list[Tried], str]:
    started = time.monotonic()
    tried = try_all(read_questions(file))
    seconds = time.monotonic() - started
    places = [t.place for t in tried if t.covered]
    lines = [
        f"{name}: {len(tried)} messages in {seconds:.0f} s",
        *promised(tried),
        f"  mean reciprocal rank of the first right article: {mean_reciprocal_rank(places):.3f}",
        f"  calibration error: {calibration_error(bins(*trusted(tried))):.1%}",
    ]
    return tried, "\n".join(lines) + "\n\n" + by_kind(tried, _kinds())


def _cost(pace: Pace) -> str:
    return (
        f"decision  {pace.milliseconds(50)} (p50), {pace.milliseconds(95)} (p95), one at a time on "
        f"one core; the process holds {pace.mebibytes()}"
    )


def _kinds() -> dict[str, Callable[[Tried], str]]:
    groups = {article.id: article.group for article in read_articles()}
    return {
        "language": lambda tried: tried.question.language,
        "style": lambda tried: tried.question.style,
        "group": lambda tried: groups[tried.question.articles[0]],
    }


def _gate() -> int:
    """Whether no figure of the sealed part lies beyond the recorded one's interval."""
    recorded = DOCUMENT.read_text(encoding="utf-8").split("\nsealed:")[1].split("\n")
    with running_service():
        now = promised(try_all(read_questions(SEALED)))
    print("\n".join(now))
    fallen = worse(now, recorded)
    for name in fallen:
        print(f"worse than recorded: {name}", file=sys.stderr)
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
