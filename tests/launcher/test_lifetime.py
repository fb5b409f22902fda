"""What a process takes of the processor where others need it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from bot.launcher.lifetime import MANAGED
from bot.settings import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="other systems have none"),
]

# The command as the worker starts it; it tells what it would group with.
_GROUP = """
import os
from bot import faq_commands
from bot.faq import regrouping

regrouping.regroup_if_due = lambda *_: print(os.sched_getscheduler(0), os.nice(0))
faq_commands.main(["group"])
"""


@pytest.fixture
def grouping(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], list[int]]:
    """Group the questions in a process of a manager or of none; its policy and its niceness."""

    def policy_and_niceness(managed: bool) -> list[int]:
        if managed:
            monkeypatch.setenv(MANAGED, "1")
        else:
            monkeypatch.delenv(MANAGED, raising=False)
        command = [sys.executable, "-c", _GROUP]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return [int(one) for one in told.stdout.splitlines()[0].split()]

    return policy_and_niceness


def test_grouping_takes_only_what_all_others_leave(grouping: Callable[[bool], list[int]]) -> None:
    assert grouping(True) == [os.SCHED_IDLE, 19]


def test_who_starts_it_without_a_manager_has_it_as_fast_as_anything_else(
    grouping: Callable[[bool], list[int]],
) -> None:
    assert grouping(False) == [os.sched_getscheduler(0), os.nice(0)]
