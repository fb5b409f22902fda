"""Asking Rasa, here a server that answers as it is told: words, silence, or a clear failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import utter
from bot.conversation import Choice
from bot.dialogue import (
    LONGEST_TEXT,
    Dialogue,
    DialogueFailed,
    Put,
    applicants_text,
    response_text,
)
from bot.moves import Say
from bot.sending_files import Attached
from bot.settings import ROOT
from bot.turns import Said

PUT = Put(
    turn_id=7,
    tracker="c1-3",
    text="berapa batas bebas?",
    language="id",
    floor="bot",
    payload=None,
    event=None,
    media=None,
)


class Rasa:
    """Answers with `answer`, or raises it; keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Any = []
        self.status = 200
        self.intent: str | None = None  # of every text, where it is asked for
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.path, request.read()))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.intent and request.url.path == "/model/parse":
            return httpx.Response(200, json={"intent": {"name": self.intent}})
        if isinstance(self.answer, bytes):
            return httpx.Response(self.status, content=self.answer)
        return httpx.Response(self.status, json=self.answer)


@pytest.fixture
def rasa() -> Rasa:
    return Rasa()


@pytest.fixture
def dialogue(rasa: Rasa, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialogue]:
    client = httpx.Client

    def faked(**options: Any) -> httpx.Client:
        return client(transport=httpx.MockTransport(rasa), **options)

    monkeypatch.setattr("bot.dialogue.httpx.Client", faked)
    made = Dialogue("http://rasa.example")
    yield made
    made._http.close()


def test_words_and_choices_are_read(dialogue: Dialogue, rasa: Rasa) -> None:
    rasa.answer = [
        {"text": "Yang mana?", "buttons": [{"title": "Batas", "payload": "article:a"}]},
    ]
    assert dialogue.ask(PUT) == [Said("Yang mana?", (Choice("Batas", "article:a"),))]


def test_the_turn_its_floor_and_language_travel_as_metadata(dialogue: Dialogue, rasa: Rasa) -> None:
    rasa.answer = [{"text": "a"}]
    dialogue.ask(PUT)
    [(path, body)] = rasa.asked
    assert path == "/webhooks/rest/webhook"
    sent = httpx.Response(200, content=body).json()
    assert (sent["sender"], sent["message"]) == ("c1-3", "berapa batas bebas?")
    assert sent["metadata"] == {
        "turn": 7,
        "language": "id",
        "floor": "bot",
        "payload": None,
        "event": None,
    }


def test_a_silence_that_is_meant_is_no_failure(dialogue: Dialogue, rasa: Rasa) -> None:
    rasa.answer = [{"custom": {"silent": True}}]
    assert dialogue.ask(PUT) == []


def test_short_sayings_become_one_message_and_long_ones_do_not(
    dialogue: Dialogue, rasa: Rasa
) -> None:
    rasa.answer = [{"text": "a"}, {"text": "b"}, {"text": "x" * 1020}]
    assert dialogue.ask(PUT) == [Said("a\n\nb"), Said("x" * 1020)]


def test_choices_below_a_long_answer_are_left_to_their_text(dialogue: Dialogue, rasa: Rasa) -> None:
    helpful = {"text": "Membantu?", "buttons": [{"title": "Ya", "payload": "helpful:yes"}]}
    rasa.answer = [{"text": "x" * 1013}, helpful]
    assert dialogue.ask(PUT)[0].choices
    rasa.answer = [{"text": "x" * 1014}, helpful]
    assert dialogue.ask(PUT) == [Said("x" * 1014 + "\n\nMembantu?")]
    rasa.answer = [{"text": "x" * 1590}, helpful]
    assert [said.text for said in dialogue.ask(PUT)] == ["x" * 1590, "Membantu?"]


def test_an_article_comes_whole_however_many_paragraphs_it_has(
    dialogue: Dialogue, rasa: Rasa
) -> None:
    first, second = "\n\n".join(["a" * 300] * 4), "\n\n".join(["b" * 300] * 2)
    rasa.answer = [
        {"custom": {"text": first, "buttons": []}},
        {"custom": {"text": second, "buttons": []}},
        {"text": "Membantu?", "buttons": [{"title": "Ya", "payload": "helpful:yes"}]},
    ]
    assert dialogue.ask(PUT) == [
        Said(first),
        Said(f"{second}\n\nMembantu?", (Choice("Ya", "helpful:yes"),)),
    ]


