"""Brings the database to what the code expects: it answers, exists, and has its tables."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bot.launcher import inputs, rasa
from bot.launcher.places import LaunchError, log_folder
from bot.launcher.postgres import embedded_address
from bot.settings import ROOT, Settings

CONNECT_SECONDS = 5
# What migrations and seeding depend on, beside settings.
PREPARED_FROM = (
    "bot/migrations",
    "bot/models",
    "bot/seed.py",
    "bot/faq",
    "bot/desk/calendar.py",
    "knowledge_base",
    "requirements/service.txt",
)


def refuse_unreachable(settings: Settings) -> None:
    """Raises LaunchError in one line when DATABASE_URL names no database that answers."""
    if settings.database_url is None:
        return
    try:
        _connect(settings.database_address).close()
    except psycopg.OperationalError as error:
        raise LaunchError(f"DATABASE_URL: {_first_line(error)}") from None


def wait_for_embedded(settings: Settings, patience: float = 30.0) -> None:
    until = time.monotonic() + patience
    while not answers(embedded_address(settings.data_dir, "postgres")):
        if time.monotonic() > until:
            raise LaunchError(
                f"PostgreSQL did not start within {patience:.0f} s. "
                f"Details: {log_folder(settings.data_dir) / 'postgres.log'}"
            )
        time.sleep(0.1)


def answers(address: str) -> bool:
    try:
        _connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def create_embedded(settings: Settings) -> None:
    """Makes our database in the embedded server, unless it is there."""
    name = make_url(settings.database_address).database or ""
    with _connect(embedded_address(settings.data_dir, "postgres")) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def create_parts(settings: Settings) -> None:
    """The extension that the tables need, and the schema that is Rasa's own."""
    try:
        with _connect(settings.database_address) as connection:
            schema = sql.SQL("CREATE SCHEMA IF NOT EXISTS {}")
            connection.execute(schema.format(sql.Identifier(rasa.SCHEMA)))
            present = "SELECT 1 FROM pg_extension WHERE extname = 'vector'"
            if connection.execute(present).fetchone() is None:
                connection.execute("CREATE EXTENSION vector")
    except psycopg.Error as error:
        raise LaunchError(
            f"The database lacks what we need and it can't be added ({_first_line(error)}): "
            f"its administrator runs CREATE EXTENSION vector and CREATE SCHEMA {rasa.SCHEMA}."
        ) from None


def migrate() -> None:
    """Applies every migration that the database has not seen."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def is_prepared(settings: Settings) -> bool:
    """Whether this database got the tables and the contents that the code brings with it."""
    with _connect(settings.database_address) as connection:
        try:
            held = connection.execute("SELECT inputs FROM preparation").fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return held == (_prepared_from(settings),)


def mark_prepared(settings: Settings) -> None:
    """Have the next starts find the database prepared, until what it is prepared from changes."""
    with _connect(settings.database_address) as connection, connection.transaction():
        connection.execute("DELETE FROM preparation")
        connection.execute("INSERT INTO preparation VALUES (%s)", [_prepared_from(settings)])


def _prepared_from(settings: Settings) -> str:
    facts = (settings.simulator, settings.encoder_model, settings.tz_office)
    return inputs.fingerprint(PREPARED_FROM, facts=facts)


def _connect(address: str) -> psycopg.Connection[Any]:
    plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=CONNECT_SECONDS)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else "no reason"
