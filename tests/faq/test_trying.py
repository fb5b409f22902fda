"""A question that is tried: what the public would get, now and with a draft, and why."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import func, select

from actions import gate_runs
from actions import trying as actions_trying
from bot.console import action_server
from bot.db import transaction
from bot.faq import attachments, editing, gate
from bot.faq.alike import Alike
from bot.faq.asking import Understood
from bot.faq.fields import fields_of, source_of
from bot.faq.search import Knowledge
from bot.faq.trying import try_question
from bot.models import ArticleDraft, ArticleRevision, BotDecision, GateRun, GateState, Staff
from tests.conftest import MONDAY_MORNING as NOW
from tests.faq.editors_texts import text_of
from tests.knowledge_base.toy import WAYS

pytestmark = pytest.mark.slow

Look = Callable[[str], Staff]
QUESTION = "berapa batas bebas bea masuk kiriman"
FEES = (*WAYS["imei_biaya"], "ongkos registrasi handphone dari singapura", "biaya handphone")


class Rasa:
    """Reads every message as this intent; away if there is none."""

    def __init__(self, intent: str | None = "question") -> None:
        self._intent = intent

    def of(self, text: str) -> Understood:
        if self._intent is None:
            raise httpx.ConnectError("away")
        return Understood(self._intent, 0.9, None)


def answer_of(article_id: str) -> str:
    """What a toy article says, as applicants get it."""
    return f"Jawaban tentang {article_id}.\n\n_Dasar hukum: PMK 4/2025 (per 5 Maret 2025)_"


@pytest.fixture
def draft(knowledge: Knowledge, staff: Look) -> int:
    """Dewi wants more ways of asking for what an IMEI costs."""
    with transaction() as session:
        source = text_of("imei_biaya", title="Biaya IMEI", ways=FEES)
        return editing.save(session, source, staff("dewi"), NOW, began_from=None).id


def tried(
    knowledge: Knowledge, text: str, draft: int | None = None, intent: str | None = "question"
) -> dict[str, Any]:
    rasa: Any = Rasa(intent)
    return try_question(knowledge, rasa, text, draft)


def test_a_question_tells_what_is_decided_and_why(knowledge: Knowledge) -> None:
    now = tried(knowledge, QUESTION)["now"]
    with transaction() as session:
        found = knowledge.find(session, QUESTION)
    assert (now["outcome"], now["articles"]) == ("answer", ["kiriman_batas"])
    assert now["confidence"] == round(found.confidence, 3) >= now["answer_from"]
    first, second = now["ranked"][:2]
    assert (first["title"], first["revision"]) == ("Kiriman batas", 1)
    assert first["nearest"] in WAYS["kiriman_batas"]
    assert now["margin"] == pytest.approx(first["score"] - second["score"], abs=0.001)
    assert now["encoder"] == "hash/1"


def test_with_a_draft_the_public_would_get_what_it_says(knowledge: Knowledge, draft: int) -> None:
    told = tried(knowledge, FEES[-2], draft)
    assert told["now"]["articles"] != ["imei_biaya"]
    assert told["with_draft"]["articles"] == ["imei_biaya"]
    first = told["with_draft"]["ranked"][0]
    assert (first["title"], first["nearest"]) == ("Biaya IMEI", FEES[-2])
    assert told["with_draft"]["knowledge"] != told["now"]["knowledge"]
    assert tried(knowledge, FEES[-2])["now"] == told["now"]


def test_what_is_given_is_told_as_it_is_said_with_the_pdfs_that_follow(
    knowledge: Knowledge, draft: int, staff: Look
) -> None:
    with transaction() as session:
        form = attachments.keep(session, b"%PDF-1.7 formulir", NOW)
        edition = editing.last_edition(session, session.get_one(ArticleDraft, draft)).source
        whole = replace(fields_of(edition), attachments=f"formulir.pdf {form}")
        editing.save(session, source_of(whole, edition), staff("dewi"), NOW, began_from=1)
    told = tried(knowledge, WAYS["imei_biaya"][0], draft)
    [before], [after] = told["now"]["said"], told["with_draft"]["said"]
    assert before == {"text": answer_of("imei_biaya"), "attachments": {}}
    assert after["text"].startswith("Lelang diumumkan di lelang.go.id.\n\n_Dasar hukum: PMK 213")
    assert after["attachments"] == {"formulir.pdf": form}


def test_of_several_questions_each_answer_is_told_under_its_title(knowledge: Knowledge) -> None:
    both = f"{WAYS['imei_biaya'][0]}?\n{WAYS['kiriman_lacak'][0]}?"
    said = [one["text"] for one in tried(knowledge, both)["now"]["said"]]
    assert said == [
        f"*Imei biaya*\n{answer_of('imei_biaya')}",
        f"*Kiriman lacak*\n{answer_of('kiriman_lacak')}",
    ]


@pytest.mark.parametrize(("text", "intent"), [("paket imei", "question"), (QUESTION, "ask_human")])
def test_where_nothing_is_given_nothing_is_told_as_said(
    knowledge: Knowledge, text: str, intent: str
) -> None:
    now = tried(knowledge, text, intent=intent)["now"]
    assert now["outcome"] in ("choices", "person")
    assert now["said"] == []


def test_trying_records_and_publishes_nothing(knowledge: Knowledge, draft: int) -> None:
    tried(knowledge, QUESTION, draft)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(BotDecision)) == 0
        assert session.scalar(select(func.count()).select_from(ArticleRevision)) == len(WAYS)


def test_small_talk_stays_small_talk_and_whoever_wants_a_person_gets_one(
    knowledge: Knowledge,
) -> None:
    assert tried(knowledge, "resep coto makassar", intent="greet")["now"]["outcome"] == "chat"
    wanted = tried(knowledge, QUESTION, intent="ask_human")["now"]
    assert (wanted["outcome"], wanted["ranked"]) == ("person", [])


def test_while_rasa_is_away_it_is_tried_as_a_question(knowledge: Knowledge) -> None:
    assert tried(knowledge, QUESTION, intent=None)["now"]["articles"] == ["kiriman_batas"]


@pytest.fixture
def served(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The console asks these actions as over the network."""
    executor = ActionExecutor()
    for action in (actions_trying.ActionTry, actions_trying.ActionAlike):
        executor.register_action(action)
    monkeypatch.setattr(actions_trying, "knowledge", lambda: knowledge)
    monkeypatch.setattr(actions_trying, "understanding", Rasa)
    monkeypatch.setattr(actions_trying, "alike", lambda: Alike(knowledge))

    def serve(request: httpx.Request) -> httpx.Response:
        answer = asyncio.run(executor.run(json.loads(request.content)))
        assert answer is not None
        return httpx.Response(200, json=dict(answer.model_dump()))

    client = httpx.Client(transport=httpx.MockTransport(serve))
    monkeypatch.setattr(action_server, "_client", lambda: client)


