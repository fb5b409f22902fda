"""The report on the bot: what it settled alone, and which answers were rejected."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.language import Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.figures.bot_answers import bot_share, most_rejected, rejected_answers
from bot.figures.period import Period


def bot_blocks(session: Session, period: Period, _now: datetime, words: Words) -> list[Block]:
    """The bot's report."""
    return [
        _share(session, period, words),
        _articles(session, period, words),
        _rejected(session, period, words),
    ]


def _share(session: Session, period: Period, words: Words) -> Block:
    _ = words.gettext
    spans = (period.span, period.before().span)
    found = [bot_share(session, span) for span in spans]
    names = (_("Periode ini"), _("Periode sebelumnya"))
    return Block(
        "share",
        _("Selesai di bot"),
        (
            Column(_("Periode")),
            Column(_("Membantu"), Kind.NUMBER),
            Column(_("Tanpa kabar"), Kind.NUMBER),
            Column(_("Ditolak"), Kind.NUMBER),
            Column(_("Tiket"), Kind.NUMBER),
            Column(_("Selesai di bot"), Kind.SHARE),
        ),
        [
            (name, one.helped, one.silent, one.rejected, one.tickets, one.share)
            for name, one in zip(names, found, strict=True)
        ],
        _("Jawaban bot yang tidak ditolak dihitung selesai; selebihnya menjadi tiket."),
    )


def _articles(session: Session, period: Period, words: Words) -> Block:
    _ = words.gettext
    return Block(
        "rejected-articles",
        _("Artikel yang paling sering ditolak"),
        (
            Column(_("Kode artikel")),
            Column(_("Judul")),
            Column(_("Diberikan"), Kind.NUMBER),
            Column(_("Ditolak"), Kind.NUMBER),
            Column(_("Bagian ditolak"), Kind.SHARE),
        ),
        [
            (one.article_id, one.title, one.answers, one.rejected, one.rejected / one.answers)
            for one in most_rejected(session, period.span)
        ],
    )


def _rejected(session: Session, period: Period, words: Words) -> Block:
    _ = words.gettext
    return Block(
        "rejected",
        _("Jawaban bot yang ditolak"),
        (
            Column(_("Waktu"), Kind.MOMENT),
            Column(_("Pertanyaan pemohon")),
            Column(_("Artikel yang diberikan")),
            Column(_("Keyakinan"), Kind.SHARE),
        ),
        [
            (one.at, one.question, one.title, one.score)
            for one in rejected_answers(session, period.span)
        ],
        _("Yang terakhir lebih dulu, paling banyak 50."),
    )
