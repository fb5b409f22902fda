"""Rasa in its own environment: the model's fingerprint, training, and the server's command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from bot.launcher import inputs
from bot.launcher.places import LaunchError, log_folder, model_folder
from bot.settings import ROOT, Settings

PROGRAM = ROOT / ".venv-rasa" / "bin" / "rasa"
SCHEMA = "rasa"
MODEL = "maraga"
INPUTS = ("config.yml", "domain.yml", "data", "requirements/rasa.txt")


def model_file(settings: Settings) -> Path:
    return model_folder(settings.data_dir) / f"{MODEL}.tar.gz"


def _fingerprint_file(settings: Settings) -> Path:
    return model_folder(settings.data_dir) / f"{MODEL}.inputs"


def fingerprint(root: Path = ROOT) -> str:
    """Changes with the contents and names of what the model is trained from."""
    return inputs.fingerprint(INPUTS, root)


def is_trained(settings: Settings) -> bool:
    """Whether the model on disk was trained from what is there now."""
    try:
        held = _fingerprint_file(settings).read_text()
    except OSError:
        return False
    return held == fingerprint() and model_file(settings).exists()


class Training:
    """A training that runs beside other work until `finish` waits for it."""

    def __init__(self, settings: Settings) -> None:
        if not PROGRAM.exists():
            raise LaunchError("Rasa's environment is missing; run `make setup`.")
        self._settings = settings
        self._inputs = fingerprint()
        self._log = log_folder(settings.data_dir) / "rasa-train.log"
        folder = model_folder(settings.data_dir)
        folder.mkdir(parents=True, exist_ok=True)
        _fingerprint_file(settings).unlink(missing_ok=True)
        command = [str(PROGRAM), "train", "--fixed-model-name", MODEL, "--out", str(folder)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def finish(self) -> None:
        if self._process.wait() != 0 or not model_file(self._settings).exists():
            raise LaunchError(f"Rasa could not be trained. Details: {self._log}")
        _fingerprint_file(self._settings).write_text(self._inputs)

    def stop(self) -> None:
        if self.running:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def server_command(settings: Settings) -> list[str]:
    """Rasa on loopback alone: it has no authentication."""
    if not PROGRAM.exists():
        raise LaunchError("Rasa's environment is missing; run `make setup`.")
    if not model_file(settings).exists():
        raise LaunchError("Rasa is not trained yet; run `python -m bot train`.")
    port = urlsplit(settings.rasa_url).port or 5005
    return [
        *(str(PROGRAM), "run", "--quiet", "--enable-api", "-i", "127.0.0.1", "-p", str(port)),
        *("-m", str(model_file(settings))),
        *("--endpoints", str(ROOT / "endpoints.yml")),
        *("--credentials", str(ROOT / "credentials.yml")),
    ]


def environment(settings: Settings) -> dict[str, str]:
    """What endpoints.yml reads, and what keeps Rasa quiet: nobody's words go into a log."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {
        **kept,
        "ACTIONS_URL": settings.actions_url,
        "RASA_DB_URL": _in_own_schema(database_url(settings)),
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "SANIC_WORKERS": "1",
        "SANIC_ACCESS_LOG": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
    }


def database_url(settings: Settings) -> str:
    """Our database as Rasa's SQLAlchemy 1.4 with psycopg2 takes it."""
    address = make_url(settings.database_address).set(drivername="postgresql")
    return address.render_as_string(hide_password=False)


def _in_own_schema(address: str) -> str:
    """The address with Rasa's schema as the only one.

    Rasa's own setting for it, POSTGRESQL_SCHEMA, costs a look at the catalogue at every access.
    """
    url = make_url(address)
    given = url.query.get("options", "")
    options = f"{given} -csearch_path={SCHEMA}".strip()
    return url.update_query_dict({"options": options}).render_as_string(hide_password=False)


def train(settings: Settings) -> None:
    """Trains the model unless it was trained from what is there now."""
    if not is_trained(settings):
        log_folder(settings.data_dir).mkdir(parents=True, exist_ok=True)
        Training(settings).finish()
