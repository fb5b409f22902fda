"""An editor's table: uploaded, looked through, mapped, and made into drafts that are ticked."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from bot.db import transaction
from bot.faq import editing
from bot.faq.publishing import publish
from bot.faq.tables import MOST_ROWS
from bot.models import ArticleDraft, ArticleRevision, ImportTable, Staff
from knowledge_base.articles import parse_text
from tests.conftest import MONDAY_MORNING as NOW
from tests.faq.editors_texts import text_of
from tests.faq.office_tables import csv_file, workbook
from tests.knowledge_base.hash_encoder import hash_encoder

HEADINGS = ("Pertanyaan", "Jawaban", "Judul")
ROWS = [
    HEADINGS,
    ("Apa itu NPPBKC?", "Nomor pokok.", "NPPBKC"),
    ("lelang bulan ini", "Lihat lelang.go.id.", "Cara ikut lelang"),
    ("tanpa jawaban", None, "Rusak"),
]


@pytest.fixture
def dewi(as_):
    """Dewi's console, with an article on auctions published."""
    with transaction() as session:
        publish(session, parse_text(text_of()), hash_encoder())
    return as_("dewi")


def upload(member, content: bytes, name: str = "faq.xlsx"):
    """Send the file as the page's form does."""
    return member.client.post(
        "/console/import", data={"csrf": member.csrf}, files={"table": (name, content)}
    )


