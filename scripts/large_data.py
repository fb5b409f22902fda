#!/usr/bin/env python3
"""Fills a database as years of service would: 100,000 tickets with 1,000,000 messages.

For measuring pages, never for a database that anybody needs: it refuses one with tickets in it.
The rows are made inside PostgreSQL, so that it takes about a minute. Run as
`python scripts/large_data.py`, with DATABASE_URL naming a migrated and seeded database; another
script calls `fill`, or works within `filled_database`.

What is made: a person for every three tickets; two years of questions, most in working hours; nine
of ten first responses in time; one ticket in seven asked a section; two answers of the bot for
each ticket, some of them rejected; 40 tickets still open, half of them held.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from own_database import own_database
from sqlalchemy import Connection, text

from bot import clock, seed
from bot.db import engine, transaction

TICKETS = 100_000
MESSAGES_A_TICKET = 10
STILL_OPEN = 40
DAYS = 730


class NotEmpty(Exception):
    """The database holds tickets already."""


def main() -> int:
    """Fill the database of the settings; 2 when it is not empty."""
    parser = argparse.ArgumentParser(description="Fill a database for measuring.")
    parser.add_argument("--tickets", type=int, default=TICKETS)
    tickets: int = parser.parse_args().tickets
    try:
        with engine().begin() as connection:
            fill(connection, clock.now(), tickets)
    except NotEmpty as fault:
        print(fault, file=sys.stderr)
        return 2
    analyse()
    print(f"{tickets} tickets, {tickets * MESSAGES_A_TICKET} messages.")
    return 0


def fill(connection: Connection, until: datetime, tickets: int = TICKETS, days: int = DAYS) -> None:
    """Make the rows over the `days` before `until`; those still open began in its last minutes."""
    if connection.scalar(text("SELECT EXISTS (SELECT 1 FROM ticket)")):
        raise NotEmpty("This database holds tickets. Name an empty one in DATABASE_URL.")
    values = {
        "until": until,
        "days": days,
        "tickets": tickets,
        "each": MESSAGES_A_TICKET,
        "closed": tickets - min(STILL_OPEN, tickets // 2),
    }
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
    for statement in STATEMENTS:
        wanted = {name: values[name] for name in values if f":{name}" in statement}
        connection.execute(text(statement), wanted)


@contextmanager
def filled_database(
    tickets: int = TICKETS, days: int = DAYS, kept: Path | None = None
) -> Iterator[None]:
    """A PostgreSQL of its own for the length of the block, filled; the settings point at it.

    One that is `kept` in a folder is made there, or taken up again as it was left.
    """
    with own_database(kept):
        if _is_empty():
            with transaction() as session:
                seed.seed_office(session, clock.now())
                session.execute(text(_ARTICLES))
            with engine().begin() as connection:
                fill(connection, clock.now(), tickets, days)
            analyse()
        yield


def _is_empty() -> bool:
    with engine().connect() as connection:
        return not connection.scalar(text("SELECT EXISTS (SELECT 1 FROM ticket)"))


# A hundred articles without a text: figures look at titles and groups alone.
_ARTICLES = """
    WITH made AS (
        INSERT INTO article (id) SELECT 'artikel-' || n FROM generate_series(1, 100) AS n
    )
    INSERT INTO article_revision (article_id, number, status, title, "group", section_code,
        answer_id, legal_basis, valid_from, review_by, confidence, details, source, content_hash)
    SELECT 'artikel-' || n, 1, 'published', 'Artikel ' || n,
        (ARRAY['barang kiriman', 'barang penumpang', 'registrasi IMEI', 'impor', 'ekspor',
            'cukai', 'pengaduan', 'layanan kantor'])[1 + n % 8], 'PKC', '',
        '[]', '2026-01-01', '2027-01-01', 'high', '{}', '', n::text
    FROM generate_series(1, 100) AS n
