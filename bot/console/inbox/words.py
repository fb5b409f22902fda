"""What the inbox calls how the bot failed, and what can't be done."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.language import N_, Words
from bot.faq.marks import MarkFault
from bot.models import MarkKind, QuestionOutcome

OUTCOMES: Mapping[str, str] = {
    QuestionOutcome.UNANSWERED: N_("tidak terjawab"),
    QuestionOutcome.UNSURE: N_("bot ragu, tidak ada yang dipilih"),
    QuestionOutcome.REJECTED: N_("jawaban ditolak"),
    QuestionOutcome.ASKED_AGAIN: N_("ditanyakan lagi"),
}

KINDS: Mapping[str, str] = {
    MarkKind.MAKE_FAQ: N_("Jadikan FAQ"),
    MarkKind.BOT_WRONG: N_("Bot keliru"),
}

_FAULTS: Mapping[str, str] = {
    MarkFault.NOT_MARKABLE: N_("Pesan ini tidak bisa ditandai."),
    MarkFault.MARKED_ALREADY: N_("Pesan ini sudah ditandai dan menunggu editor."),
    MarkFault.NO_SUCH_ARTICLE: N_("Artikel itu tidak ada. Pilih judul dari daftar."),
    MarkFault.TOO_LONG: N_("Catatannya terlalu panjang. Ringkas dulu."),
    MarkFault.SETTLED_ALREADY: N_("Tanda ini sudah diselesaikan orang lain."),
    MarkFault.REASON_MISSING: N_("Tulis alasannya dulu."),
}


def fault_words(fault: MarkFault, words: Words) -> str:
    """Why a mark can't be set or settled, and what to do."""
    return words.gettext(_FAULTS[fault])


def outcome_words(outcome: str, words: Words) -> str:
    """How the bot failed a question."""
    return words.gettext(OUTCOMES[outcome])


def kind_words(kind: str, words: Words) -> str:
    """What the officer wants."""
    return words.gettext(KINDS[kind])
