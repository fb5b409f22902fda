"""What the editor's screens call fields, states and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.console import labels
from bot.console.language import N_, Words
from bot.console.times import date_short
from bot.faq.fields import Fields, Problem
from bot.faq.obstacles import Obstacle

FIELDS: Mapping[str, str] = {
    "title": N_("Judul"),
    "answer": N_("Jawaban"),
    "english": N_("Jawaban bahasa Inggris"),
    "attachments": N_("Lampiran"),
    "ways": N_("Cara bertanya"),
    "legal_basis": N_("Dasar hukum"),
    "valid_from": N_("Berlaku sejak"),
    "valid_until": N_("Berlaku sampai"),
    "review_by": N_("Ditinjau ulang sebelum"),
    "group": N_("Kelompok topik"),
    "section": N_("Seksi pemilik"),
    "confidence": N_("Keyakinan"),
    "handover_data": N_("Data yang dibutuhkan petugas"),
    "to_confirm": N_("Masih perlu dipastikan"),
    "link": N_("Tautan"),
    "related": N_("Artikel terkait"),
    "sources": N_("Sumber"),
    "id": N_("Nama artikel"),
}

STATES: Mapping[str, str] = {
    "in_review": N_("Menunggu tinjauan"),
    "draft": N_("Draf"),
    "published": N_("Terbit"),
    "suspended": N_("Ditarik"),
    "archived": N_("Arsip"),
    "superseded": N_("Diganti"),
}

_CONFIDENCES: Mapping[str, str] = {
    "tinggi": N_("Tinggi: dari sumber resmi yang dibaca"),
    "sedang": N_("Sedang: ada bagian yang perlu dipastikan"),
    "rendah": N_("Rendah: belum ada sumber resmi"),
}

_OBSTACLES: Mapping[str, str] = {
    Obstacle.CHANGED_MEANWHILE: N_(
        "Artikel ini baru saja diubah orang lain. Muat ulang halaman ini dan lihat dulu."
    ),
    Obstacle.NOT_A_DRAFT: N_("Draf ini sudah menunggu tinjauan."),
    Obstacle.NOT_IN_REVIEW: N_("Draf ini tidak sedang menunggu tinjauan. Muat ulang halaman ini."),
    Obstacle.HAS_FAULTS: N_("Masih ada yang perlu diperbaiki; lihat yang ditandai di drafnya."),
    Obstacle.NOTHING_NEW: N_("Isinya sama dengan yang sudah terbit; tidak ada yang diterbitkan."),
    Obstacle.OWN_TEXT: N_("Anda ikut menulis draf ini. Yang menerbitkan harus orang lain."),
    Obstacle.REASON_MISSING: N_("Tulis alasannya dulu."),
    Obstacle.NOT_PUBLISHED: N_("Artikel ini tidak terbit lagi. Muat ulang halaman ini."),
    Obstacle.NOT_WITHDRAWN: N_("Artikel ini tidak sedang ditarik. Muat ulang halaman ini."),
    Obstacle.EXPIRED: N_("Masa berlakunya sudah lewat. Ubah tanggalnya lewat draf baru."),
    "gate_closed": N_(
        "Uji pertanyaan belum lulus untuk edisi ini. Jalankan, lalu selesaikan yang menjadi salah."
    ),
}

_PROBLEMS: Mapping[Problem, str] = {
    Problem.EMPTY: N_("Isi dulu bagian ini."),
    Problem.NO_NAME: N_("Pakai huruf kecil, angka dan garis bawah saja, paling panjang 60."),
    Problem.NO_DATE: N_("Ini bukan tanggal."),
    Problem.NO_CHOICE: N_("Pilih salah satu."),
    Problem.TOO_LONG: N_("Ada baris yang lebih panjang dari 1.000 huruf."),
    Problem.HEADING: N_("Baris tidak boleh diawali “## ”; pakai *huruf tebal* untuk judul."),
    Problem.NO_FILE: N_("Lampirannya tidak terbaca. Buang, lalu unggah lagi."),
    Problem.UNREADABLE: N_("Teks ini tidak bisa disimpan seperti yang tertulis; sederhanakan."),
}

_FAULTS: Mapping[str, str] = {
    "few_ways": N_("{n} cara bertanya. Makin banyak makin tepat; {fewest} sudah baik."),
    "too_long": N_("{n} huruf, jadi terkirim sebagai beberapa pesan; {most} muat dalam satu."),
    "foreign_link": N_("{link} bukan alamat resmi (.go.id)."),
    "no_legal_basis": N_(
        "Isi dasar hukum, atau tulis “Dasar hukum: …” di bagian yang masih perlu dipastikan."
    ),
    "no_file": N_("Berkas {name} tidak ada lagi. Buang, lalu unggah lagi."),
    "unfinished": N_("Masih ada {mark}: tulis yang umum, atau hapus."),
    "review_overdue": N_("Tanggal tinjau ulang {date} sudah lewat."),
    "not_yet_valid": N_("Baru berlaku {date}; belum boleh terbit."),
    "no_longer_valid": N_("Hanya berlaku sampai {date}."),
    "advice": N_("Nasihat di berkas artikel ini tidak terbaca."),
    "no_such_article": N_("Tidak ada artikel {other} yang terbit."),
    "covered_elsewhere": N_("{topic} dijawab oleh artikel {other}; sebut artikel itu."),
    "has_article": N_("{topic} punya artikel sendiri."),
    "covered_twice": N_("{topic} sudah dijawab oleh artikel {other}."),
    "asked_elsewhere": N_("“{way}” sudah menjadi cara bertanya artikel {other}."),
    "asked_twice": N_("“{way}” memakai kata yang sama dengan cara lain di sini."),
}


def obstacle(reason: str, words: Words) -> str:
    """Why a step can't be taken, and what to do."""
    return words.gettext(_OBSTACLES[reason])


def problems(found: Mapping[str, Problem], words: Words) -> dict[str, str]:
    """A sentence for each field that can't be kept."""
    return {field: words.gettext(_PROBLEMS[problem]) for field, problem in found.items()}


def fault(kind: str, facts: Mapping[str, Any], words: Words) -> str:
    """What lint says, in the person's language."""
    shown = {
        name: date_short(value, words) if isinstance(value, date) else value
        for name, value in facts.items()
    }
    return words.gettext(_FAULTS[kind]).format(**shown)


def state(name: str, words: Words) -> str:
    """What an article's state is called."""
    return words.gettext(STATES[name])


def confidences(words: Words) -> dict[str, str]:
    """How sure of an answer an editor may be."""
    return {value: words.gettext(text) for value, text in _CONFIDENCES.items()}


def shown(filled: Fields, words: Words) -> dict[str, str]:
    """The fields as they are read: days, the group and how sure the answer is in words."""
    days = {
        name: date_short(date.fromisoformat(value), words)
        for name in ("valid_from", "valid_until", "review_by")
        if (value := getattr(filled, name))
    }
    confidence = confidences(words).get(filled.confidence, filled.confidence)
    group = labels.topic(filled.group, words)
    return {**asdict(filled), **days, "confidence": confidence, "group": group}


def field_names(names: Iterable[str], words: Words) -> dict[str, str]:
    """What the fields are called."""
    return {name: words.gettext(FIELDS[name]) for name in names}
