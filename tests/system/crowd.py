"""Others on the machine: a promise about time is one for a machine of one's own."""

from __future__ import annotations

import os


def crowd() -> float:
    """How much slower others make this machine: they share its processors with us."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
