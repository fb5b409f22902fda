"""The report on the applicants' ratings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.labels import number
from bot.console.language import Words
from bot.console.measures import decimal
from bot.console.reports.blocks import Block, Column, Kind
from bot.console.reports.charts import columns
from bot.figures.period import Period
from bot.figures.ratings import STARS, ratings


def rating_blocks(session: Session, period: Period, _now: datetime, words: Words) -> list[Block]:
    """The ratings' report."""
    _ = words.gettext
    found = ratings(session, period.span)
    given = found.given
    return [
        Block(
            "ratings",
            _("Nilai dari pemohon"),
            (
                Column(_("Nilai")),
                Column(_("Jumlah"), Kind.NUMBER),
                Column(_("Bagian"), Kind.SHARE),
            ),
            [
                (f"{stars} / 5", count, count / given if given else None)
                for stars, count in zip(STARS, found.counts, strict=True)
            ],
            _("Rata-rata {mean} dari {given} nilai; {asked} pemohon ditanya.").format(
                mean=decimal(found.mean, words),
                given=number(given, words),
                asked=number(found.asked, words),
            ),
            columns(
                [str(stars) for stars in STARS],
                [(count,) for count in found.counts],
                (_("Nilai"),),
                _("Berapa kali setiap nilai diberikan, dari 1 sampai 5."),
            ),
        )
    ]
