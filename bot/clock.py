"""The one place that asks the machine for the time.

Rules take the time as an argument; the edges (web, worker, actions) ask here.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
