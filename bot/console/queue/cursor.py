"""Where a page of the queue ends and the next one begins: by key, so that no page is slow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

# What has no deadline comes after everything that has one.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: the moment it is ordered by, its id, and whether it is over.

    What is open is ordered by its deadline; what is over follows, the latest first.
    """

    at: datetime
    id: int
    is_over: bool = False

    def __str__(self) -> str:
        return f"{'c' if self.is_over else 'o'}{self.at.timestamp():.6f}_{self.id}"

    @classmethod
    def read(cls, written: str) -> Cursor | None:
        """The cursor of an address; None for the first page, or if it is none."""
        at, _, number = written[1:].partition("_")
        if written[:1] not in ("o", "c") or not _is_key(number):
            return None
        try:
            return cls(datetime.fromtimestamp(float(at), UTC), int(number), written[0] == "c")
        except (ValueError, OverflowError, OSError):
            return None


def after(
    moment: ColumnElement[datetime], key: ColumnElement[int], cursor: Cursor
) -> ColumnElement[bool]:
    """Rows that are later than the cursor; of one moment the higher id comes first."""
    return or_(moment > cursor.at, and_(moment == cursor.at, key < cursor.id))


def before(
    moment: ColumnElement[datetime] | ColumnElement[datetime | None],
    key: ColumnElement[int],
    cursor: Cursor,
) -> ColumnElement[bool]:
    """Rows that are earlier than the cursor, for what is shown the latest first."""
    return tuple_(moment, key) < tuple_(literal(cursor.at), literal(cursor.id))


def _is_key(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= 18
