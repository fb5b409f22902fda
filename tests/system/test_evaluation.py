"""The bot is right, offers or is silent as often as the recorded evaluation says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import ROOT
from tests.system.service import Service

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(700)]


def test_no_figure_of_the_sealed_questions_fell_below_the_recorded_interval(
    trial: Service,
) -> None:
    command = [sys.executable, "scripts/evaluate.py", "--gate"]
    ended = subprocess.run(
        command, cwd=ROOT, env=trial.environment, capture_output=True, text=True, check=False
    )
    print(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
