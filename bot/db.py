"""One engine a process, transactions, and the notifications that wake other processes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from bot.bells import Bell, Bells
from bot.settings import settings

# Channels of LISTEN/NOTIFY. A notification is a hint to look; the rows are the truth.
FORMS = "maraga_forms"
TURNS = "maraga_turns"
OUTBOX = "maraga_outbox"
DESK = "maraga_desk"
PRESENCE = "maraga_presence"
KNOWLEDGE = "maraga_knowledge"
GATE = "maraga_gate"
QUESTIONS = "maraga_questions"

_BELLS = "bells"  # where a session keeps what it is to notify when it has committed
_RING = text(
    "SELECT pg_notify(channel, facts) "
    "FROM unnest(CAST(:channels AS text[]), CAST(:facts AS text[])) AS bell (channel, facts)"
)


@cache
def engine() -> Engine:
    """The process's engine. Connections are checked before use, as the database may restart."""
    return create_engine(
        settings().database_address,
        pool_size=12,
        max_overflow=12,
        pool_timeout=3,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text must not carry an applicant's words into a log
        connect_args={"connect_timeout": 3, "options": "-c timezone=UTC"},
    )


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits at the end of the block, or leaves nothing behind."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def one_statement() -> Iterator[Connection]:
    """A connection on which each statement is a transaction of its own, with no round trip more."""
    with engine().connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def notify(session: Session, channel: str, **facts: object) -> None:
    """Wake whoever listens on `channel`, once this transaction is committed."""
    session.info.setdefault(_BELLS, {})[channel, json.dumps(facts)] = None


def notify_at_once(channel: str) -> None:
    """Wake whoever listens on `channel`, for rows that are committed already."""
    _bells.add([(channel, "{}")])


@event.listens_for(Session, "after_commit")
def _notify_all(session: Session) -> None:
    if bells := session.info.pop(_BELLS, None):
        _bells.add(bells)


@event.listens_for(Session, "after_rollback")
def _notify_nobody(session: Session) -> None:
    session.info.pop(_BELLS, None)


def _ring(bells: Sequence[Bell]) -> None:
    channels, facts = zip(*bells, strict=True)
    with one_statement() as connection:
        connection.execute(_RING, {"channels": list(channels), "facts": list(facts)})


_bells = Bells(_ring)


def psycopg_address() -> str:
    """The database's address as libpq takes it, for connections that LISTEN."""
    return engine().url.set(drivername="postgresql").render_as_string(hide_password=False)
