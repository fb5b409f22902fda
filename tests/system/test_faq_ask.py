"""`python -m bot faq ask` on the running service: real Rasa, real encoder, nothing sent."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from bot.settings import ROOT
from tests.stories.messages import ordinary_questions, urgent_messages
from tests.system.service import Service

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]

FEWEST_URGENT_SEEN = 0.6
MOST_FALSE_ALARMS = 0.04
ORDINARY = 110

ASKED = {
    "limit": "berapa batas bebas bea masuk barang kiriman?",
    "greeting": "halo",
    "person": "mau bicara dengan petugas",
    "english": "how do i register my phone's imei at the airport?",
    "lines": "min\nmau tanya\nbatas bawa rokok dari luar negeri berapa batang?",
}

Told = Mapping[str, Any]


@pytest.fixture(scope="module")
def messages_before(trial: Service) -> int:
    return len(trial.rows("SELECT 1 FROM message"))


@pytest.fixture(scope="module")
def told(
    trial: Service, messages_before: int, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Told]:
    """What is told of each of one batch, by its id."""
    texts = ASKED | {f"urgent {n}": text for n, text in enumerate(urgent_messages())}
    texts |= {f"ordinary {n}": text for n, text in enumerate(ordinary_questions()[-ORDINARY:])}
    batch = tmp_path_factory.mktemp("ask") / "asked.jsonl"
    lines = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    batch.write_text("\n".join([*lines, ""]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faq", "ask", "--batch", str(batch), "--json"],
        cwd=ROOT,
        env=trial.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = {made["id"]: made for made in map(json.loads, done.stdout.splitlines())}
    assert list(told) == list(texts)
    return told


def test_a_batch_is_decided_as_whatsapp_would(told: dict[str, Told]) -> None:
    limit = told["limit"]
    assert (limit["decision"], limit["articles"]) == ("answer", ["kiriman_batas_bebas"])
    assert [told[name]["decision"] for name in ("greeting", "person")] == ["chat", "person"]
    english = told["english"]
    assert (english["language"], english["articles"][0]) == ("en", "imei_daftar_bandara")
    assert told["lines"]["articles"][0] == "penumpang_rokok_alkohol"
    assert all(0 <= made["confidence"] <= 1 for made in told.values())


def test_what_is_urgent_is_seen_and_what_only_sounds_so_is_not(told: dict[str, Told]) -> None:
    urgent = [made["urgent"] for name, made in told.items() if name.startswith("urgent")]
    ordinary = [made["urgent"] for name, made in told.items() if name.startswith("ordinary")]
    assert sum(urgent) >= FEWEST_URGENT_SEEN * len(urgent)
    assert sum(ordinary) <= MOST_FALSE_ALARMS * len(ordinary)


def test_nothing_is_sent(trial: Service, messages_before: int, told: dict[str, Told]) -> None:
    assert len(trial.rows("SELECT 1 FROM message")) == messages_before
