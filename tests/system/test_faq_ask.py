"""`python -m bot faq ask` on the running service: real Rasa, real encoder, nothing sent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.system.service import Service

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(700)]


def faq(service: Service, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "faq", *words],
        cwd=ROOT,
        env=service.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_batch_is_decided_as_whatsapp_would_and_nothing_is_sent(
    trial: Service, tmp_path: Path
) -> None:
    batch = tmp_path / "asked.jsonl"
    texts = {
        "1": "berapa batas bebas bea masuk barang kiriman?",
        "2": "halo",
        "3": "mau bicara dengan petugas",
        "4": "how do i register my phone's imei at the airport?",
        "5": "min\nmau tanya\nbatas bawa rokok dari luar negeri berapa batang?",
    }
    lines = [json.dumps({"id": key, "text": text}) for key, text in texts.items()]
    batch.write_text("\n".join([*lines, ""]))
    before = len(trial.rows("SELECT 1 FROM message"))
    done = faq(trial, "ask", "--batch", str(batch), "--json")
    assert done.returncode == 0, done.stderr
    told = {made["id"]: made for made in map(json.loads, done.stdout.splitlines())}
    assert list(told) == list(texts)
    assert (told["1"]["decision"], told["1"]["articles"]) == ("answer", ["kiriman_batas_bebas"])
    assert [told[key]["decision"] for key in ("2", "3")] == ["chat", "person"]
    assert (told["4"]["language"], told["4"]["articles"][0]) == ("en", "imei_daftar_bandara")
    assert told["5"]["articles"][0] == "penumpang_rokok_alkohol"
    assert all(0 <= made["confidence"] <= 1 for made in told.values())
    assert len(trial.rows("SELECT 1 FROM message")) == before


def test_one_question_is_explained(trial: Service) -> None:
    done = faq(trial, "ask", "berapa batas bebas bea masuk barang kiriman?")
    assert done.returncode == 0, done.stderr
    assert "kiriman_batas_bebas" in done.stdout
    assert "nearest: " in done.stdout


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "1"}', "7"])
def test_a_broken_batch_is_named_with_its_line(trial: Service, tmp_path: Path, line: str) -> None:
    batch = tmp_path / "asked.jsonl"
    batch.write_text('{"id": "1", "text": "halo"}\n' + line)
    done = faq(trial, "ask", "--batch", str(batch))
    assert done.returncode == 2
    assert f"{batch}:2: must be a JSON object" in done.stderr
    assert "Traceback" not in done.stderr
