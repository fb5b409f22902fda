"""What the columns of an office's table hold, told by their headings, in two languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.faq.tables import Row

_LOOKED_AT = 20  # rows from the top; offices write a title above their headings


class Field(StrEnum):
    """What a column may hold."""

    QUESTION = "question"  # a way of asking on each line; the first is the title if there is none
    ANSWER = "answer"
    TITLE = "title"
    ANSWER_EN = "answer_en"
    GROUP = "group"
    SECTION = "section"
    LEGAL_BASIS = "legal_basis"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    REVIEW_BY = "review_by"
    LINK = "link"
    SOURCES = "sources"
    HANDOVER_DATA = "handover_data"
    RELATED = "related"
    ID = "id"


# Several things in one cell, or in several columns.
LISTS = (
    Field.QUESTION,
    Field.LEGAL_BASIS,
    Field.SOURCES,
    Field.HANDOVER_DATA,
    Field.RELATED,
)
DATES = (Field.VALID_FROM, Field.VALID_UNTIL, Field.REVIEW_BY)

_HEADINGS: Mapping[Field, str] = {
    Field.QUESTION: "pertanyaan, tanya, question, questions, cara bertanya, ways of asking, "
    "variasi pertanyaan, contoh pertanyaan, q",
    Field.ANSWER: "jawaban, jawab, answer, answers, tanggapan, respon, respons, a, "
    "jawaban indonesia, answer in indonesian",
    Field.TITLE: "judul, title, judul artikel, nama artikel, perihal, subject",
    Field.ANSWER_EN: "english, inggris, jawaban inggris, jawaban bahasa inggris, english answer, "
    "answer en, answer in english, jawaban english",
    Field.GROUP: "topik, topic, kelompok, kelompok topik, group, topic group, kategori, category, "
    "bidang layanan, jenis layanan",
    Field.SECTION: "seksi, section, seksi pemilik, owner section, unit, pemilik, owner, pic",
    Field.LEGAL_BASIS: "dasar hukum, legal basis, peraturan, regulation, regulations, regulasi, "
    "landasan hukum, ketentuan",
    Field.VALID_FROM: "berlaku sejak, berlaku mulai, mulai berlaku, valid from, tanggal berlaku",
    Field.VALID_UNTIL: "berlaku sampai, berlaku hingga, sampai, valid until, valid to",
    Field.REVIEW_BY: "tinjau sebelum, ditinjau sebelum, periksa lagi, review by, tinjau ulang, "
    "tanggal tinjau",
    Field.LINK: "tautan, link, url, alamat web, pranala",
    Field.SOURCES: "sumber, source, sources, referensi, reference, references, rujukan",
    Field.HANDOVER_DATA: "data yang diperlukan, data untuk petugas, data diperlukan, "
    "handover data, needed data, data pemohon",
    Field.RELATED: "artikel terkait, terkait, related, related articles, lihat juga",
    Field.ID: "id, kode, kode artikel, article id, id artikel",
}
_BY_HEADING = {
    heading: field for field, headings in _HEADINGS.items() for heading in headings.split(", ")
}


def field_of(heading: str) -> Field | None:
    """What a column with this heading holds, if that can be told."""
    told = " ".join(re.findall(r"[^\W\d_]+", re.sub(r"\(.*?\)", " ", heading).casefold()))
    if told in _BY_HEADING:
        return _BY_HEADING[told]
    words = set(told.split())
    if words & {"jawaban", "answer"}:
        is_english = words & {"inggris", "english"}
        return Field.ANSWER_EN if is_english else Field.ANSWER
    return Field.QUESTION if words & {"pertanyaan", "question"} else None


def fields_of(heads: Sequence[str]) -> list[Field | None]:
    """What each column holds; but for lists, the first of several with one meaning."""
    found: list[Field | None] = []
    for heading in heads:
        field = field_of(heading)
        found.append(None if field in found and field not in LISTS else field)
    return found


def place_of_headings(rows: Sequence[Row]) -> int:
    """Which of the rows holds the headings: of the first ones, that with the most of them."""

    def headings(place: int) -> int:
        return len({field_of(cell) for cell in rows[place].cells} - {None})

    return max(range(min(len(rows), _LOOKED_AT)), key=headings)
