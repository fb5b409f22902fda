"""What a question cost: the time that people spent on the ticket that came of it, estimated.

A ticket is put down to the last question that the bot was asked before it was opened. Of each
step that an officer or a section took, the time since the step or the applicant's message before
it counts, ten minutes at most, as they did other things meanwhile; taking a ticket counts a
minute, as the time before it is waiting.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from bot.models import OfficerWork

LONGEST_STEP_MINUTES = 10
TAKING_MINUTES = 1
# For how long a ticket may be about what the bot was asked.
_ABOUT_HOURS = 6


def estimate_work(session: Session, since: datetime) -> None:
    """Estimate anew what was done on tickets opened from `since` on."""
    session.execute(delete(OfficerWork))
    values = {
        "since": since,
        "longest": LONGEST_STEP_MINUTES * 60,
        "taking": TAKING_MINUTES * 60,
        "about": _ABOUT_HOURS,
    }
    session.execute(_ESTIMATED, values)


_ESTIMATED = text("""
    WITH opened AS (
        SELECT e.ticket_id, t.conversation_id, e.at AS began,
            lead(e.at) OVER (PARTITION BY e.ticket_id ORDER BY e.id) AS ended
        FROM ticket_event e JOIN ticket t ON t.id = e.ticket_id
        WHERE e.kind IN ('opened', 'reopened') AND e.at >= :since
    ), asked AS (
        SELECT o.*, q.turn_id FROM opened o CROSS JOIN LATERAL (
            SELECT d.turn_id FROM bot_decision d
            WHERE d.conversation_id = o.conversation_id
                AND d.at <= o.began AND d.at > o.began - make_interval(hours => :about)
            ORDER BY d.turn_id DESC LIMIT 1
        ) q
    ), step AS (
        SELECT ticket_id, at, staff_id, kind,
            extract(epoch FROM at - lag(at) OVER (PARTITION BY ticket_id ORDER BY at, id)) AS took
        FROM ticket_event
        WHERE at >= :since AND ticket_id IN (SELECT ticket_id FROM asked)
            AND (staff_id IS NOT NULL OR kind IN ('opened', 'reopened', 'applicant_wrote'))
    )
    INSERT INTO officer_work (turn_id, ticket_id, seconds)
    SELECT a.turn_id, max(a.ticket_id), coalesce(sum(
        CASE WHEN s.kind = 'taken' THEN :taking ELSE least(s.took, :longest) END
    ), 0)
    FROM asked a
    LEFT JOIN step s ON s.ticket_id = a.ticket_id AND s.staff_id IS NOT NULL
        AND s.at >= a.began AND (a.ended IS NULL OR s.at < a.ended)
    GROUP BY a.turn_id
""")
