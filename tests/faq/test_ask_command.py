"""`python -m bot faq ask`, as somebody types it; Rasa takes every message for a question."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from bot.faq.asking import A_QUESTION, Understanding, Understood
from bot.faq.search import Knowledge
from bot.faq_commands import main
from bot.launcher import running
from bot.launcher.places import LaunchError

LIMIT = "berapa batas bebas bea masuk barang kiriman"

Said = pytest.CaptureFixture[str]


@pytest.fixture
def toys_asked(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service runs, with the toy articles."""
    monkeypatch.setattr(running, "_is_ready", lambda: True)
    monkeypatch.setattr("bot.faq.search.Knowledge", lambda: knowledge)
    monkeypatch.setattr(Understanding, "of", lambda self, text: A_QUESTION)


@pytest.mark.usefixtures("toys_asked")
def test_one_question_is_explained(capsys: Said) -> None:
    main(["ask", LIMIT])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["decision", "answer", "kiriman_batas"]
    first = next(line for line in lines if line.startswith("  1."))
    assert first.split()[2] == "kiriman_batas"
    assert first.endswith(f"nearest: {LIMIT}")


@pytest.mark.usefixtures("toys_asked")
def test_a_question_for_a_program_is_told_without_a_name(capsys: Said) -> None:
    main(["ask", LIMIT, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["decision"], told["articles"]) == ("answer", ["kiriman_batas"])
    assert "id" not in told


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": "1"}', "7"])
def test_a_broken_batch_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    batch = tmp_path / "asked.jsonl"
    batch.write_text('{"id": "1", "text": "halo"}\n' + line)
    with pytest.raises(LaunchError, match="must be a JSON object") as told:
        main(["ask", "--batch", str(batch)])
    assert str(told.value).startswith(f"{batch}:2: ")


@pytest.mark.parametrize("words", [[], [LIMIT, "--batch", "asked.jsonl"]])
def test_what_to_ask_is_given_once(words: list[str]) -> None:
    with pytest.raises(LaunchError, match="either a message or --batch"):
        main(["ask", *words])


@pytest.mark.usefixtures("toys_asked")
def test_that_rasa_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Understanding, text: str) -> Understood:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(Understanding, "of", refused)
    with pytest.raises(LaunchError, match="Rasa does not answer: ConnectError"):
        main(["ask", LIMIT])
