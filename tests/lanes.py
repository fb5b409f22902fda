"""What `--dist loadgroup` keeps in one process: the tests that share a service, started once there.

pytest-xdist's own groups lie in the names of tests, which pytest 9 does not let it change.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

SYSTEM = PurePosixPath("tests/system")
# These have the service with an account at the stand-in, or one that they start themselves.
WITH_STAND_IN = {
    SYSTEM / name
    for name in (
        "days/test_whole_days.py",
        "test_chaos.py",
        "test_from_outside.py",
        "test_parts.py",
        "test_the_line.py",
        "test_what_we_send.py",
    )
}


class Lanes(LoadScopeScheduling):
    """The tests of a service go to one process, before all others; those go one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.split("::")[0])
        if SYSTEM not in file.parents:
            return nodeid
        return "stand-in" if file in WITH_STAND_IN else "trial"
