"""What the states of regulations and of tellings are called, and why something can't be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.console.language import N_, Words
from bot.console.times import date_short
from bot.desk.telling import TellingFault
from bot.faq.regulations import MarkFault
from bot.models import NotTold, Regulation, RegulationState

STATES: Mapping[RegulationState, str] = {
    RegulationState.IN_FORCE: N_("Berlaku"),
    RegulationState.AMENDED: N_("Diubah"),
    RegulationState.REPLACED: N_("Diganti"),
    RegulationState.REPEALED: N_("Dicabut"),
}

# "PMK 4/2025": the one that amends or replaces.
_BY: Mapping[RegulationState, str] = {
    RegulationState.AMENDED: N_("Diubah dengan {other}"),
    RegulationState.REPLACED: N_("Diganti dengan {other}"),
    RegulationState.REPEALED: N_("Dicabut dengan {other}"),
}

MARK_FAULTS: Mapping[MarkFault, str] = {
    MarkFault.SINCE_MISSING: N_("Isi tanggal mulai berlakunya perubahan ini."),
    MarkFault.OTHER_MISSING: N_("Tulis peraturan yang mengubah atau menggantinya."),
    MarkFault.OTHER_ITSELF: N_("Tulis peraturan yang lain; ini peraturan yang sama."),
}

TELLING_FAULTS: Mapping[TellingFault, str] = {
    TellingFault.EMPTY: N_("Tulis dulu pesannya."),
    TellingFault.TOO_LONG: N_("Pesan ini terlalu panjang untuk satu pesan WhatsApp."),
    TellingFault.UNKNOWN_VARIABLE: N_("Yang bisa diisi otomatis hanya {nama}."),
    TellingFault.NOBODY: N_(
        "Semua orang di daftar ini sudah diberi tahu, atau ada di permintaan yang menunggu."
    ),
    TellingFault.TEMPLATE_RETIRED: N_(
        "Templatnya tidak dipakai lagi. Tolak permintaan ini, lalu minta yang baru."
    ),
    TellingFault.OWN_REQUEST: N_("Permintaan Anda sendiri disetujui oleh orang lain."),
    TellingFault.SETTLED: N_("Permintaan ini sudah diputuskan. Muat ulang halaman ini."),
    TellingFault.REASON_MISSING: N_("Tulis alasannya."),
}

NOT_TOLD: Mapping[NotTold, str] = {
    NotTold.BLOCKED: N_("diblokir"),
    NotTold.OPTED_OUT: N_("minta tidak dihubungi"),
    NotTold.NO_TEMPLATE: N_("lewat 24 jam, tanpa templat"),
}


def state_words(regulation: Regulation, today: date, words: Words) -> str:
    """The state in short: "Berlaku", "Diganti sejak 1 Jan 2026", "Dicabut mulai 1 Jan 2027"."""
    state = words.gettext(STATES[regulation.state])
    if regulation.since is None:
        return state
    sentence = N_("{state} mulai {day}") if regulation.since > today else N_("{state} sejak {day}")
    return words.gettext(sentence).format(state=state, day=date_short(regulation.since, words))


def change_words(regulation: Regulation, today: date, words: Words) -> str:
    """The same with the regulation that brought it about, if one is known."""
    if regulation.other is None or regulation.since is None:
        return state_words(regulation, today, words)
    state = words.gettext(_BY[regulation.state]).format(other=regulation.other.name)
    sentence = N_("{state} mulai {day}") if regulation.since > today else N_("{state} sejak {day}")
    return words.gettext(sentence).format(state=state, day=date_short(regulation.since, words))
