"""Broken article files: each fault is told with file and line; ours have none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles import FOLDER
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
        ("- aturan untuk tas\n", "", 22, "39 ways of asking"),
        ("related: []", "related: []\ntwin: tidak_ada", 16, "no article tidak_ada"),
        ("related: []", "related: []\nadvice: Tutup telepon.", 16, "advice takes a text"),
        ("Jawabannya begini.", "Panjang sekali. " * 101, 18, "1600 fit in a message"),
        ("https://www.beacukai.go.id\n\n##", "https://bc-makassar.com\n\n##", 20, "no official"),
        ("https://www.beacukai.go.id\n\n##", "https://go.id.evil.com\n\n##", 20, "no official"),
        ("legal_basis:\n  - PMK 4/2025", "legal_basis: []", 8, "needs a legal basis"),
        ("2027-02-28", "2026-11-24", 11, "was to be reviewed by 2026-11-24"),
        ("2025-03-05", "2026-12-01", 10, "is valid only from 2026-12-01"),
        ("related: []", "related:\n  - hilang", 16, "there is no article hilang"),
        ("related: []", "related: []\ncovers: [contoh]", 16, "contoh has an article of its own"),
        ("related: []", "related: []\ncovers: [a, b, a]", 16, "a is already covered by contoh"),
        ("related: []", "covers: [a]\nrelated:\n  - a", 17, "no article a; name contoh"),
        ("related: []", "covers: [a]\nrelated: []\ntwin: a", 17, "no article a; name contoh"),
        ("related: []", "related: []\ncovers: a", 1, "covers takes a list"),
        ("untuk hp", "untuk hp\n- Untuk HP: aturan?", 26, "same words as in line 25: Untuk HP"),
        ("untuk hp", "untuk hp\n- Aturan untuk HP?", 26, "same words as in line 25: Aturan"),
        ("untuk hp", "untuk hp\n- aturan untuk hp dong", 26, "too much like line 25 (0."),
        ("legal_basis:\n  - PMK 4/2025\n", "", 1, "front matter lacks legal_basis"),
        ("title: Contoh", "title: [Contoh", 4, "the front matter is no YAML"),
        ("## Jawaban", "## Jawab", 1, "the section '## Jawaban' is missing"),
    ],
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, broken: str, mended: str, line: int, fault: str
) -> None:
    assert broken in SOUND
    write(tmp_path, SOUND.replace(broken, mended, 1))
    (only,) = told(tmp_path)
    assert only.startswith(f"umum/contoh.md:{line}: ")
    assert fault in only


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


@pytest.mark.slow
def test_our_articles_have_no_fault() -> None:
    assert [str(fault) for fault in faults(FOLDER, TODAY)] == []
