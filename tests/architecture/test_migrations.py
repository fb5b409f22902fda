"""The migrated database is the one that the models describe."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, inspect, text

from bot.db import engine
from bot.launcher.database import migrate
from bot.models import Base


def differences(metadata: MetaData) -> list[object]:
    with engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))


def test_migrations_and_models_are_equal(migrated: None) -> None:
    assert differences(Base.metadata) == []


def test_a_column_without_a_migration_would_be_noticed(migrated: None) -> None:
    changed = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["person"].append_column(Column("shoe_size", Integer))
    assert len(differences(changed)) == 1


def test_every_check_on_enumerations_is_in_the_database(migrated: None) -> None:
    """Alembic does not compare checks, so a new value of an enumeration could be forgotten."""
    inspector = inspect(engine())
    for table in Base.metadata.sorted_tables:
        checks = " ".join(c["sqltext"] for c in inspector.get_check_constraints(table.name))
        for column in table.columns:
            for value in getattr(column.type, "enums", []):
                assert f"'{value}'" in checks, f"{table.name}.{column.name} lacks {value}"


def test_migrating_again_changes_nothing(migrated: None) -> None:
    migrate()
    assert differences(Base.metadata) == []


def test_the_logs_guard_is_there(migrated: None) -> None:
    with engine().connect() as connection:
        guards = connection.scalars(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = 'ticket_event'::regclass")
        ).all()
    assert "ticket_event_append_only" in guards


@pytest.mark.parametrize("table", sorted(t.name for t in Base.metadata.sorted_tables))
def test_every_moment_is_kept_with_its_time_zone(migrated: None, table: str) -> None:
    for column in inspect(engine()).get_columns(table):
        assert getattr(column["type"], "timezone", True), column["name"]
