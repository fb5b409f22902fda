"""Which way a question took, against the norms that sister offices publish.

10 to 30 minutes when PLI answers alone, 30 to 60 when a section is consulted, 60 and more when
the section head must decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.figures.period import Span

# The code of the section that stands for the head's decision.
HEAD_CODE = "KEPALA"
BANDS = (10, 30, 60)  # upper bounds in minutes; the last band has none


class Tier(StrEnum):
    OFFICER = "officer"
    SECTION = "section"
    HEAD = "head"


# Within how many minutes a tier's answer is expected; None: as long as it takes.
NORMS: dict[Tier, int | None] = {Tier.OFFICER: 30, Tier.SECTION: 60, Tier.HEAD: None}


@dataclass(frozen=True)
class TierFigures:
    """A tier's answered tickets by how long they took: up to 10, 30, 60 minutes, and longer."""

    tier: Tier
    bands: tuple[int, int, int, int]
    waiting: int

    @property
    def answered(self) -> int:
        return sum(self.bands)

    @property
    def within_norm(self) -> float | None:
        """The part that was answered within the norm; None without a norm or an answer."""
        norm = NORMS[self.tier]
        if norm is None or not self.answered:
            return None
        return sum(self.bands[: BANDS.index(norm) + 1]) / self.answered


def tiers(session: Session, span: Span) -> list[TierFigures]:
    """The tickets whose question came within `span`, by tier: officer, section, head."""
    found = {tier: [0] * (len(BANDS) + 2) for tier in Tier}
    short, middle, long = (timedelta(minutes=bound) for bound in BANDS)
    lengths = {"short": short, "middle": middle, "long": long}
    values = {"head": HEAD_CODE, "start": span.start, "end": span.end, **lengths}
    for tier, band, count in session.execute(_COUNTED, values):
        found[Tier(tier)][band] += count
    return [_figures(tier, counts) for tier, counts in found.items()]


def _figures(tier: Tier, counts: list[int]) -> TierFigures:
    *bands, waiting = counts
    return TierFigures(tier, (bands[0], bands[1], bands[2], bands[3]), waiting)


# An officer's answer is the first response. Where others were asked it is what the officer wrote
# to the applicant after their last answer, as the holding reply before it answers nothing.
_COUNTED = text("""
    WITH consulted AS (
        SELECT k.ticket_id, bool_or(s.code = :head) AS head, max(k.answered_at) AS answered_at
        FROM consultation k JOIN section s ON s.id = k.section_id
        WHERE k.asked_at >= :start
        GROUP BY k.ticket_id
    ), answered AS MATERIALIZED (
        SELECT
            CASE WHEN k.head THEN 'head' WHEN k.head IS NULL THEN 'officer' ELSE 'section' END
                AS tier,
            CASE WHEN k.head IS NULL THEN c.stopped_at ELSE (
                SELECT m.at FROM message m
                WHERE m.ticket_id = c.ticket_id AND m.speaker = 'officer' AND m.at >= k.answered_at
                ORDER BY m.id LIMIT 1
            ) END - c.started_at AS took
        FROM clock c LEFT JOIN consulted k ON k.ticket_id = c.ticket_id
        WHERE c.kind = 'promise' AND c.is_first AND c.started_at >= :start AND c.started_at < :end
    )
    SELECT
        tier,
        CASE WHEN took IS NULL THEN 4
            ELSE (took > :short)::int + (took > :middle)::int + (took > :long)::int END AS band,
        count(*)
    FROM answered GROUP BY tier, band
""")
