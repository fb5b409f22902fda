"""What `--dist loadgroup` gives to one process: tests that share a running service.

A service is started once and lives in one process; all that need it follow there, in their order.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

SERVICES = ("trial", "service", "moved_service")


def into_lanes(items: Iterable[pytest.Item]) -> None:
    """Mark each test that needs a service with the name of that."""
    for item in items:
        for name in SERVICES:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))
                break
