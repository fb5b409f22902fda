"""`python -m bot faq export` and `import`, as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.faq import editing
from bot.faq.publishing import publish
from bot.faq.table_columns import Field
from bot.faq_commands import main
from bot.launcher.places import LaunchError
from bot.models import ArticleDraft, ArticleRevision
from knowledge_base.articles import parse_text, read_articles
from knowledge_base.encoder import Encoder
from tests.faq.editors_texts import text_of
from tests.faq.office_tables import csv_file, workbook

Said = pytest.CaptureFixture[str]


@pytest.fixture
def lelang(database: None, encoder: Encoder) -> None:
    with transaction() as session:
        publish(session, parse_text(text_of()), encoder)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "faq.xlsx"
    rows = [
        ("Apa itu NPPBKC?", "Nomor pokok.", "NPPBKC", "Cukai"),
        ("lelang bulan ini", "Lihat situs.", "Cara ikut lelang", None),
        ("tanpa jawaban", None, "Rusak", None),
    ]
    path.write_bytes(workbook(("Pertanyaan", "Jawaban", "Judul", "Topik"), *rows))
    return path


def drafts() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(ArticleDraft.article_id)))


def test_what_was_published_is_exported_byte_for_byte(
    database: None, encoder: Encoder, tmp_path: Path, capsys: Said
) -> None:
    ours = read_articles()[:5]
    with transaction() as session:
        for article in ours:
            publish(session, article, encoder)
    main(["export", str(tmp_path / "out")])
    assert capsys.readouterr().out == f"5 articles in {tmp_path / 'out'}.\n"
    for article in ours:
        path = tmp_path / "out" / article.group / f"{article.id}.md"
        assert path.read_bytes() == article.source.encode()
    assert read_articles(tmp_path / "out") == ours


def test_only_what_is_published_is_exported_and_other_files_stay(
    lelang: None, tmp_path: Path, capsys: Said
) -> None:
    with transaction() as session:
        revision = editing.latest(session, "lelang_ikut")
        assert revision is not None
        revision.status = "suspended"
    (tmp_path / "umum").mkdir()
    mine = tmp_path / "umum" / "lelang_ikut.md"
    mine.write_text("punya saya", encoding="utf-8")
    main(["export", str(tmp_path)])
    said = capsys.readouterr().out
    assert said == f"0 articles in {tmp_path}.\n{mine}: of no published article; left as it is\n"
    assert mine.read_text(encoding="utf-8") == "punya saya"


def test_what_was_published_before_files_were_kept_is_named(lelang: None, tmp_path: Path) -> None:
    with transaction() as session:
        session.scalars(select(ArticleRevision)).one().source = ""
    with pytest.raises(LaunchError, match="not written: lelang_ikut"):
        main(["export", str(tmp_path)])


def test_a_dry_run_tells_everything_and_saves_nothing(
    lelang: None, table: Path, capsys: Said
) -> None:
    with pytest.raises(LaunchError, match="1 to be mended in the table"):
        main(["import", str(table), "--dry-run"])
    assert capsys.readouterr().out.splitlines() == [
        "new      row 2        nppbkc  NPPBKC",
        "    note: there is no group Cukai yet; umum is used",
        "changed  row 3        lelang_ikut  Cara ikut lelang",
        "    answer: Lelang diumumkan di lelang.go.id. -> Lihat situs.",
        "    question: + lelang bulan ini",
        "faulty   row 4        rusak  Rusak",
        "    row 4: no answer; another way of asking takes the title of its answer's row",
        "1 faulty, 1 new, 1 changed, 0 same",
    ]
    assert drafts() == []


def test_an_import_saves_the_drafts_of_who_is_named(
    lelang: None, table: Path, capsys: Said
) -> None:
    with pytest.raises(LaunchError, match="1 to be mended"):
        main(["import", str(table), "--as", "dewi", "--section", "P2"])
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "nppbkc: draft saved",
        "lelang_ikut: draft saved",
    ]
    assert sorted(drafts()) == ["lelang_ikut", "nppbkc"]


def test_columns_and_sheets_can_be_named(database: None, tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "jam.csv"
    path.write_bytes(csv_file("Hal;Isi", "Jam layanan;08.00"))
    main(["import", str(path), "--dry-run", "--column", "Hal=title", "--column", "Isi=answer"])
    assert capsys.readouterr().out.startswith("new      row 2        jam_layanan  Jam layanan\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Give --as USERNAME, whose drafts they will be, or --dry-run."),
        (["--as", "ani"], "There is no editor, supervisor or administrator ani."),
        (["--as", "nobody"], "There is no editor, supervisor or administrator nobody."),
        (["--dry-run", "--sheet", "Lain"], "There is no sheet Lain; there are FAQ."),
        (
            ["--dry-run", "--column", "Harga=price"],
            "Harga=price: give HEADING=FIELD. Headings: Pertanyaan, Jawaban, Judul, Topik. "
            f"Fields: {', '.join(Field)}.",
        ),
    ],
)
def test_what_can_not_be_imported_is_said(
    database: None, table: Path, words: list[str], said: str
) -> None:
    with pytest.raises(LaunchError) as refused:
        main(["import", str(table), *words])
    assert str(refused.value) == said
    assert drafts() == []


def test_a_file_that_is_no_table_is_said(tmp_path: Path) -> None:
    path = tmp_path / "foto.png"
    path.write_bytes(b"\x89PNG\0")
    with pytest.raises(LaunchError, match=r"foto.png: no table: broken\."):
        main(["import", str(path), "--dry-run"])
