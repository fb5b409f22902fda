"""What a report is made of: blocks of one table each, some with a chart above it.

A cell holds the plain value; its column's kind says how a page or a file writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.console.reports.charts import Columns, Heatmap


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"  # a whole number
    DECIMAL = "decimal"
    SHARE = "share"  # 0 to 1
    LENGTH = "length"  # a timedelta
    DAY = "day"  # a date
    MOMENT = "moment"  # an aware datetime


@dataclass(frozen=True)
class Column:
    title: str
    kind: Kind = Kind.TEXT

    @property
    def is_figure(self) -> bool:
        """Figures stand to the right, so that their digits lie below each other."""
        return self.kind in (Kind.NUMBER, Kind.DECIMAL, Kind.SHARE, Kind.LENGTH)


@dataclass(frozen=True)
class Block:
    """One table; `name` is in addresses and names of files."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    note: str = ""
    chart: Columns | Heatmap | None = None
