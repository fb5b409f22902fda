"""The report on the way that questions took: officer, section, head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.language import N_, Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.figures.period import Period
from bot.figures.tiers import Tier, tiers

_TIERS = {
    Tier.OFFICER: N_("Petugas sendiri (10–30 menit)"),
    Tier.SECTION: N_("Dengan penjelasan seksi (30–60 menit)"),
    Tier.HEAD: N_("Keputusan kepala seksi (60 menit ke atas)"),
}


def tier_blocks(session: Session, period: Period, _now: datetime, words: Words) -> list[Block]:
    """The tiers' report."""
    _ = words.gettext
    found = tiers(session, period.span)
    bands = (_("Sampai 10 menit"), _("10–30 menit"), _("30–60 menit"), _("Di atas 60 menit"))
    rows: list[Sequence[object]] = [
        (_(_TIERS[one.tier]), *one.bands, one.waiting, one.within_norm) for one in found
    ]
    block = Block(
        "tiers",
        _("Jalur layanan"),
        (
            Column(_("Jalur dan norma")),
            *(Column(band, Kind.NUMBER) for band in bands),
            Column(_("Belum dijawab"), Kind.NUMBER),
            Column(_("Sesuai norma"), Kind.SHARE),
        ),
        rows,
        _(
            "Dihitung dari pertanyaan sampai jawaban; bila seksi ditanya, sampai jawaban petugas "
            "setelah penjelasan seksi yang terakhir."
        ),
    )
    return [block]
