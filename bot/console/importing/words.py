"""What the import calls columns, and what it says about rows and files."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console import labels
from bot.console.articles.words import obstacle
from bot.console.language import N_, Words
from bot.faq.import_rows import RowFault, RowFaultKind
from bot.faq.importing import EntryKind, Note, NoteKind
from bot.faq.table_columns import Field
from bot.faq.tables import (
    LARGEST_FILE,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    NoTable,
    TableRefusal,
)

_FIELDS: Mapping[Field, str] = {
    Field.QUESTION: N_("Cara bertanya"),
    Field.ANSWER: N_("Jawaban"),
    Field.TITLE: N_("Judul"),
    Field.ANSWER_EN: N_("Jawaban bahasa Inggris"),
    Field.GROUP: N_("Kelompok topik"),
    Field.SECTION: N_("Seksi pemilik"),
    Field.LEGAL_BASIS: N_("Dasar hukum"),
    Field.VALID_FROM: N_("Berlaku sejak"),
    Field.VALID_UNTIL: N_("Berlaku sampai"),
    Field.REVIEW_BY: N_("Ditinjau ulang sebelum"),
    Field.LINK: N_("Tautan"),
    Field.SOURCES: N_("Sumber"),
    Field.HANDOVER_DATA: N_("Data yang dibutuhkan petugas"),
    Field.RELATED: N_("Artikel terkait"),
    Field.ID: N_("Nama artikel"),
}

_KINDS: Mapping[EntryKind, str] = {
    EntryKind.FAULTY: N_("Perlu diperbaiki"),
    EntryKind.NEW: N_("Artikel baru"),
    EntryKind.CHANGED: N_("Mengubah artikel"),
    EntryKind.SAME: N_("Sudah sama"),
}

_FAULTS: Mapping[RowFaultKind, str] = {
    RowFaultKind.NOTHING_ASKED: N_(
        "Tidak ada pertanyaan atau judul. Isi salah satunya, atau hapus baris ini."
    ),
    RowFaultKind.NO_ANSWER: N_(
        "Belum ada jawaban. Isi jawabannya; kalau ini cara bertanya lain, beri judul yang sama "
        "dengan baris yang berisi jawabannya."
    ),
    RowFaultKind.DIFFERS: N_(
        "{field} lain dari baris {detail}, padahal artikelnya sama. Samakan, atau beri judul lain."
    ),
    RowFaultKind.NO_DATE: N_("{field}: “{detail}” bukan tanggal. Tulis misalnya 28/2/2027."),
    RowFaultKind.WORKED_OUT: N_(
        "{field} berisi rumus, dan rumus tidak dihitung di sini. Di Excel, salin selnya lalu "
        "tempel sebagai nilai."
    ),
    RowFaultKind.BAD_ID: N_(
        "Nama artikel “{detail}” memuat tanda lain. Pakai huruf kecil, angka dan garis bawah saja."
    ),
    RowFaultKind.HEADING: N_(
        "{field} memuat baris yang diawali “## ”. Hapus tandanya; pakai *huruf tebal* untuk judul."
    ),
    RowFaultKind.UNREADABLE: N_(
        "Baris ini tidak bisa disimpan seperti yang tertulis; sederhanakan. ({detail})"
    ),
}

_NOTES: Mapping[NoteKind, str] = {
    NoteKind.UNKNOWN_GROUP: N_("Kelompok topik “{given}” belum ada; dipakai {used}."),
    NoteKind.UNKNOWN_SECTION: N_("Seksi “{given}” tidak dikenal; dipakai {used}."),
    NoteKind.ASKED_ELSEWHERE: N_("“{given}” sudah menjadi cara bertanya artikel {used}."),
}

_REFUSALS: Mapping[TableRefusal, str] = {
    TableRefusal.EMPTY: N_("Berkas ini tidak berisi tabel."),
    TableRefusal.TOO_LARGE: N_(
        "Berkas ini terlalu besar; paling besar {megabytes} MB. Hapus gambar dan lembar lain, atau "
        "bagi menjadi beberapa berkas."
    ),
    TableRefusal.TOO_MANY_ROWS: N_(
        "Tabel ini lebih dari {rows} baris. Bagi menjadi beberapa berkas."
    ),
    TableRefusal.TOO_MANY_COLUMNS: N_(
        "Baris {row} punya lebih dari {columns} kolom. Hapus kolom yang tidak perlu."
    ),
    TableRefusal.CELL_TOO_LONG: N_(
        "Di baris {row} ada sel yang lebih dari {signs} huruf. Mungkin ada tanda kutip yang tidak "
        "ditutup."
    ),
    TableRefusal.OLD_OFFICE: N_(
        "Ini berkas Excel lama (.xls) atau bersandi. Buka di Excel, lalu simpan sebagai .xlsx "
        "tanpa sandi."
    ),
    TableRefusal.BROKEN: N_(
        "Berkas ini tidak terbaca sebagai tabel. Simpan lagi sebagai .xlsx atau CSV UTF-8."
    ),
}


def field(of: Field, words: Words) -> str:
    """What a column's content is called."""
    return words.gettext(_FIELDS[of])


def fields(words: Words) -> dict[str, str]:
    """All contents that a column may have."""
    return {of.value: field(of, words) for of in Field}


def kind(of: EntryKind, words: Words) -> str:
    return words.gettext(_KINDS[of])


def fault(found: RowFault, words: Words) -> str:
    """What is wrong with a row, and what to do."""
    name = field(found.field, words) if found.field else ""
    return words.gettext(_FAULTS[found.kind]).format(field=name, detail=found.detail)


def note(found: Note, words: Words) -> str:
    is_group = found.kind is NoteKind.UNKNOWN_GROUP
    used = labels.topic(found.used, words) if is_group else found.used
    return words.gettext(_NOTES[found.kind]).format(given=found.given, used=used)


def refusal(refused: NoTable, words: Words) -> str:
    """Why a file can't be taken, and what to do."""
    return words.gettext(_REFUSALS[refused.reason]).format(
        row=refused.row,
        rows=labels.number(MOST_ROWS, words),
        columns=MOST_COLUMNS,
        signs=labels.number(LONGEST_CELL, words),
        megabytes=LARGEST_FILE // 2**20,
    )


def not_begun(reason: str, words: Words) -> str:
    """Why a draft was not saved."""
    return obstacle(reason, words)
