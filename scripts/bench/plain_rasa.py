"""The rival: plain Rasa 3.6 with its own Twilio channel and a response selector.

A throwaway project in a temporary folder, trained on five ways of asking of each article. Its
answers are the same articles with blank lines taken out, since its channel sends every
paragraph as a message of its own.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from bench.load import Form, Shot, form
from bench.network import Network
from bot.settings import ROOT
from knowledge_base.articles import ArticleFile, read_articles
from tests.system.service import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    SENDER,
    free_port,
    inbound_form,
    message_sid,
    wait_for,
)

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
WAYS_OF_AN_ARTICLE = 5
LONGEST_ANSWER = 1500  # Twilio refuses more than 1,600
EPOCHS = 12

_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "rival",
    "language": "id",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {
            "name": "CountVectorsFeaturizer",
            "analyzer": "char_wb",
            "min_ngram": 1,
            "max_ngram": 4,
        },
        {"name": "LogisticRegressionClassifier"},
        {
            "name": "ResponseSelector",
            "retrieval_intent": "faq",
            "epochs": EPOCHS,
            "constrain_similarities": True,
            "random_seed": 1,
        },
    ],
    "policies": [{"name": "RulePolicy"}],
}

# Python imports it at every start. Rasa's channel knows no other address than Twilio's own.
_SITECUSTOMIZE = """
import os

try:
    from twilio.base.domain import Domain
except ImportError:
    Domain = None

if Domain is not None:
    def absolute_url(self, uri):
        return os.environ["BENCH_TWILIO_URL"] + "/" + uri.strip("/")

    Domain.absolute_url = absolute_url
"""


class PlainRasa:
    """A Rasa server of its own, with a tracker store in memory as it comes."""

    name = "plain Rasa"

    def __init__(self, folder: Path, stand_in: Network) -> None:
        self._folder = folder
        self._stand_in = stand_in
        self._port = free_port()
        self._base = f"http://127.0.0.1:{self._port}"
        self._url = f"{self._base}/webhooks/twilio/webhook"
        self._http = httpx.Client(base_url=self._base, timeout=60, trust_env=False)
        self._asked = 0
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            "PYTHONPATH": str(folder),
            "PYTHONWARNINGS": "ignore",
            "BENCH_TWILIO_URL": stand_in.url,
            "RASA_TELEMETRY_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
            "LOG_LEVEL_LIBRARIES": "ERROR",
            "SANIC_ACCESS_LOG": "false",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        }

    def train(self) -> None:
        """Write the project and train it, unless the folder holds a model."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_project(self._folder)
        if not list(self._folder.glob("models/*.tar.gz")):
            self._rasa("train", "--quiet", log="train.log").wait(600)
        if not list(self._folder.glob("models/*.tar.gz")):
            raise AssertionError(f"the rival was not trained: {self._folder / 'train.log'}")

    def start(self) -> None:
        """Start the server and wait until its model is loaded."""
        arguments = ["run", "--quiet", "--enable-api", "-i", "127.0.0.1", "-p", str(self._port)]
        self._process = self._rasa(*arguments, log="run.log")
        wait_for("the rival is ready", self._ready, 120)

    def stop(self) -> None:
        self._http.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def form(self, person: str, question: str) -> Form:
        self._asked += 1
        fields = inbound_form(person, question, message_sid(f"rival {self._asked}"))
        return form(self._url, fields, "its channel checks none")

    def reply_moments(self, shots: Sequence[Shot]) -> Mapping[str, float]:
        """The nth reply to a person belongs to that person's nth question."""
        asked = defaultdict(list)
        for shot in shots:
            asked[shot.person].append(shot.sid)
        replies = self._stand_in.moments_by_person(shots[0].due)
        return {
            sid: moment
            for person, sids in asked.items()
            for sid, moment in zip(sids, replies.get(person, []), strict=False)
        }

    def processes(self) -> Mapping[str, int]:
        return {"rasa": self._process.pid}

    def rest(self) -> None:
        """Nothing to wait for: a call is answered when its reply has gone out."""

    def talk(self, person: str, questions: Sequence[str]) -> None:
        """Ask one after the other; its webhook answers when the reply has gone out."""
        for question in questions:
            each = self.form(person, question)
            self._http.post(each.url, content=each.body, headers=each.headers).raise_for_status()

    def copy_conversation(self, person: str, copies: int, first_phone: int) -> list[str]:
        """People with the same past as `person`, put into the tracker store through Rasa's API."""
        events = self._events(person)
        people = [f"whatsapp:+{first_phone + n}" for n in range(1, copies + 1)]
        for other in people:
            self._http.put(f"/conversations/{other}/tracker/events", json=events).raise_for_status()
        return people

    def right_answers(self, questions: Mapping[str, str]) -> float:
        """The share of questions (each with its article's id) for which it picks that article."""
        right = 0
        for question, article in questions.items():
            parsed = self._http.post("/model/parse", json={"text": question}).json()
            picked = parsed["response_selector"]["faq"]["response"]["intent_response_key"]
            right += picked == f"faq/{article}"
        return right / len(questions)

    def _events(self, person: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._http.get(f"/conversations/{person}/tracker").json()[
            "events"
        ]
        return found

    def _ready(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"the rival ended: {self._folder / 'run.log'}")
        try:
            return bool(self._http.get("/status").json().get("model_file"))
        except (httpx.HTTPError, ValueError):
            return False

    def _rasa(self, *arguments: str, log: str) -> subprocess.Popen[bytes]:
        with (self._folder / log).open("wb") as output:
            return subprocess.Popen(
                [str(RASA), *arguments],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


def _write_project(folder: Path) -> None:
    articles = read_articles()
    (folder / "data").mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(_SITECUSTOMIZE)
    _write(folder / "config.yml", _CONFIG)
    _write(folder / "domain.yml", _domain(articles))
    _write(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": _examples(articles)})
    _write(folder / "data" / "rules.yml", {"version": "3.1", "rules": _rules()})
    _write(folder / "endpoints.yml", {})
    account = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "twilio_number": SENDER}
    _write(folder / "credentials.yml", {"twilio": account})


def _domain(articles: Sequence[ArticleFile]) -> dict[str, Any]:
    responses = {f"utter_faq/{a.id}": [{"text": _one_message(a.answer)}] for a in articles}
    responses["utter_greet"] = [{"text": "Halo, ada yang bisa dibantu?"}]
    return {"version": "3.1", "intents": ["faq", "greet"], "responses": responses}


def _one_message(answer: str) -> str:
    return re.sub(r"\n\s*\n", "\n", answer)[:LONGEST_ANSWER].replace("{", "(").replace("}", ")")


def _examples(articles: Sequence[ArticleFile]) -> list[dict[str, str]]:
    greetings = ["halo", "hai", "selamat pagi", "selamat siang min", "hello", "permisi kak"]
    examples = {f"faq/{a.id}": list(_ways(a)) for a in articles} | {"greet": greetings}
    return [
        {"intent": intent, "examples": "".join(f"- {_plain(way)}\n" for way in ways)}
        for intent, ways in examples.items()
    ]


def _ways(article: ArticleFile) -> Sequence[str]:
    """The questions that are asked in the benchmark come first, and so are among them."""
    complete = [way for way in article.ways if way.endswith("?")]
    return [*complete, *(w for w in article.ways if w not in complete)][:WAYS_OF_AN_ARTICLE]


def _plain(way: str) -> str:
    """Without the signs that mark an entity in training data."""
    return re.sub(r"[\[\]{}()]", " ", way)


def _rules() -> list[dict[str, Any]]:
    return [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in ("faq", "greet")
    ]


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False))
