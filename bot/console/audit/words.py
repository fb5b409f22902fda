"""What the log's kinds and facts are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.console import labels
from bot.console.language import N_, Words
from bot.console.regulations.words import STATES
from bot.models import RegulationState, Role

# What staff do to tickets (bot.desk.log), to applicants, and to everything else (bot.audit).
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
    "renamed": N_("mengubah nama pemohon"),
    "language": N_("mengganti bahasa pemohon"),
    "blocked": N_("memblokir pemohon"),
    "unblocked": N_("membuka blokir pemohon"),
    "merged": N_("menggabungkan nomor pemohon"),
    "parted": N_("memisahkan nomor pemohon"),
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
    "table_imported": N_("membuat draf dari tabel"),
    "draft_begun": N_("memulai draf artikel"),
    "draft_submitted": N_("mengirim draf untuk ditinjau"),
    "draft_sent_back": N_("mengembalikan draf"),
    "draft_discarded": N_("membuang draf"),
    "article_published": N_("menerbitkan artikel"),
    "article_suspended": N_("menarik artikel"),
    "article_archived": N_("mengarsipkan artikel"),
    "article_brought_back": N_("menerbitkan artikel kembali"),
    "regulation_described": N_("menerangkan peraturan"),
    "regulation_marked": N_("menandai peraturan"),
    "regulation_carried_out": N_("menandai artikel karena peraturannya berubah"),
    "article_still_right": N_("memeriksa artikel: masih benar"),
    "telling_asked": N_("minta persetujuan memberi tahu pemohon tentang peraturan"),
    "telling_agreed": N_("menyetujui pemberitahuan tentang peraturan"),
    "telling_declined": N_("menolak pemberitahuan tentang peraturan"),
    "reply_marked": N_("menandai balasan untuk FAQ"),
    "bot_marked_wrong": N_("menandai jawaban bot yang keliru"),
    "mark_drafted": N_("memulai draf dari tanda petugas"),
    "mark_dismissed": N_("menyisihkan tanda petugas"),
    "mark_withdrawn": N_("mencabut tanda untuk FAQ"),
    "questions_drafted": N_("memulai draf dari kelompok pertanyaan"),
    "questions_dismissed": N_("menyisihkan kelompok pertanyaan"),
    "questions_taken_back": N_("membuka lagi kelompok pertanyaan"),
}

FACTS: Mapping[str, str] = {
    "name": N_("Nama"),
    "language": N_("Bahasa"),
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
    "drafts": N_("Draf"),
    "by_its_writer": N_("Penulis menerbitkan sendiri"),
    "regulation_state": N_("Keadaan"),
    "since": N_("Sejak tanggal"),
    "other": N_("Oleh peraturan"),
    "about": N_("Tentang"),
    "link": N_("Tautan resmi"),
    "regulation": N_("Peraturan"),
    "people": N_("Orang"),
    "flagged": N_("Artikel ditandai"),
    "suspended": N_("Artikel ditarik"),
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
    if fact == "regulation_state" and value in set(RegulationState):
        return words.gettext(STATES[RegulationState(value)])
    if fact == "outcome":
        return labels.outcome(str(value), words)
    return "–" if value is None else str(value)
