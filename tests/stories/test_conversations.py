"""The conversations of the phone page and Rasa's stories of them are the same ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

NO_WORDS = ""  # a picture, a tap


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def applicants_words(step: dict[str, Any]) -> list[str]:
    """What the applicant does in a step of either file; what an officer does is left out."""
    if "write" in step:
        return ["\n".join([step["write"]] if isinstance(step["write"], str) else step["write"])]
    if "user" in step:
        return [step["user"].strip()]
    wordless = (
        "attach" in step or "tap" in step or step.get("intent") in {"media_without_words", "pick"}
    )
    return [NO_WORDS] if wordless else []


def test_each_conversation_has_a_story_in_which_the_applicant_writes_the_same() -> None:
    conversations = read(ROOT / "tests" / "system" / "conversations.yaml")
    stories = read(Path(__file__).with_name("test_conversations.yml"))["stories"]

    def words(steps: list[dict[str, Any]]) -> list[str]:
        return [said for step in steps for said in applicants_words(step)]

    assert {story["story"]: words(story["steps"]) for story in stories} == {
        conversation["name"]: words(conversation["steps"]) for conversation in conversations
    }
