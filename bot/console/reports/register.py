"""The register of information services (FLI) as a block, for its page and its files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.labels import masked, outcome
from bot.console.language import N_, Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.figures.period import Period
from bot.figures.register import MOST, Case, cases
from bot.figures.tiers import Tier

_TIERS = {
    Tier.OFFICER: N_("Petugas"),
    Tier.SECTION: N_("Seksi"),
    Tier.HEAD: N_("Kepala seksi"),
}


def register_block(session: Session, period: Period, words: Words, limit: int = MOST) -> Block:
    """The period's cases, one a row, `limit` at most."""
    _ = words.gettext
    return Block(
        "register",
        _("Register layanan informasi (FLI)"),
        (
            Column(_("Nomor")),
            Column(_("Waktu masuk"), Kind.MOMENT),
            Column(_("Kanal")),
            Column(_("Pemohon")),
            Column(_("Nomor WhatsApp")),
            Column(_("Pertanyaan pemohon")),
            Column(_("Unit yang ditanya")),
            Column(_("Jawaban petugas")),
            Column(_("Petugas")),
            Column(_("Respons pertama"), Kind.MOMENT),
            Column(_("Ditutup"), Kind.MOMENT),
            Column(_("Jalur")),
            Column(_("Hasil")),
        ),
        [_row(case, words) for case in cases(session, period.span, limit)],
    )


def register_blocks(session: Session, period: Period, _now: datetime, words: Words) -> list[Block]:
    """The register as the other reports are asked for."""
    return [register_block(session, period, words)]


def _row(case: Case, words: Words) -> tuple[object, ...]:
    return (
        case.number,
        case.asked_at,
        "WhatsApp",
        case.applicant or words.gettext("Tanpa nama"),
        masked(case.address),
        case.question,
        case.units,
        case.answer,
        case.officer,
        case.responded_at,
        case.closed_at,
        words.gettext(_TIERS[case.tier]),
        outcome(case.outcome, words) if case.outcome else "",
    )
