"""The rows of large_data.py that only the desk's own screens show.

Open questions at a section and with the head, notes, tags, shifts, years of the office's log, and
one person who wrote 5,000 messages.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

AUDIT_ENTRIES = 50_000
LONG_CONVERSATION = 5_000  # messages, all on the newest ticket


def fill_desk(connection: Connection, until: datetime, days: int) -> None:
    """Make the rows beside those that `large_data.fill` has made."""
    values = {
        "until": until,
        "days": days,
        "entries": AUDIT_ENTRIES,
        "long": LONG_CONVERSATION,
    }
    for statement in STATEMENTS:
        wanted = {name: values[name] for name in values if f":{name}" in statement}
        connection.execute(text(statement), wanted)


STATEMENTS = (
    """
    INSERT INTO ticket_counter (year, last)
    SELECT extract(year FROM opened_at), max(id) FROM ticket GROUP BY 1
    """,
    """
    UPDATE conversation SET last_inbound_at = asked.latest
    FROM (SELECT conversation_id, max(opened_at) AS latest FROM ticket GROUP BY 1) AS asked
    WHERE asked.conversation_id = conversation.id
    """,
    # The topics that articles have, on nine of ten tickets.
    """
    UPDATE ticket SET topic = (ARRAY['barang kiriman', 'barang penumpang', 'registrasi IMEI',
        'impor', 'ekspor', 'cukai', 'pengaduan', 'layanan kantor'])[1 + id % 8]
    WHERE id % 10 <> 0
    """,
    "INSERT INTO tag (name) SELECT 'label ' || n FROM generate_series(1, 20) AS n",
    """
    INSERT INTO ticket_tag (ticket_id, tag_id, added_by_id, added_at)
    SELECT ticket.id, tag.id, ticket.holder_id, ticket.opened_at
    FROM ticket JOIN tag ON tag.id % 20 = ticket.id % 20
    WHERE ticket.id % 5 = 0 AND ticket.holder_id IS NOT NULL
    """,
    """
    INSERT INTO note (conversation_id, ticket_id, staff_id, body, at, client_key)
    SELECT conversation_id, id, holder_id, 'Sudah ditelepon, menunggu dokumen.', opened_at,
        'large:' || id
    FROM ticket WHERE id % 20 = 0 AND holder_id IS NOT NULL
    """,
    # Two shifts a day for every officer, also for those of the trial.
    """
    INSERT INTO duty_shift (staff_id, starts_at, ends_at)
    SELECT staff.id, day + half * interval '12 hours', day + (half + 1) * interval '12 hours'
    FROM staff, generate_series(0, 1) AS half, generate_series(
        date_trunc('day', CAST(:until AS timestamptz)) - :days * interval '1 day',
        CAST(:until AS timestamptz) + interval '7 days', interval '1 day') AS day
    WHERE role = 'pli'
    """,
    """
    INSERT INTO audit (at, staff_id, kind, subject, data)
    SELECT CAST(:until AS timestamptz) - random() * :days * interval '1 day',
        (SELECT min(id) FROM staff) + n % 8, 'account_changed', 'petugas' || n % 8,
        jsonb_build_object('name', 'Petugas ' || n)
    FROM generate_series(1, :entries) AS n
    """,
    # Ten of the held tickets have a question at a section, ten with the head.
    """
    INSERT INTO consultation (ticket_id, section_id, tier, key, question, asked_by_id, asked_at)
    SELECT ticket.id, section.id, CASE WHEN section.code = 'PLI' THEN 'head' ELSE 'section' END,
        'open:' || ticket.id || section.code, 'Apakah barang ini boleh masuk tanpa izin?',
        ticket.holder_id, ticket.opened_at
    FROM (SELECT * FROM ticket WHERE state = 'held' ORDER BY id LIMIT 10) AS ticket
    JOIN section ON section.code IN ('P2', 'PLI')
    """,
    """
    INSERT INTO clock (ticket_id, kind, consultation_id, calendar_version_id, started_at, due_at,
        explanation)
    SELECT ticket_id, 'section', id, (SELECT max(id) FROM office_calendar_version), asked_at,
        asked_at + interval '30 minutes', jsonb_build_array(
            jsonb_build_object('step', 'sent', 'at', asked_at, 'local', asked_at, 'calendar', 1),
            jsonb_build_object('step', 'rule', 'rule', 'section', 'minutes', 30))
    FROM consultation WHERE answered_at IS NULL
    """,
    """
    UPDATE ticket SET state = 'consulting'
    WHERE id IN (SELECT ticket_id FROM consultation WHERE answered_at IS NULL)
    """,
    """
    INSERT INTO message (conversation_id, ticket_id, direction, speaker, staff_id, kind, body, at)
    SELECT ticket.conversation_id, ticket.id, CASE WHEN n % 2 = 0 THEN 'in' ELSE 'out' END,
        CASE WHEN n % 2 = 0 THEN 'applicant' ELSE 'officer' END,
        CASE WHEN n % 2 = 1 THEN ticket.holder_id END, 'text',
        'Kalimat ke-' || n || ' dari percakapan yang *sangat* panjang, dengan tautan '
        || 'https://www.beacukai.go.id/arsip/' || n || ', nomor resi RR' || n,
        CAST(:until AS timestamptz) - (:long - n) * interval '5 minutes'
    FROM (SELECT * FROM ticket WHERE state = 'held' ORDER BY id DESC LIMIT 1) AS ticket,
        generate_series(1, :long) AS n
    """,
    # What the service sends has its delivery state.
    """
    INSERT INTO outbox (message_id, conversation_id, "to", state, attempts, next_attempt_at)
    SELECT message.id, message.conversation_id, address.value, 'read', 1, message.at
    FROM message JOIN conversation ON conversation.id = message.conversation_id
    JOIN address ON address.id = conversation.address_id
    WHERE message.direction = 'out'
    """,
)
