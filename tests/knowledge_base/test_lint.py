"""Broken article files: each fault is told with file and line; ours have none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles import FOLDER
from knowledge_base.attachments import path_of, sum_of
from knowledge_base.lint import faults

TODAY = date(2026, 11, 25)
THINGS = """
    rokok hp mobil sepatu tas obat kopi buku laptop kursi lampu karpet piano drone kamera jam
    cincin emas beras gula ikan udang kayu rotan mesin ban helm kain benang kertas cat semen
    pipa kabel baterai pupuk kakao teh madu garam
"""
WAYS = "\n".join(f"- aturan untuk {thing}" for thing in THINGS.split())
SOUND = f"""---
id: contoh
title: Contoh
group: umum
section: PLI
confidence: tinggi
to_confirm: []
legal_basis:
  - PMK 4/2025
valid_from: 2025-03-05
review_by: 2027-02-28
link: https://www.beacukai.go.id
sources: []
handover_data: []
related: []
---

## Jawaban

Jawabannya begini. Selengkapnya: https://www.beacukai.go.id

## Cara bertanya

{WAYS}
"""


ONE_EACH = "there may be one each of Jawaban, English and Cara bertanya"
# What the reader refuses: what is replaced by what, the line and the fault.
BROKEN = [
    ("---\n\n## Jawaban", "\n## Jawaban", 1, "must begin with front matter between --- lines"),
    ("title: Contoh", "title: [Contoh", 4, "the front matter is no YAML"),
    ("title: Contoh", "title: Contoh: dua", 3, "the front matter is no YAML"),
    ("id: contoh\n", "", 1, "front matter lacks id"),
    ("legal_basis:\n  - PMK 4/2025\n", "", 1, "front matter lacks legal_basis"),
    ("group: umum\nsection: PLI\n", "", 1, "front matter lacks group, section"),
    ("title: Contoh", "title:", 3, "title takes a text of one line"),
    ("title: Contoh", "title: 2026", 3, "title takes a text of one line"),
    ("title: Contoh", 'title: "Satu\\ndua"', 3, "title takes a text of one line"),
    ("id: contoh", "id: ../contoh", 2, "id takes small letters, digits and _ alone"),
    ("section: PLI", "section: [PLI]", 5, "section takes a text of one line"),
    (
        "link: https://www.beacukai.go.id",
        "link:",
        12,
        'link takes an address, "" where there is none',
    ),
    ("2025-03-05", "segera", 10, "valid_from takes a date such as 2026-11-23"),
    ("2027-02-28", "2027-02-28 10:00:00", 11, "review_by takes a date such as 2026-11-23"),
    (
        "2027-02-28",
        "2027-02-30",
        1,
        "the front matter has a date that is none: day is out of range for month",
    ),
    (
        "related: []",
        "related: []\nvalid_until: nanti",
        16,
        "valid_until takes a date such as 2026-11-23",
    ),
    ("related: []", "related: a", 15, "related takes a list, [] when there is nothing in it"),
    (
        "related: []",
        "related: []\ncovers: a",
        16,
        "covers takes a list, [] when there is nothing in it",
    ),
    (
        "  - PMK 4/2025",
        "  - Dasar: PMK 4/2025",
        8,
        "legal_basis takes texts of one line; put quotes around one that YAML takes for something "
        "else",
    ),
    *(
        (
            "related: []",
            f"related: []\nattachments:{named}",
            16,
            "attachments takes 1 to 3 lines such as 'formulir.pdf: ' and the file's SHA-256 sum",
        )
        for named in (
            "",
            " {}",
            " formulir.pdf",
            "\n  formulir.pdf: segera",
            f"\n  formulir.docx: {'a' * 64}",
            f"\n  ../formulir.pdf: {'a' * 64}",
            f"\n  formulir.pdf: {'1' * 64}",
            "".join(f"\n  f{n}.pdf: {'a' * 64}" for n in range(4)),
        )
    ),
    (
        "related: []",
        "related: []\nnote: !!binary aGVpIQ==",
        16,
        "note takes texts, numbers, dates, lists, and keys with such values",
    ),
    ("## Jawaban", "## Jawab", 18, f"the section '## Jawab' is unknown; {ONE_EACH}"),
    (
        "begini.",
        "begini.\n## Catatan\n\nSatu.",
        21,
        f"the section '## Catatan' is unknown; {ONE_EACH}",
    ),
    (
        "begini.",
        "begini.\n## Jawaban\n\nDua.",
        21,
        f"the section '## Jawaban' is there twice; {ONE_EACH}",
    ),
    ("## Jawaban", "Pengantar.\n\n## Jawaban", 18, "this text is in no section"),
    (
        "- aturan untuk hp",
        "aturan untuk hp",
        25,
        "below '## Cara bertanya' each line is '- ' and a way of asking",
    ),
    (
        "- aturan untuk hp",
        "- ",
        25,
        "below '## Cara bertanya' each line is '- ' and a way of asking",
    ),
    (f"## Cara bertanya\n\n{WAYS}\n", "", 1, "the section '## Cara bertanya' is missing or empty"),
    (WAYS, "", 1, "the section '## Cara bertanya' is missing or empty"),
]


def told(folder: Path) -> list[str]:
    return [str(fault).removeprefix(f"{folder}/") for fault in faults(folder, TODAY)]


def write(folder: Path, content: str, name: str = "contoh") -> None:
    (folder / "umum").mkdir(exist_ok=True)
    (folder / "umum" / f"{name}.md").write_text(content, encoding="utf-8")


def test_a_sound_article_has_no_fault(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("broken", "mended", "line", "fault"),
    [
        ("- aturan untuk tas\n", "", 22, "39 ways of asking; 40 are needed"),
        ("related: []", "related: []\ntwin: hilang", 16, "there is no article hilang"),
        (
            "related: []",
            "related: []\nadvice: Tutup telepon.",
            16,
            "advice takes a text under id, and under en",
        ),
        (
            "Jawabannya begini.",
            "Panjang sekali. " * 101,
            18,
            "1657 characters; 1600 fit in a message",
        ),
        (
            "https://www.beacukai.go.id\n\n##",
            "https://bc-makassar.com\n\n##",
            20,
            "https://bc-makassar.com is no official (.go.id) address",
        ),
        (
            "https://www.beacukai.go.id\n\n##",
            "https://go.id.evil.com\n\n##",
            20,
            "https://go.id.evil.com is no official (.go.id) address",
        ),
        (
            "legal_basis:\n  - PMK 4/2025",
            "legal_basis: []",
            8,
            "needs a legal basis, or a line about 'Dasar hukum' in to_confirm",
        ),
        (
            "Jawabannya begini.",
            "Hubungi [nomor dihapus].",
            20,
            "[nomor dihapus] is still to be written or taken out",
        ),
        (
            "untuk hp",
            "untuk hp [nama dihapus]",
            25,
            "[nama dihapus] is still to be written or taken out",
        ),
        ("2027-02-28", "2026-11-24", 11, "was to be reviewed by 2026-11-24"),
        ("2025-03-05", "2026-12-01", 10, "is valid only from 2026-12-01"),
        ("related: []", "related:\n  - hilang", 16, "there is no article hilang"),
        ("related: []", "related: []\ncovers: [contoh]", 16, "contoh has an article of its own"),
        ("related: []", "related: []\ncovers: [a, b, a]", 16, "a is already covered by contoh"),
        (
            "related: []",
            "covers: [a]\nrelated:\n  - a",
            17,
            "there is no article a; name contoh, which covers it",
        ),
        (
            "related: []",
            "covers: [a]\nrelated: []\ntwin: a",
            17,
            "there is no article a; name contoh, which covers it",
        ),
        (
            "untuk hp",
            "untuk hp\n- Untuk HP: aturan?",
            26,
            "the same words as in line 25: Untuk HP: aturan?",
        ),
        (
            "untuk hp",
            "untuk hp\n- aturan untuk hp dong",
            26,
            "too much like line 25 (0.82): aturan untuk hp dong",
        ),
        *BROKEN,
    ],
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, broken: str, mended: str, line: int, fault: str
) -> None:
    assert broken in SOUND
    write(tmp_path, SOUND.replace(broken, mended, 1))
    assert told(tmp_path) == [f"umum/contoh.md:{line}: {fault}"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "1: must begin with front matter between --- lines"),
        (b"\xef\xbb\xbf" + SOUND.encode(), "1: must begin with front matter between --- lines"),
        (
            SOUND.replace("\n", "\r\n").encode(),
            "1: holds carriage returns; lines end with a line feed alone",
        ),
        (SOUND.replace("begini", "b\0gini").encode(), "20: holds NUL"),
        (SOUND.replace("begini", "begin\xe9").encode("latin-1"), "20: must be UTF-8"),
    ],
    ids=["empty", "byte order mark", "carriage returns", "NUL", "another encoding"],
)
def test_a_file_that_is_no_text_of_ours_is_told(tmp_path: Path, content: bytes, fault: str) -> None:
    write(tmp_path, "")
    (tmp_path / "umum" / "contoh.md").write_bytes(content)
    assert told(tmp_path) == [f"umum/contoh.md:{fault}"]


def test_a_file_in_the_wrong_place_is_told(tmp_path: Path) -> None:
    write(tmp_path, SOUND, "lain")
    assert told(tmp_path) == ["umum/lain.md:2: id must be the file's name, lain"]
    (tmp_path / "umum" / "lain.md").unlink()
    write(tmp_path, SOUND.replace("group: umum", "group: imei"))
    assert told(tmp_path) == ["umum/contoh.md:4: group must be the folder's name, umum"]


def test_a_doubt_about_the_legal_basis_that_is_listed_is_no_fault(tmp_path: Path) -> None:
    listed = SOUND.replace("legal_basis:\n  - PMK 4/2025", "legal_basis: []")
    write(tmp_path, listed.replace("to_confirm: []", "to_confirm: ['Dasar hukum: belum ada']"))
    assert told(tmp_path) == []


def test_the_same_words_can_not_ask_for_two_articles(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    other = SOUND.replace("id: contoh", "id: lain").replace("aturan untuk", "harga")
    write(tmp_path, other + "- ATURAN, untuk hp?\n", "lain")
    assert told(tmp_path) == ["umum/lain.md:64: this also asks for contoh: ATURAN, untuk hp?"]


def test_two_articles_can_not_cover_one_topic(tmp_path: Path) -> None:
    sound = SOUND.replace("related: []", "related: []\ncovers: [satu, dua]")
    write(tmp_path, sound)
    assert told(tmp_path) == []
    other = sound.replace("id: contoh", "id: lain").replace("aturan untuk", "harga")
    write(tmp_path, other.replace("satu", "tiga"), "lain")
    assert told(tmp_path) == ["umum/lain.md:16: dua is already covered by contoh"]


PDF = b"%PDF-1.7 formulir"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (PDF, None),
        (None, "there is no file formulir.pdf"),
        (PDF + b"!", f"the sum of formulir.pdf is {sum_of(PDF + b'!')}"),
    ],
)
def test_a_pdf_that_an_article_names_lies_beside_and_is_the_one_it_means(
    tmp_path: Path, content: bytes | None, fault: str | None
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    named = f"related: []\nattachments:\n  formulir.pdf: {sum_of(PDF)}"
    write(folder, SOUND.replace("related: []", named))
    if content is not None:
        attach(folder, content)
    assert told(folder) == ([f"umum/contoh.md:17: {fault}"] if fault else [])


@pytest.mark.parametrize("content", [b"MZ\x90 virus", PDF.ljust(16 * 2**20 + 1)])
def test_what_whatsapp_would_not_take_as_a_pdf_is_told(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    named = f"related: []\nattachments:\n  formulir.pdf: {sum_of(content)}"
    write(folder, SOUND.replace("related: []", named))
    attach(folder, content)
    assert told(folder) == ["umum/contoh.md:17: formulir.pdf is no PDF of 16 MB at most"]


def attach(folder: Path, content: bytes) -> None:
    path = path_of(folder, "contoh", "formulir.pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


@pytest.mark.slow
def test_our_articles_have_no_fault() -> None:
    assert [str(fault) for fault in faults(FOLDER, TODAY)] == []
