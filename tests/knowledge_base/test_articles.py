"""Article files: read whole, and a broken one is named with what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.articles import (
    ArticleFault,
    read_article,
    read_articles,
    read_none_messages,
)

GOOD = """---
id: contoh
title: Contoh
group: kiriman
section: PKC
confidence: tinggi
to_confirm: []
legal_basis:
  - PMK 96/2023
valid_from: 2025-03-05
review_by: 2027-02-28
link: https://www.beacukai.go.id
sources: []
handover_data: []
related: []
---

## Jawaban

Baris pertama.

- butir

## English

First line.

## Cara bertanya

- bagaimana caranya?
- caranya gimana
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_article(text: str = GOOD, name: str = "contoh.md") -> Path:
        path = tmp_path / "kiriman" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write_article


def test_a_file_is_read_whole(write: Write) -> None:
    article = read_article(write())
    assert (article.id, article.group, article.section) == ("contoh", "kiriman", "PKC")
    assert article.answer == "Baris pertama.\n\n- butir"
    assert article.answer_en == "First line."
    assert article.ways == ("bagaimana caranya?", "caranya gimana")
    assert article.legal_basis == ("PMK 96/2023",)
    assert article.valid_from == date(2025, 3, 5)
    assert article.front_matter["review_by"] == "2027-02-28"


def test_the_hash_is_of_every_byte(write: Write) -> None:
    first = read_article(write()).content_hash
    assert first == hashlib.sha256(GOOD.encode()).hexdigest()
    assert read_article(write(GOOD + "\n")).content_hash != first


def test_an_article_without_english_is_allowed(write: Write) -> None:
    text = GOOD.replace("## English\n\nFirst line.\n\n", "")
    assert read_article(write(text)).answer_en is None


def test_the_topics_that_an_article_covers_are_read(write: Write) -> None:
    assert read_article(write()).covers == ()
    text = GOOD.replace("related: []", "related: []\ncovers: [satu, dua]")
    assert read_article(write(text)).covers == ("satu", "dua")


FAULTS = {
    "no front matter": (GOOD.replace("---\n", "", 1), "front matter"),
    "front matter not closed": (GOOD.replace("\n---\n", "\n", 1), "front matter"),
    "empty file": ("", "front matter"),
    "no YAML": (GOOD.replace("title: Contoh", "title: [Contoh"), "no YAML"),
    "no keys": ("---\n- a\n---\n\n## Jawaban\n\na\n", "keys and values"),
    "a key missing": (GOOD.replace("section: PKC\n", ""), "lacks section"),
    "another id": (GOOD.replace("id: contoh", "id: lain"), "the file's"),
    "another group": (GOOD.replace("group: kiriman", "group: imei"), "the folder's"),
    "no answer": (GOOD.replace("## Jawaban\n\nBaris pertama.\n\n- butir\n\n", ""), "## Jawaban"),
    "no ways": (GOOD.split("## Cara bertanya")[0], "## Cara bertanya"),
    "empty ways": (GOOD.split("- bagaimana")[0], "## Cara bertanya"),
    "ways that are no list": (
        GOOD.replace("- bagaimana", "bagaimana").replace("- caranya", "caranya"),
        "## Cara bertanya",
    ),
    "date that is text": (GOOD.replace("2025-03-05", "nanti"), "valid_from"),
    "legal basis left empty": (
        GOOD.replace("legal_basis:\n  - PMK 96/2023", "legal_basis:"),
        "legal_basis",
    ),
    "legal basis that is one text": (
        GOOD.replace("legal_basis:\n  - PMK 96/2023", "legal_basis: PMK 96/2023"),
        "legal_basis",
    ),
    "another encoding": (GOOD.replace("Contoh", "Conto\u00e9").encode("latin-1"), "UTF-8"),
}


@pytest.mark.parametrize(("text", "named"), FAULTS.values(), ids=FAULTS)
def test_a_broken_file_is_refused_naming_it_and_the_fault(
    write: Write, text: str, named: str
) -> None:
    path = write(text)
    with pytest.raises(ArticleFault) as fault:
        read_article(path)
    assert str(path) in str(fault.value)
    assert named in str(fault.value)


def test_a_fault_in_the_front_matter_is_named_with_its_line(write: Write) -> None:
    path = write(GOOD.replace("title: Contoh", "title: 'Contoh"))
    with pytest.raises(ArticleFault, match=rf"{path}:\d+"):
        read_article(path)


def test_two_files_with_one_id_are_refused(write: Write, tmp_path: Path) -> None:
    write()
    other = tmp_path / "lain" / "kiriman" / "contoh.md"
    other.parent.mkdir(parents=True)
    other.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ArticleFault, match=r"contoh.md:1: another file has the id contoh too"):
        read_articles(tmp_path)


def test_every_article_of_ours_can_be_read_and_has_ways_enough() -> None:
    articles = read_articles()
    assert len(articles) >= 25
    for article in articles:
        assert len(article.ways) >= 10, article.id


def test_no_way_of_asking_belongs_to_two_articles_or_to_none() -> None:
    owners: dict[str, str] = {}
    for article in read_articles():
        for way in article.ways:
            plain = " ".join(way.lower().split())
            assert owners.setdefault(plain, article.id) == article.id, way
    assert not owners.keys() & {" ".join(m.lower().split()) for m in read_none_messages()}


def test_messages_that_nothing_answers_are_read_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    path.write_text("# catatan\nsatu\n\n  dua  \n", encoding="utf-8")
    assert read_none_messages(path) == ["satu", "dua"]
