"""The report on the sections: how fast they explain what PLI asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.language import Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.figures.period import Period
from bot.figures.sections import section_figures


def section_blocks(session: Session, period: Period, now: datetime, words: Words) -> list[Block]:
    """The sections' report."""
    _ = words.gettext
    return [
        Block(
            "sections",
            _("Waktu jawab seksi"),
            (
                Column(_("Seksi")),
                Column(_("Nama")),
                Column(_("Ditanya"), Kind.NUMBER),
                Column(_("Dijawab"), Kind.NUMBER),
                Column(_("Terlambat"), Kind.NUMBER),
                Column(_("Tepat waktu"), Kind.SHARE),
                Column(_("Median"), Kind.LENGTH),
                Column(_("9 dari 10 dalam"), Kind.LENGTH),
            ),
            [
                (
                    one.code,
                    one.name,
                    one.asked,
                    one.answered,
                    one.clocks.late,
                    one.clocks.share,
                    one.median,
                    one.percentile_90,
                )
                for one in section_figures(session, period.span, now)
            ],
            _(
                "Lama jawab dihitung dari pertanyaan sampai jawaban, malam dan hari libur "
                "termasuk; tenggat seksi hanya menghitung jam kerja."
            ),
        )
    ]
