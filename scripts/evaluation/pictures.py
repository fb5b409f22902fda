"""Pictures of how far the confidence is to be trusted, as SVG; the same input, the same file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from evaluation.figures import wilson
from evaluation.tried import Tried
from evaluation.trust import bins, sweep
from knowledge_base.decision import ANSWER_FROM


@dataclass(frozen=True)
class _Look:
    color: str
    marker: str
    line: str


# Of Okabe and Ito, told apart by the colour-blind too; shapes and lines tell them apart as well.
_LOOKS = (_Look("#0072B2", "o", "-"), _Look("#D55E00", "s", "--"))
_GREY = "#767676"
_STYLE = {
    "svg.hashsalt": "maraga",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e2e2e2",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "figure.constrained_layout.w_pad": 0.15,
    "figure.constrained_layout.h_pad": 0.1,
}
_PERCENT = PercentFormatter(1, decimals=0)


def draw(parts: Mapping[str, Sequence[Tried]], folder: Path) -> None:
    """Both pictures, with the parts (two of them) side by side, into the folder."""
    with mpl.rc_context(_STYLE):
        _save(_reliability(parts), folder / "evaluation-reliability.svg")
        _save(_risk_coverage(parts), folder / "evaluation-risk-coverage.svg")


def trusted(tried: Sequence[Tried]) -> tuple[list[float], list[bool]]:
    """Of each message for which articles were looked for: the confidence, and whether rightly."""
    found = [(t.made.found.confidence, t.place == 1) for t in tried if t.made.found]
    return [confidence for confidence, _ in found], [right for _, right in found]


def _reliability(parts: Mapping[str, Sequence[Tried]]) -> Figure:
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 1], [0, 1], color=_GREY, linewidth=1, label="as often right as confident")
    for position, ((name, tried), look) in enumerate(zip(parts.items(), _LOOKS, strict=True)):
        _bins(upper, lower, name, tried, look, position)
    upper.set(ylabel="first article is right, of these messages", xlim=(0, 1), ylim=(0, 1.02))
    upper.yaxis.set_major_formatter(_PERCENT)
    upper.legend(loc="lower right", title="with 95% intervals")
    lower.set(xlabel="confidence", ylabel="messages")
    lower.xaxis.set_major_formatter(_PERCENT)
    lower.grid(axis="x", visible=False)
    return figure


def _bins(
    upper: Axes, lower: Axes, name: str, tried: Sequence[Tried], look: _Look, position: int
) -> None:
    made = bins(*trusted(tried))
    confidences = [one.confidence for one in made]
    shares = [one.right / one.count for one in made]
    ends = [wilson(one.right, one.count) for one in made]
    reach = [
        [max(0.0, share - low) for share, (low, _) in zip(shares, ends, strict=True)],
        [max(0.0, high - share) for share, (_, high) in zip(shares, ends, strict=True)],
    ]
    upper.errorbar(
        confidences,
        shares,
        reach,
        label=name,
        color=look.color,
        fmt=look.marker,
        markersize=7,
        markeredgecolor="white",
        elinewidth=1.2,
    )
    places = [one.start + 0.03 + 0.04 * position for one in made]
    lower.bar(places, [one.count for one in made], width=0.035, color=look.color)


def _risk_coverage(parts: Mapping[str, Sequence[Tried]]) -> Figure:
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    for (name, tried), look in zip(parts.items(), _LOOKS, strict=True):
        swept = sweep(*trusted(tried))
        axes.plot(
            swept.answered / len(tried),
            swept.false / swept.answered,
            color=look.color,
            linestyle=look.line,
            label=name,
        )
        answered, false = swept.at(ANSWER_FROM)
        axes.plot(answered / len(tried), false / answered, color=look.color, marker=look.marker)
    marks = [Line2D([], [], color=_GREY, marker=look.marker, linestyle="") for look in _LOOKS]
    lines, names = axes.get_legend_handles_labels()
    axes.legend(
        [*lines, tuple(marks)],
        [*names, f"answered from {ANSWER_FROM:.0%} confidence on"],
        handler_map={tuple: HandlerTuple(None)},
        loc="upper left",
    )
    axes.set(
        xlabel="coverage: answered outright, of all messages",
        ylabel="risk: false, of these answers",
        xlim=(0, 1),
        ylim=(0, None),
    )
    axes.xaxis.set_major_formatter(_PERCENT)
    axes.yaxis.set_major_formatter(_PERCENT)
    return figure


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None, "Creator": None})
