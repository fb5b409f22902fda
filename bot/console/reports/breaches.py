"""The report on missed deadlines, each with how it came about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.deadline import explained
from bot.console.language import Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.figures.breaches import Breach, breaches
from bot.figures.period import Period

MOST = 5_000  # in one file


def breach_blocks(session: Session, period: Period, now: datetime, words: Words) -> list[Block]:
    """All of the period's missed deadlines, for a file; the page shows them in pages."""
    _ = words.gettext
    return [
        Block(
            "breaches",
            _("Tenggat yang terlewat"),
            (
                Column(_("Tiket")),
                Column(_("Jam")),
                Column(_("Petugas")),
                Column(_("Mulai"), Kind.MOMENT),
                Column(_("Tenggat"), Kind.MOMENT),
                Column(_("Dijawab"), Kind.MOMENT),
                Column(_("Terlambat"), Kind.LENGTH),
                Column(_("Penjelasan")),
            ),
            [
                (
                    one.clock.ticket.number,
                    whose(one, words),
                    one.clock.ticket.holder.name if one.clock.ticket.holder else "",
                    one.clock.started_at,
                    one.clock.due_at,
                    one.clock.stopped_at,
                    one.late_by(now),
                    " ".join(explained(one.clock.explanation, words)),
                )
                for one in breaches(session, period.span, limit=MOST)
            ],
        )
    ]


def whose(breach: Breach, words: Words) -> str:
    """Whose clock ran out: the promise's, or a section's by its name."""
    return breach.section or words.gettext("Janji kepada pemohon")
