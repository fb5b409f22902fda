"""The names that outsiders rely on."""

from __future__ import annotations

import subprocess

import pytest

from bot.__main__ import COMMANDS
from bot.settings import ROOT


@pytest.mark.parametrize("name", ["setup", "run", "stop", "demo", "test", "test-fast"])
def test_make_explains_itself(name: str) -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {name} " in said.stdout


def test_each_process_can_be_started_alone() -> None:
    assert {"web", "worker", "actions", "rasa", "migrate", "seed", "demo"} <= set(COMMANDS)