def test_pdfs_are_read_and_follow_what_was_said(dialogue: Dialogue, rasa: Rasa) -> None:
    buttons = [{"title": "Ya", "payload": "helpful:yes"}]
    rasa.answer = [
        {"custom": {"text": "Jawaban", "buttons": []}},
        {"text": "Membantu?", "buttons": buttons},
        {"custom": {"attached": [{"name": "a.pdf", "sha256": "1"}]}},
        {"text": "Apa nomornya?"},
    ]
    assert dialogue.ask(PUT) == [
        Said("Jawaban\n\nMembantu?", (Choice("Ya", "helpful:yes"),)),
        Said(attached=(Attached("a.pdf", "1"),)),
        Said("Apa nomornya?"),
    ]


def test_pdfs_that_an_action_utters_are_those_that_are_read(dialogue: Dialogue, rasa: Rasa) -> None:
    attached = (Attached("a.pdf", "1"), Attached("b.pdf", "2"))
    dispatcher = CollectingDispatcher()
    utter(dispatcher, [Say(text="Jawaban"), Say(attached=attached)])
    rasa.answer = [{"custom": message["custom"]} for message in dispatcher.messages]
    assert dialogue.ask(PUT) == [Said("Jawaban"), Said(attached=attached)]


def test_nothing_is_joined_after_choices_as_they_must_come_last(
    dialogue: Dialogue, rasa: Rasa
) -> None:
    buttons = [{"title": "A", "payload": "a"}]
    rasa.answer = [{"text": "1"}, {"text": "2", "buttons": buttons}, {"text": "3"}]
    assert dialogue.ask(PUT) == [Said("1\n\n2", (Choice("A", "a"),)), Said("3")]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [{}],
        [{"text": ""}],
        [{"image": "https://x.example"}],
        {"status": "failure"},
        None,
        "text",
        ["text"],
        [{"text": "a", "buttons": [{"title": "no payload"}]}],
        [{"text": "a", "custom": "text"}],
        b"<html>",
        b"",
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("broken"),
    ],
    ids=repr,
)
def test_no_usable_answer_is_a_failure_of_the_dialogue_and_nothing_else(
    dialogue: Dialogue, rasa: Rasa, answer: Any
) -> None:
    rasa.answer = answer
    with pytest.raises(DialogueFailed):
        dialogue.ask(PUT)


@pytest.mark.parametrize("status", [404, 409, 500, 503])
def test_an_error_status_is_a_failure_even_with_a_body(
    dialogue: Dialogue, rasa: Rasa, status: int
) -> None:
    rasa.status, rasa.answer = status, [{"text": "a"}]
    with pytest.raises(DialogueFailed):
        dialogue.ask(PUT)


def test_a_failure_names_its_kind_and_not_the_words(dialogue: Dialogue, rasa: Rasa) -> None:
    rasa.answer = httpx.ConnectError("berapa batas bebas?")
    with pytest.raises(DialogueFailed, match=r"^Rasa: ConnectError$"):
        dialogue.ask(PUT)


# --- what an earlier attempt already said ---


def user(turn: int) -> dict[str, Any]:
    return {"event": "user", "text": "x", "metadata": {"turn": turn}}


