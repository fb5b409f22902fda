"""What the log's kinds and facts are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.console import labels
from bot.console.language import N_, Words
from bot.models import Role

# What staff do to tickets (bot.desk.log) and to everything else (bot.audit).
KINDS: Mapping[str, str] = {
    "opened": N_("membuka tiket"),
    "taken": N_("mengambil alih tiket"),
    "replied": N_("membalas pemohon"),
    "section_consulted": N_("bertanya ke seksi"),
    "section_answered": N_("menjawab untuk seksi"),
    "section_asked_back": N_("bertanya balik ke PLI"),
    "section_told": N_("memberi keterangan kepada seksi"),
    "released": N_("melepas tiket ke antrean"),
    "handed_over": N_("selesai bertugas, tiket kembali ke antrean"),
    "section_passed_on": N_("meneruskan pertanyaan ke seksi lain"),
    "head_asked": N_("meminta keputusan Kepala Seksi"),
    "head_asked_by_section": N_("meneruskan ke Kepala Seksi"),
    "head_decided": N_("memutuskan sebagai Kepala Seksi"),
    "suggestion_used": N_("memakai saran artikel"),
    "handed_back": N_("mengembalikan ke bot"),
    "closed": N_("menutup tiket"),
    "reopened": N_("membuka tiket kembali"),
    "transferred": N_("mengalihkan tiket"),
    "tagged": N_("memberi tanda"),
    "untagged": N_("mencabut tanda"),
    "noted": N_("menulis catatan"),
    "returned": N_("mengembalikan tiket ke antrean"),
    "account_added": N_("menambah akun"),
    "account_changed": N_("mengubah akun"),
    "account_deactivated": N_("menonaktifkan akun"),
    "account_reactivated": N_("mengaktifkan akun"),
    "password_reset": N_("membuat kata sandi sementara"),
    "password_changed": N_("mengganti kata sandi sendiri"),
    "section_changed": N_("mengubah seksi"),
    "calendar_changed": N_("mengubah kalender"),
    "retention_changed": N_("mengubah lama penyimpanan"),
    "question_added": N_("menambah pertanyaan uji"),
    "question_removed": N_("menghapus pertanyaan uji"),
    "gate_accepted": N_("menerima pertanyaan yang menjadi salah"),
    "draft_begun": N_("memulai draf artikel"),
    "draft_submitted": N_("mengirim draf untuk ditinjau"),
    "draft_sent_back": N_("mengembalikan draf"),
    "draft_discarded": N_("membuang draf"),
    "article_published": N_("menerbitkan artikel"),
    "article_suspended": N_("menarik artikel"),
    "article_archived": N_("mengarsipkan artikel"),
    "article_brought_back": N_("menerbitkan artikel kembali"),
}

FACTS: Mapping[str, str] = {
    "name": N_("Nama"),
    "role": N_("Peran"),
    "section": N_("Seksi"),
    "clock_minutes": N_("Menit"),
    "days": N_("Hari"),
    "note": N_("Alasan"),
    "version": N_("Versi"),
    "tickets_returned": N_("Tiket kembali ke antrean"),
    "officer": N_("Petugas"),
    "outcome": N_("Hasil"),
    "tag": N_("Tanda"),
    "to": N_("Penerima"),
    "question": N_("Pertanyaan"),
    "revision": N_("Revisi"),
    "by_its_writer": N_("Penulis menerbitkan sendiri"),
}


def kind_words(kind: str, words: Words) -> str:
    """What was done; the kind itself if nobody gave it words."""
    return words.gettext(KINDS[kind]) if kind in KINDS else kind


def facts_words(data: Mapping[str, Any], words: Words) -> list[str]:
    """The facts worth reading: "Peran: Petugas PLI → Kepala Seksi PLI"."""
    return [
        f"{words.gettext(FACTS[fact])}: {_value(fact, value, words)}"
        for fact, value in data.items()
        if fact in FACTS and value not in ("", None)
    ]


def _value(fact: str, value: Any, words: Words) -> str:
    if isinstance(value, list):
        return " → ".join(_value(fact, one, words) for one in value)
    if value is True:
        return words.gettext("ya")
    if fact == "role" and value in set(Role):
        return labels.label(Role(value), words)
    if fact == "outcome":
        return labels.outcome(str(value), words)
    return "–" if value is None else str(value)
