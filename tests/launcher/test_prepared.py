"""A start does what a database needs once, and again when what it is made from changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import engine
from bot.launcher.database import is_prepared, mark_prepared
from bot.launcher.inputs import fingerprint
from bot.settings import Settings


@pytest.fixture
def here(database_server: str, database: None) -> Settings:
    return Settings(database_url=database_server)


def test_a_database_is_prepared_once_it_is_marked(here: Settings) -> None:
    assert not is_prepared(here)
    mark_prepared(here)
    mark_prepared(here)
    assert is_prepared(here)


def test_other_settings_need_another_preparation(here: Settings) -> None:
    mark_prepared(here)
    assert not is_prepared(here.model_copy(update={"encoder_model": "another"}))
    assert not is_prepared(here.model_copy(update={"twilio_account_sid": "AC" + "0" * 32}))


def test_other_contents_need_another_preparation(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_prepared(here)
    monkeypatch.setattr("bot.launcher.database.PREPARED_FROM", ("bot/models",))
    assert not is_prepared(here)


def test_an_empty_database_is_not_prepared(here: Settings) -> None:
    with engine().begin() as connection:
        connection.execute(text("ALTER TABLE preparation RENAME TO elsewhere"))
    try:
        assert not is_prepared(here)
    finally:
        with engine().begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO preparation"))


def test_what_python_leaves_beside_its_sources_is_no_change(tmp_path: Path) -> None:
    source = tmp_path / "part" / "source.py"
    source.parent.mkdir()
    source.write_text("x = 1\n")
    before = fingerprint(["part"], tmp_path)
    compiled = tmp_path / "part" / "__pycache__" / "source.pyc"
    compiled.parent.mkdir()
    compiled.write_bytes(b"compiled")
    assert fingerprint(["part"], tmp_path) == before
    source.write_text("x = 2\n")
    assert fingerprint(["part"], tmp_path) != before