"""


def analyse() -> None:
    """Let the planner know what came."""
    with engine().connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


# One row for each ticket, in `made`, from which all else follows. `n` grows with time.
STATEMENTS = (
    """
    CREATE TEMP TABLE spread ON COMMIT DROP AS
    SELECT CASE WHEN at < CAST(:until AS timestamptz) - interval '6 hours' THEN at
        ELSE at - interval '1 day' END AS at
    FROM (
        SELECT CASE
            WHEN extract(isodow FROM at AT TIME ZONE 'Asia/Makassar') > 5 AND random() < 0.7
                THEN at - (2 + floor(random() * 4)) * interval '1 day'
            ELSE at END AS at
        FROM (
            SELECT date_trunc('day', CAST(:until AS timestamptz), 'Asia/Makassar')
                - floor(random() * :days) * interval '1 day'
                + (hours[1 + floor(random() * cardinality(hours))] + random()) * interval '1 hour'
                AS at
            FROM generate_series(1, CAST(:closed AS int)),
                (SELECT '{8,8,8,9,9,9,9,10,10,10,10,11,11,11,12,13,13,13,14,14,14,15,15,16,16,
                    17,18,19,20,21,22,7,7,6,1}'::int[] AS hours) AS busy
        ) AS any_day
    ) AS weekends_thinned
    """,
    """
    CREATE TEMP TABLE made ON COMMIT DROP AS
    SELECT n, asked_at, working,
        asked_at + CASE WHEN working THEN interval '10 minutes' ELSE interval '1 hour' END
            AS due_at,
        CASE WHEN n <= :closed THEN asked_at + CASE WHEN working THEN 10 ELSE 60 END
            * (0.1 + 0.95 * power(random(), 1.5)) * interval '1 minute' END AS responded_at,
        CASE WHEN n <= :closed THEN asked_at + (1 + random() * 5) * interval '1 hour' END
            AS closed_at,
        n % 7 = 0 AS asks_section
    FROM (
        SELECT n, at AS asked_at,
            extract(isodow FROM at AT TIME ZONE 'Asia/Makassar') < 6
                AND (at AT TIME ZONE 'Asia/Makassar')::time BETWEEN '07:30' AND '16:59' AS working
        FROM (
            SELECT row_number() OVER (ORDER BY at) AS n, at FROM spread
            UNION ALL
            SELECT n, CAST(:until AS timestamptz) - (:tickets - n) * interval '18 seconds'
            FROM generate_series(CAST(:closed AS int) + 1, CAST(:tickets AS int)) AS n
        ) AS moments
    ) AS moments_and_hours
    """,
    """
    INSERT INTO staff (username, name, role, password_hash)
    SELECT 'petugas' || n, 'Petugas ' || n, 'pli', '' FROM generate_series(1, 8) AS n
    """,
    "CREATE TEMP TABLE desk ON COMMIT DROP AS "
    "SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff WHERE role = 'pli'",
    "CREATE TEMP TABLE unit ON COMMIT DROP AS "
    "SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM section WHERE code <> 'PLI'",
    # Three tickets a person; the open ones have a person each.
    """
    INSERT INTO person (id, name) OVERRIDING SYSTEM VALUE
    SELECT DISTINCT CASE WHEN n <= :closed THEN (n - 1) / 3 + 1 ELSE 1000000 + n END,
        'Pemohon ' || CASE WHEN n <= :closed THEN (n - 1) / 3 + 1 ELSE 1000000 + n END
    FROM made
    """,
    """
    INSERT INTO address (id, person_id, kind, value) OVERRIDING SYSTEM VALUE
    SELECT id, id, 'phone', 'whatsapp:+62812' || lpad(id::text, 8, '0') FROM person
    """,
    """
    INSERT INTO conversation (id, person_id, address_id, floor) OVERRIDING SYSTEM VALUE
    SELECT id, id, id, CASE WHEN id <= 1000000 THEN 'bot'
        WHEN id % 2 = 0 THEN 'officer' ELSE 'queue' END FROM person
    """,
    """
    INSERT INTO ticket (id, number, conversation_id, state, reason, subject, holder_id, opened_at,
        closed_at, outcome, rating, rating_asked_at) OVERRIDING SYSTEM VALUE
    SELECT n, 'MC-' || extract(year FROM asked_at) || '-' || lpad(n::text, 6, '0'),
        CASE WHEN n <= :closed THEN (n - 1) / 3 + 1 ELSE 1000000 + n END,
        CASE WHEN n <= :closed THEN 'closed' WHEN n % 2 = 0 THEN 'held' ELSE 'waiting' END,
        (ARRAY['no_answer', 'asked_for_person', 'complaint', 'not_helpful', 'urgent'])[n % 5 + 1],
        'Pertanyaan ' || n || ' tentang barang kiriman dari luar negeri yang belum sampai',
        CASE WHEN n <= :closed OR n % 2 = 0 THEN desk.id END, asked_at + interval '1 second',
        closed_at,
        CASE WHEN n <= :closed THEN 'answered' END,
        CASE WHEN n <= :closed AND n % 3 = 0 THEN (ARRAY[5, 4, 5, 3, 5, 1, 4])[n % 7 + 1] END,
        closed_at
    FROM made JOIN desk ON desk.place = n % (SELECT count(*) FROM desk)
    """,
    """
    INSERT INTO consultation (ticket_id, section_id, key, question, asked_by_id, asked_at, answer,
        answered_by_id, answered_at)
    SELECT n, unit.id, 'large:' || n, 'Apakah pemeriksaannya sudah selesai?', desk.id,
        responded_at, 'Sudah.', desk.id, responded_at + random() * interval '45 minutes'
    FROM made
    JOIN desk ON desk.place = n % (SELECT count(*) FROM desk)
    JOIN unit ON unit.place = n / 7 % (SELECT count(*) FROM unit)
    WHERE asks_section AND n <= :closed
    """,
    """
    INSERT INTO clock (ticket_id, kind, is_first, calendar_version_id, started_at, due_at,
        explanation, breached_at, stopped_at)
    SELECT n, 'promise', true, (SELECT max(id) FROM office_calendar_version), asked_at, due_at,
        jsonb_build_array(
            jsonb_build_object('step', 'sent', 'at', asked_at, 'local', asked_at, 'calendar', 1),
            jsonb_build_object('step', 'rule', 'rule',
                CASE WHEN working THEN 'working' ELSE 'outside' END,
                'minutes', CASE WHEN working THEN 10 ELSE 60 END),
            jsonb_build_object('step', 'due', 'at', due_at)),
        CASE WHEN coalesce(responded_at, :until) > due_at THEN due_at END, responded_at
    FROM made ORDER BY n
    """,
    """
    INSERT INTO clock (ticket_id, kind, consultation_id, calendar_version_id, started_at, due_at,
        explanation, breached_at, stopped_at)
    SELECT ticket_id, 'section', id, (SELECT max(id) FROM office_calendar_version), asked_at,
        asked_at + interval '30 minutes', jsonb_build_array(
            jsonb_build_object('step', 'sent', 'at', asked_at, 'local', asked_at, 'calendar', 1),
            jsonb_build_object('step', 'rule', 'rule', 'section', 'minutes', 30)),
        CASE WHEN answered_at > asked_at + interval '30 minutes'
            THEN asked_at + interval '30 minutes' END, answered_at
    FROM consultation
    """,
    """
    INSERT INTO ticket_event (ticket_id, at, staff_id, kind)
    SELECT n, asked_at, NULL::bigint, 'opened' FROM made
    UNION ALL
    SELECT n, responded_at, holder_id, 'replied' FROM made JOIN ticket ON ticket.id = n
        WHERE responded_at IS NOT NULL
    UNION ALL
    SELECT n, made.closed_at, holder_id, 'closed' FROM made JOIN ticket ON ticket.id = n
        WHERE made.closed_at IS NOT NULL
    """,
    """
    INSERT INTO message (conversation_id, ticket_id, direction, speaker, staff_id, kind, body, at)
    SELECT ticket.conversation_id, n,
        CASE WHEN m % 2 = 1 THEN 'in' ELSE 'out' END,
        CASE WHEN m % 2 = 1 THEN 'applicant' ELSE 'officer' END,
        CASE WHEN m % 2 = 0 THEN ticket.holder_id END, 'text',
        'Pesan ' || m || ' dari tiket ' || n || ': nomor resi RR' || lpad(n::text, 9, '0') || 'ID',
        CASE WHEN m = 1 THEN asked_at
            ELSE coalesce(responded_at, asked_at) + (m - 2) * interval '4 minutes' END
    FROM made JOIN ticket ON ticket.id = n CROSS JOIN generate_series(1, :each) AS m
    ORDER BY n, m
    """,
    """
    INSERT INTO turn (id, conversation_id, text, fence, created_at, finished_at, outcome)
        OVERRIDING SYSTEM VALUE
    SELECT n * 2 + q, (n - 1) / 3 + 1, 'berapa batas bebas bea masuk?', 0,
        asked_at - q * interval '3 hours', asked_at - q * interval '3 hours', 'answered'
    FROM made CROSS JOIN generate_series(0, 1) AS q WHERE n <= :closed
    """,
    """
    INSERT INTO bot_decision (turn_id, conversation_id, question, language, kind, candidates,
        revision_id, knowledge, at, helpful)
    SELECT turn.id, turn.conversation_id, turn.text, 'id', 'answer',
        '[{"article": "barang-kiriman", "score": 0.91, "nearest": "barang kiriman"}]',
        (SELECT min(id) + turn.id % greatest(count(*), 1) FROM article_revision), 'large',
        turn.created_at, CASE turn.id % 9 WHEN 0 THEN false WHEN 1 THEN true WHEN 2 THEN true END
    FROM turn
    """,
    *(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        for table in ("person", "address", "conversation", "ticket", "turn")
    ),
)


if __name__ == "__main__":
    sys.exit(main())