def bot(text: str | None, **data: Any) -> dict[str, Any]:
    return {"event": "bot", "text": text, "data": {"buttons": None, "custom": None, **data}}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], None),
        ([user(6), bot("old")], None),
        ([user(7)], None),
        ([user(6), bot("old"), user(7), bot("a")], [Said("a")]),
        ([user(7), bot("a"), {"event": "slot"}, bot("b")], [Said("a\n\nb")]),
        ([user(7), bot(None, custom={"silent": True})], []),
        ([user(7), bot(None, custom={"text": "a", "buttons": []}), bot("b")], [Said("a\n\nb")]),
        ([user(7), bot("a"), user(8), bot("b")], None),
        ([{"event": "user", "text": "x", "metadata": None}, bot("a")], None),
        (
            [user(7), bot("a", buttons=[{"title": "A", "payload": "a"}])],
            [Said("a", (Choice("A", "a"),))],
        ),
    ],
)
def test_only_what_this_turn_made_the_dialogue_say_is_said_again(
    dialogue: Dialogue, rasa: Rasa, events: list[dict[str, Any]], said: list[Said] | None
) -> None:
    rasa.answer = {"events": events}
    assert dialogue.already_said(PUT) == said
    assert rasa.asked[0][0] == "/conversations/c1-3/tracker"


@pytest.mark.parametrize(
    "answer", [{}, [], b"<html>", {"events": None}, {"events": [{}]}, httpx.ReadTimeout("slow")]
)
def test_a_tracker_that_can_not_be_read_is_a_failure_of_the_dialogue(
    dialogue: Dialogue, rasa: Rasa, answer: Any
) -> None:
    rasa.answer = answer
    with pytest.raises(DialogueFailed):
        dialogue.already_said(PUT)


# --- applicants' text ---


@pytest.mark.parametrize(
    "text",
    ["/restart", "  /restart", "//restart", "\n/pick", "\ufeff/back", "\u200b /restart", "/"],
)
def test_a_command_of_rasas_written_by_an_applicant_is_only_text(text: str) -> None:
    put = applicants_text(text)
    assert not put.lstrip(" \n\ufeff\u200b").startswith("/")
    assert put.strip("\u2215/") in text


@given(
    st.text(alphabet=st.sampled_from("/ \t\n\u00a0\u2003\ufeff\u200b\u200ca\x1f\x85"), max_size=8)
)
def test_no_blank_or_invisible_start_lets_a_command_through(text: str) -> None:
    assert not applicants_text(text).strip().startswith("/")


@pytest.mark.parametrize("text", ["paket 1/2 sudah sampai", "PMK 96/2023", "halo", ""])
def test_other_text_is_put_as_it_is(text: str) -> None:
    assert applicants_text(text) == text


def test_a_very_long_text_is_cut() -> None:
    assert len(applicants_text("x" * 10_000)) == LONGEST_TEXT


# --- words for when Rasa can't be asked ---


def test_a_response_is_taken_from_the_domain_in_the_persons_language() -> None:
    indonesian, english = (
        response_text(
            "utter_bot_unavailable_handed_over", language, ticket="MC-2026-000001", deadline="10.10"
        )
        for language in ("id", "en")
    )
    assert indonesian != english
    for words in (indonesian, english):
        assert "MC-2026-000001" in words and "10.10" in words
        assert "{" not in words


def test_every_response_of_the_domain_can_be_said_in_both_languages() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    for name, variants in domain["responses"].items():
        assert any(not v.get("condition") for v in variants), name
        assert response_text(name, "id")
        assert response_text(name, "en")
        assert response_text(name, "id") != response_text(name, "en"), name


@pytest.mark.parametrize(("understood", "asked"), [("ask_ticket", 2), ("question", 1)])
def test_a_text_that_may_mean_one_thing_alone_is_put_only_if_it_does(
    dialogue: Dialogue, rasa: Rasa, understood: str, asked: int
) -> None:
    rasa.intent = understood
    rasa.answer = [{"text": "Di seksi."}]
    said = dialogue.ask(replace(PUT, only_intent="ask_ticket"))
    assert said == ([Said("Di seksi.")] if understood == "ask_ticket" else [])
    assert len(rasa.asked) == asked
    assert rasa.asked[0][0] == "/model/parse"


@pytest.mark.parametrize("parsed", [{}, {"intent": None}, [], "x"])
def test_an_intent_that_cannot_be_read_is_a_failure(
    dialogue: Dialogue, rasa: Rasa, parsed: Any
) -> None:
    rasa.answer = parsed
    with pytest.raises(DialogueFailed):
        dialogue.ask(replace(PUT, only_intent="ask_ticket"))
