"""Rasa's ResponseSelector, trained on the same ways of asking in Rasa's own environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bot.settings import ROOT
from evaluation.comparing import Tries
from evaluation.pace import Pace
from evaluation.systems import Answer, Asked

EPOCHS = 10
_PROGRAMS = ROOT / ".venv-rasa" / "bin"
_PARSER = Path(__file__).with_name("rasa_parser.py")
_NONE = "none_of_these"
# Rasa's defaults (a hidden layer of 256 and one of 128, an embedding of 20, steps of 0.001, all
# pieces of words) learn next to nothing in the few epochs that there is time for.
_SELECTOR = {
    "name": "ResponseSelector",
    "epochs": EPOCHS,
    "batch_size": [64, 64],
    "learning_rate": 0.003,
    "dense_dimension": {"text": 128, "label": 20},
    "hidden_layers_sizes": {"text": [], "label": []},
    "embedding_dimension": 64,
    "constrain_similarities": True,
    "random_seed": 1,
}
_PIECES = {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4, "min_df": 3}
_CONFIG = {
    "recipe": "default.v1",
    "assistant_id": "response-selector",
    "language": "id",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer", "min_df": 2},
        {"name": "CountVectorsFeaturizer", **_PIECES},
        _SELECTOR,
    ],
    "policies": [],
}
_ENVIRONMENT = {
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "LOG_LEVEL": "ERROR",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def response_selector(asked: Asked, questions: Sequence[str]) -> Tries:
    """Train it, and ask it each question; raises CalledProcessError when Rasa fails."""
    with TemporaryDirectory(prefix="maraga-selector-") as name:
        folder = Path(name)
        started = time.perf_counter()
        _train(folder, asked)
        built = time.perf_counter() - started
        return _ask(folder, questions, built)


def _train(folder: Path, asked: Asked) -> None:
    examples = defaultdict(list)
    for text, label in zip(asked.texts, asked.labels, strict=True):
        examples[label or _NONE].append(_plain(text))
    nlu = [
        {"intent": f"faq/{label}", "examples": "".join(f"- {text}\n" for text in texts)}
        for label, texts in examples.items()
    ]
    responses = {f"utter_faq/{label}": [{"text": label}] for label in examples}
    _write(folder / "nlu.yml", {"version": "3.1", "nlu": nlu})
    _write(folder / "domain.yml", {"version": "3.1", "intents": ["faq"], "responses": responses})
    _write(folder / "config.yml", _CONFIG)
    names = [f"--{name}={name}.yml" for name in ("nlu", "domain", "config")]
    command = [_PROGRAMS / "rasa", "train", "nlu", "--quiet", *names, "--fixed-model-name=model"]
    _run(command, folder)


def _ask(folder: Path, questions: Sequence[str], built: float) -> Tries:
    model = folder / "models" / "model.tar.gz"
    said = _run([_PROGRAMS / "python", _PARSER, model], folder, json.dumps(questions))
    made: dict[str, Any] = json.loads(said.splitlines()[-1])
    answers = [_answer(dict(ranking)) for ranking in made["rankings"]]
    return Tries(answers, built, Pace.of(made["seconds"], made["memory"]))


def _answer(ranking: dict[str, float]) -> Answer:
    none = ranking.pop(_NONE, 0.0)
    return Answer(list(ranking), max(ranking.values()) - none)


def _plain(text: str) -> str:
    """Without the signs that mark an entity in training data."""
    return re.sub(r"[\[\]{}()]", " ", text)


def _write(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False))


def _run(command: Sequence[str | Path], folder: Path, given: str = "") -> str:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    ended = subprocess.run(
        command,
        cwd=folder,
        env=surroundings | _ENVIRONMENT,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout
