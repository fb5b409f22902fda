"""What is wrong with written hours, as sentences beside their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.console.language import N_, Words
from bot.desk.calendar_rules import Problem

_SENTENCES: Mapping[str, str] = {
    "unreadable": N_("“{detail}” tidak terbaca. Tulis misalnya 07.30–12.00, 13.00–17.00."),
    "backwards": N_("“{detail}” berakhir sebelum mulai."),
    "overlap": N_("Jam ini bertumpang tindih: {detail}."),
    "no_name": N_("Beri nama, paling panjang 80 huruf."),
    "no_dates": N_("Isi tanggalnya."),
    "backwards_dates": N_("Hari terakhir lebih awal daripada hari pertama."),
    "period_overlap": N_("Masa ini bertumpang tindih dengan {detail}."),
    "other_year": N_("Tanggal ini bukan di tahun {detail}."),
    "closed_too_long": N_(
        "Sejak {detail} kantor buka kurang dari 40 jam dalam 60 hari; jam seksi tidak bisa "
        "dihitung. Periksa lagi jam dan hari liburnya."
    ),
}


def said(problems: Iterable[Problem], words: Words) -> dict[str, str]:
    """A sentence for each place."""
    return {
        problem.place: words.gettext(_SENTENCES[problem.kind]).format(detail=problem.detail)
        for problem in problems
    }