def test_what_the_console_asks_is_what_the_action_server_takes(
    served: None, knowledge: Knowledge, draft: int
) -> None:
    assert action_server.ask("action_try", text=QUESTION, draft=None) == tried(knowledge, QUESTION)
    told = action_server.ask("action_try", text=FEES[-2], draft=draft)
    assert told["with_draft"]["articles"] == ["imei_biaya"]
    lacak = WAYS["kiriman_lacak"][0]
    near = action_server.ask("action_alike", texts=[lacak, "kopi"], article="imei_biaya")["near"]
    assert [one["near"] for one in near] == [lacak]


@pytest.fixture
def runner(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The action server's thread that carries gate runs out."""
    monkeypatch.setattr(gate_runs, "knowledge", lambda: knowledge)
    monkeypatch.setattr(gate_runs, "LOOK_AGAIN_SECONDS", 0.2)
    stopping = threading.Event()
    thread = threading.Thread(target=gate_runs.keep_going, args=(stopping,))
    thread.start()
    yield
    stopping.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_action_server_carries_out_what_is_asked_for(
    draft: int, runner: None, staff: Look
) -> None:
    with transaction() as session:
        found = session.get_one(ArticleDraft, draft)
        run_id = gate.ask_for_run(session, found, staff("dewi"), NOW).id
    until = time.monotonic() + 20
    state = GateState.WAITING
    while state is not GateState.DONE:
        assert time.monotonic() < until, f"still {state}"
        time.sleep(0.05)
        with transaction() as session:
            state = session.get_one(GateRun, run_id).state
