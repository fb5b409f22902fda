"""The figures as plain text, and as the part of docs/benchmarks.md between its two marks."""

from __future__ import annotations

import math
import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.measure import Result, percentile
from bot.launcher.postgres import MAJOR_VERSION
from bot.settings import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"

_HEADINGS = (
    "system",
    "conversation",
    "load",
    "sent",
    "ack p50",
    "ack p99",
    "reply p50",
    "reply p95",
    "reply max",
    "failed",
)


def report(results: Sequence[Result], notes: Sequence[str], command: str) -> str:
    """All of it, as it is printed."""
    parts = [
        circumstances(command),
        table(_HEADINGS, [_row(result) for result in results]),
        "\n".join(f"- {note}" for note in notes),
        "CPU time a message, in milliseconds:",
        _cpu_table(results),
    ]
    return "\n\n".join(parts)


def write(measured: str, document: Path = DOCUMENT, mark: str = "measured") -> None:
    """Put the figures between the document's marks, in the place of those of the last time.

    Raises ValueError when the document has no such marks.
    """
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    block = f"{begin}\n```text\n{measured}\n```\n{end}"
    pattern = re.escape(begin) + ".*" + re.escape(end)
    changed, places = re.subn(pattern, lambda _: block, text, flags=re.DOTALL)
    if not places:
        raise ValueError(f"{document} has no place for figures: put {begin} and {end} into it")
    document.write_text(changed, encoding="utf-8")


def circumstances(command: str) -> str:
    """When, on what and with what was measured, a line each."""
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [
        f"date      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"machine   {os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB memory, "
        f"{platform.system()} {platform.release()}",
        f"versions  Python {platform.python_version()}, PostgreSQL {MAJOR_VERSION}, "
        f"uvicorn {version('uvicorn')}, SQLAlchemy {version('sqlalchemy')}, "
        f"Rasa {_rasa_version()}",
        f"command   {command}",
        f"load average at the end  {load}",
    ]
    return "\n".join(lines)


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.processor() or "unknown processor"


def _rasa_version() -> str:
    pinned = (ROOT / "requirements" / "rasa.txt").read_text()
    found = re.search(r"^rasa==(\S+)", pinned, flags=re.MULTILINE)
    return found.group(1) if found else "unknown"


def _row(result: Result) -> list[str]:
    failed = ", ".join(f"{count} {what}" for what, count in sorted(result.failures.items()))
    return [
        result.system,
        result.conversation,
        f"{result.per_second:g}/s",
        str(len(result.shots)),
        milliseconds(percentile(result.acknowledgements, 50)),
        milliseconds(percentile(result.acknowledgements, 99)),
        *(milliseconds(percentile(result.replies, percent)) for percent in (50, 95, 100)),
        failed or "0",
    ]


def milliseconds(seconds: float) -> str:
    """A span in seconds as the tables have it; a dash when there is none."""
    if math.isnan(seconds):
        return "-"
    return f"{seconds * 1000:,.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def _cpu_table(results: Sequence[Result]) -> str:
    names = list(dict.fromkeys(name for result in results for name in result.cpu))
    rows = [
        [
            result.system,
            result.conversation,
            f"{result.per_second:g}/s",
            *(_share(result, name) for name in names),
        ]
        for result in results
    ]
    return table(("system", "conversation", "load", *names), rows)


def _share(result: Result, name: str) -> str:
    spent = result.cpu.get(name)
    return "" if spent is None else f"{spent / len(result.shots) * 1000:.1f}"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns under their headings."""
    widths = [max(len(line[n]) for line in [headings, *rows]) for n in range(len(headings))]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def say(line: str) -> None:
    """Progress goes to standard error, so that the table can be kept alone."""
    print(line, file=sys.stderr, flush=True)
