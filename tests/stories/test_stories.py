"""Rasa's own checks: the project is consistent and its stories run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.launcher.rasa import PROGRAM
from bot.settings import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(400)]

HERE = Path(__file__).parent


def rasa(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Rasa's command line in its own environment."""
    return subprocess.run(
        [str(PROGRAM), *arguments],
        cwd=ROOT,
        env=os.environ
        | {"ACTIONS_URL": "http://127.0.0.1:9/webhook", "RASA_DB_URL": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_project_is_valid() -> None:
    result = rasa("data", "validate", "--fail-on-warnings", RASA_TELEMETRY_ENABLED="false")
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]


def test_every_story_runs(model: Path, tmp_path: Path) -> None:
    result = rasa(
        "test", "core", "--e2e", "--fail-on-prediction-errors", "--model", str(model),
        "--stories", str(HERE), "--out", str(tmp_path), RASA_TELEMETRY_ENABLED="false",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
