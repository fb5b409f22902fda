"""Rasa is trained again when what it learns from changed, and only then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.launcher import rasa
from bot.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in rasa.INPUTS:
        file = tmp_path / (f"{name}/nlu.yml" if name == "data" else name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"contents of {name}\n")
    return tmp_path


def test_touching_changes_nothing(project: Path) -> None:
    before = rasa.fingerprint(project)
    os.utime(project / "config.yml", (0, 0))
    assert rasa.fingerprint(project) == before


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/nlu.yml", "data/rules.yml"])
def test_a_changed_or_new_file_does(project: Path, name: str) -> None:
    before = rasa.fingerprint(project)
    (project / name).write_text("something else\n")
    assert rasa.fingerprint(project) != before


def test_a_renamed_file_does(project: Path) -> None:
    before = rasa.fingerprint(project)
    (project / "data" / "nlu.yml").rename(project / "data" / "words.yml")
    assert rasa.fingerprint(project) != before


def test_rasa_gets_the_database_as_its_own_driver_takes_it(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url="postgresql://ani:p%40ss@db.internal:5433/maraga",
        data_dir=tmp_path,
    )
    assert rasa.database_url(settings) == "postgresql://ani:p%40ss@db.internal:5433/maraga"
    embedded = Settings(_env_file=None, data_dir=Path("/srv/m"))  # type: ignore[call-arg]
    assert rasa.database_url(embedded).startswith("postgresql://postgres@/maraga?host=")
