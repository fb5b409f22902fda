"""The report on the promise: kept or late, and day by day."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date
from sqlalchemy.orm import Session

from bot.console.language import Words
from bot.console.measures import length, percent
from bot.console.reports.blocks import Block, Column, Kind
from bot.console.reports.charts import columns
from bot.figures.period import Period
from bot.figures.promises import Day, Kept, Promises, promises, promises_by_day

# A longer period is drawn by the week: columns of a day would be too thin to see.
MOST_DAYS = 92


def promise_blocks(session: Session, period: Period, now: datetime, words: Words) -> list[Block]:
    """The promise's report."""
    days = promises_by_day(session, period, now)
    figures = promises(session, period.span, now)
    before = promises(session, period.before().span, now)
    return [
        _kept(figures, before, words),
        _by_day(days, words),
    ]


def _kept(figures: Promises, before: Promises, words: Words) -> Block:
    _ = words.gettext
    rows = [
        (_("10 menit, di dalam jam kerja"), figures.working, before.working),
        (_("1 jam, di luar jam kerja"), figures.outside, before.outside),
        (_("Keduanya"), figures.both, before.both),
    ]
    return Block(
        "promise",
        _("Janji layanan"),
        (
            Column(_("Janji")),
            Column(_("Tepat waktu"), Kind.NUMBER),
            Column(_("Terlambat"), Kind.NUMBER),
            Column(_("Ditepati"), Kind.SHARE),
            Column(_("Periode sebelumnya"), Kind.SHARE),
        ),
        [(name, one.kept, one.late, one.share, earlier.share) for name, one, earlier in rows],
        _(
            "Respons pertama: median {median}, 9 dari 10 dalam {p90}. "
            "Periode sebelumnya: median {median_before}, 9 dari 10 dalam {p90_before}."
        ).format(
            median=length(figures.median, words),
            p90=length(figures.percentile_90, words),
            median_before=length(before.median, words),
            p90_before=length(before.percentile_90, words),
        ),
    )


def _by_day(days: list[Day], words: Words) -> Block:
    _ = words.gettext
    both = [day.both for day in days]
    groups = list(zip([day.day for day in days], both, strict=True))
    step = 1 if len(groups) <= MOST_DAYS else 7
    drawn = [groups[n : n + step] for n in range(0, len(groups), step)]
    labels = [format_date(group[0][0], "d MMM", locale=words.code) for group in drawn]
    stacks = [
        (sum(one.kept for _, one in group), sum(one.late for _, one in group)) for group in drawn
    ]
    total = Kept(sum(one.kept for one in both), sum(one.late for one in both))
    return Block(
        "days",
        _("Hari demi hari"),
        (
            Column(_("Tanggal"), Kind.DAY),
            Column(_("Tepat, 10 menit"), Kind.NUMBER),
            Column(_("Terlambat, 10 menit"), Kind.NUMBER),
            Column(_("Tepat, 1 jam"), Kind.NUMBER),
            Column(_("Terlambat, 1 jam"), Kind.NUMBER),
            Column(_("Ditepati"), Kind.SHARE),
        ),
        [
            (d.day, d.working.kept, d.working.late, d.outside.kept, d.outside.late, one.share)
            for d, one in zip(days, both, strict=True)
        ],
        "" if step == 1 else _("Gambar menurut pekan; tabel menurut hari."),
        columns(
            labels,
            stacks,
            (_("Tepat waktu"), _("Terlambat")),
            _("Janji menurut hari: {share} ditepati dari {all} pertanyaan.").format(
                share=percent(total.share, words), all=total.all
            ),
        ),
    )
