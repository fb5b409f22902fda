"""What every process of ours rests on: connections that outlive a restart of the database."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from bot.db import engine, psycopg_address, transaction

pytestmark = pytest.mark.slow


def test_a_connection_that_the_database_ended_is_replaced_before_it_is_used(database, monkeypatch):
    monkeypatch.delattr(engine().dialect, "do_ping")  # connections are asked, as in the service
    connections = [engine().connect() for _ in range(3)]
    for connection in connections:
        connection.execute(text("SELECT 1"))
        connection.close()  # back to the pool
    with psycopg.connect(psycopg_address(), autocommit=True) as other:
        ended = other.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert ended is not None and ended[0] >= 3
    for _ in range(4):
        with transaction() as session:
            assert session.scalar(text("SELECT 1")) == 1
