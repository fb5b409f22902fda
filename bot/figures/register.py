"""The register of information services: each case as sister offices record it (FLI)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.figures.period import Span
from bot.figures.tiers import HEAD_CODE, Tier
from bot.models import Ticket

MOST = 10_000  # cases of one register


@dataclass(frozen=True)
class Case:
    """One line of the register."""

    number: str
    asked_at: datetime
    applicant: str
    address: str
    question: str
    units: str  # the sections that were consulted, by code
    answer: str
    officer: str
    responded_at: datetime | None
    closed_at: datetime | None
    tier: Tier
    outcome: str | None


def count_cases(session: Session, span: Span) -> int:
    """How many cases were opened within `span`."""
    statement = select(func.count()).where(
        Ticket.opened_at >= span.start, Ticket.opened_at < span.end
    )
    return session.scalar(statement) or 0


def cases(session: Session, span: Span, limit: int = MOST) -> Iterator[Case]:
    """The cases opened within `span`, in order, `limit` at most."""
    values = {"start": span.start, "end": span.end, "limit": limit, "head": HEAD_CODE}
    for row in session.execute(_CASES, values):
        facts = dict(row._mapping)
        yield Case(**{**facts, "tier": Tier(facts["tier"])})


# The question is what the ticket is about, or else what the applicant wrote first; the answer is
# what an officer wrote last.
_CASES = text("""
    SELECT
        t.number,
        coalesce(c.started_at, t.opened_at) AS asked_at,
        p.name AS applicant,
        a.value AS address,
        coalesce(nullif(t.subject, ''), (
            SELECT m.body FROM message m
            WHERE m.ticket_id = t.id AND m.speaker = 'applicant' AND m.body <> ''
            ORDER BY m.id LIMIT 1
        ), '') AS question,
        coalesce(k.units, '') AS units,
        coalesce(r.body, '') AS answer,
        coalesce(w.name, h.name, '') AS officer,
        c.stopped_at AS responded_at,
        t.closed_at,
        CASE WHEN k.head THEN 'head' WHEN k.head IS NULL THEN 'officer' ELSE 'section' END AS tier,
        t.outcome
    FROM ticket t
    JOIN conversation v ON v.id = t.conversation_id
    JOIN person p ON p.id = v.person_id
    JOIN address a ON a.id = v.address_id
    LEFT JOIN staff h ON h.id = t.holder_id
    LEFT JOIN LATERAL (
        SELECT started_at, stopped_at FROM clock
        WHERE ticket_id = t.id AND kind = 'promise' ORDER BY id LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(DISTINCT s.code, ', ') AS units, bool_or(s.code = :head) AS head
        FROM consultation n JOIN section s ON s.id = n.section_id WHERE n.ticket_id = t.id
    ) k ON true
    LEFT JOIN LATERAL (
        SELECT m.body, m.staff_id FROM message m
        WHERE m.ticket_id = t.id AND m.speaker = 'officer' ORDER BY m.id DESC LIMIT 1
    ) r ON true
    LEFT JOIN staff w ON w.id = r.staff_id
    WHERE t.opened_at >= :start AND t.opened_at < :end
    ORDER BY t.opened_at, t.id
    LIMIT :limit
""")