def uploaded(member, content: bytes, name: str = "faq.xlsx") -> str:
    """The address of the preview of the uploaded file."""
    answer = upload(member, content, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def ticks(page: str) -> dict[str, str]:
    """What the preview's form sends as it stands."""
    return dict.fromkeys(re.findall(r'name="(take-[^"]+)" checked', page), "on")


def drafts() -> list[str]:
    with transaction() as session:
        return list(
            session.scalars(select(ArticleDraft.article_id).order_by(ArticleDraft.article_id))
        )


def test_a_table_is_looked_through_and_becomes_the_drafts_that_are_ticked(dewi):
    address = uploaded(dewi, workbook(*ROWS))
    page = dewi.get(address).text
    for said in ("faq.xlsx", "Apa itu NPPBKC?", "Belum ada jawaban.", "Lihat lelang.go.id."):
        assert said in unescape(page)
    assert drafts() == []
    form = ticks(page)
    assert len(form) == 2
    answer = dewi.post(f"{address}/drafts", form)
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert drafts() == ["lelang_ikut", "nppbkc"]
    page = dewi.get(address).text
    assert "2 draf dibuat" in page
    assert 'href="/console/articles/nppbkc/edit"' in page
    assert dewi.get("/console/articles/nppbkc/edit").status_code == 200
    assert ticks(page) == {}
    with transaction() as session:
        assert session.scalar(select(func.count(ArticleRevision.id))) == 1


def test_what_is_not_ticked_becomes_no_draft(dewi):
    address = uploaded(dewi, workbook(*ROWS))
    first, _ = ticks(dewi.get(address).text)
    dewi.post(f"{address}/drafts", {first: "on"})
    assert drafts() == ["nppbkc"]
    answer = dewi.post(f"{address}/drafts", {"take-0000000000000000": "on"})
    assert answer.status_code == 422
    assert "Centang dulu artikelnya" in answer.text


def test_what_somebody_changed_since_it_was_shown_is_not_overwritten(dewi):
    address = uploaded(dewi, workbook(HEADINGS, ROWS[2]))
    form = ticks(dewi.get(address).text)
    with transaction() as session:
        eko = session.scalars(select(Staff).where(Staff.username == "eko")).one()
        editing.save(session, text_of(answer="Eko."), eko, NOW, began_from=None)
    assert dewi.post(f"{address}/drafts", form).status_code == 422
    with transaction() as session:
        draft = editing.draft_of(session, "lelang_ikut")
        assert draft is not None
        assert editing.last_edition(session, draft).source == text_of(answer="Eko.")
    assert "Eko." in dewi.get(address).text  # what it would change now


def test_a_column_may_be_said_to_hold_something_else(dewi):
    address = uploaded(dewi, csv_file("Hal;Isi;Catatan", "Jam layanan;08.00–16.00;x"), "jam.csv")
    page = dewi.get(address).text
    assert "Belum ada kolom pertanyaan atau judul" in page
    assert ticks(page) == {}
    form = {"column-0": "title", "column-1": "answer", "column-2": ""}
    form |= {"group": "umum", "section": "UMUM"}
    assert dewi.post(f"{address}/columns", form).status_code == 303
    page = dewi.get(address).text
    dewi.post(f"{address}/drafts", ticks(page))
    with transaction() as session:
        draft = editing.draft_of(session, "jam_layanan")
        assert draft is not None
        article = parse_text(editing.last_edition(session, draft).source)
        assert (article.section, article.answer) == ("UMUM", "08.00–16.00")


@pytest.mark.parametrize(
    "wrong", [{"column-0": "price"}, {"group": "tidak_ada"}, {"section": "XX"}, {"section": ""}]
)
def test_a_choice_that_there_is_not_is_refused(dewi, wrong):
    address = uploaded(dewi, workbook(*ROWS))
    form = {"column-0": "question", "group": "umum", "section": "PLI"} | wrong
    assert dewi.post(f"{address}/columns", form).status_code == 422
    assert dewi.post(f"{address}/sheet", {"sheet": "7"}).status_code == 422
    with transaction() as session:
        [columns] = session.scalars(select(ImportTable.columns))
        assert columns == ["question", "answer", "title"]


def test_another_sheet_of_the_workbook_can_be_read(dewi):
    def add(sheet) -> None:
        other = sheet.parent.create_sheet("Lain")
        other.append(["Question", "Answer"])
        other.append(["Kapan buka?", "Jam 8."])

    address = uploaded(dewi, workbook(*ROWS, change=add))
    assert "Kapan buka?" not in dewi.get(address).text
    assert dewi.post(f"{address}/sheet", {"sheet": "1"}).status_code == 303
    assert "Kapan buka?" in dewi.get(address).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tidak berisi tabel"),
        (b"\x89PNG\0\0", "tidak terbaca sebagai tabel"),
        (b"\xd0\xcf\x11\xe0", "simpan sebagai .xlsx"),
        (csv_file("a,b", *["c,d"] * MOST_ROWS), "lebih dari 2.000 baris"),
        (csv_file("a,b", "c," * 50 + "d"), "Baris 2 punya lebih dari 40 kolom"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_what_to_do(dewi, content, said):
    answer = upload(dewi, content)
    assert answer.status_code == 422
    assert said in answer.text


def test_without_a_file_nothing_is_read(dewi):
    answer = dewi.post("/console/import")
    assert answer.status_code == 422
    assert "Pilih dulu berkasnya." in answer.text


MANY = [HEADINGS, *((f"Pertanyaan {n}?", f"Jawaban {n}.", None) for n in range(203))]


def test_a_long_table_comes_in_pages_and_each_is_drafted_alone(dewi):
    address = uploaded(dewi, workbook(*MANY, ROWS[3]))
    pages = [dewi.get(f"{address}?page={n}").text for n in (1, 2, 3)]
    assert [len(ticks(page)) for page in pages] == [99, 100, 4]  # first of all the faulty one
    for wrong in ("4", "0", "-1", "x", "9" * 5000):
        assert dewi.get(f"{address}?page={wrong}").status_code == 200
    dewi.post(f"{address}/drafts", ticks(pages[1]))
    assert len(drafts()) == 100
    assert len(ticks(dewi.get(f"{address}?page=3").text)) == 0


def test_the_other_pages_may_be_drafted_too_but_nothing_that_was_unticked(dewi):
    address = uploaded(dewi, workbook(*MANY))
    page = dewi.get(f"{address}?page=2").text
    assert "Juga 103 di halaman lain" in page
    first, *others = ticks(page)
    [shown] = re.findall(r'name="shown" value="([^"]+)"', page)
    form = dict.fromkeys(others, "on") | {"elsewhere": "on", "shown": shown}
    assert dewi.post(f"{address}/drafts", form).status_code == 303
    assert len(drafts()) == 202
    assert list(ticks(dewi.get(address).text)) == [first]


def test_nothing_of_a_table_is_taken_for_markup(dewi):
    row = ("<b>tebal</b>", '"><script>alert(1)</script>', "=cmd|' /C calc'!A0")
    address = uploaded(dewi, csv_file("Pertanyaan\tJawaban\tJudul", "\t".join(row)), "<i>.csv")
    page = dewi.get(address).text
    assert "<script>alert" not in page
    assert "<b>tebal" not in page
    assert "<i>.csv" not in page


def test_a_table_is_thrown_away_by_its_owner(dewi, as_):
    address = uploaded(dewi, workbook(*ROWS))
    for path in ("", "/columns", "/sheet", "/drafts", "/discard"):
        eko = as_("eko")
        answer = eko.post(f"{address}{path}") if path else eko.get(address)
        assert answer.status_code == 404
    assert dewi.post(f"{address}/discard").headers["location"] == "/console/import"
    assert dewi.get(address).status_code == 404


@pytest.mark.parametrize("username", ["ani", "budi"])
def test_who_does_not_edit_imports_nothing(as_, username):
    member = as_(username)
    assert member.get("/console/import").status_code == 404
    assert upload(member, workbook(*ROWS)).status_code == 404
    with transaction() as session:
        assert session.scalar(select(func.count(ImportTable.id))) == 0
