"""What a table would change is told row by row, and becomes drafts and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import func, select

from bot.db import transaction
from bot.faq import editing
from bot.faq.import_articles import Change, Defaults
from bot.faq.import_rows import RowFault, RowFaultKind, as_date
from bot.faq.importing import Begun, Entry, EntryKind, Note, NoteKind, begin_drafts, plan
from bot.faq.obstacles import Obstacle
from bot.faq.publishing import publish
from bot.faq.table_columns import Field, field_of, fields_of, place_of_headings
from bot.faq.tables import Row, read_sheets
from bot.models import ArticleDraft, ArticleRevision, AuditEntry, DraftEdition, Staff
from knowledge_base.articles import parse_text
from knowledge_base.encoder import Encoder
from knowledge_base.writing import written
from tests.conftest import MONDAY_MORNING as NOW
from tests.faq.editors_texts import text_of
from tests.faq.office_tables import csv_file, workbook

DEFAULTS = Defaults("umum", "PLI", "faq.xlsx", date(2026, 11, 23))
LELANG = text_of()


def planned(*rows: Sequence[object], headings: str = "Pertanyaan, Jawaban, Judul") -> list[Entry]:
    """What a workbook of these rows would do."""
    return plan_of(workbook(headings.split(", "), *rows))


def plan_of(content: bytes) -> list[Entry]:
    [sheet] = read_sheets(content)
    head = place_of_headings(sheet.rows)
    with transaction() as session:
        columns = fields_of(sheet.rows[head].cells)
        return plan(session, sheet.rows[head + 1 :], columns, DEFAULTS)


def begun(entries: Sequence[Entry], member: Staff) -> list[Begun]:
    with transaction() as session:
        return begin_drafts(session, entries, member, NOW, "faq.xlsx")


@pytest.fixture
def lelang(database: None, encoder: Encoder) -> None:
    """An article on auctions, published."""
    with transaction() as session:
        publish(session, parse_text(LELANG), encoder)


# --- columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Pertanyaan", Field.QUESTION),
        ("PERTANYAAN (yang sering diajukan)", Field.QUESTION),
        ("Pertanyaan 2", Field.QUESTION),
        ("Question", Field.QUESTION),
        ("Cara bertanya", Field.QUESTION),
        ("Daftar Pertanyaan Pengguna Jasa", Field.QUESTION),
        ("Jawaban", Field.ANSWER),
        ("Jawaban Resmi Kantor", Field.ANSWER),
        ("Answer:", Field.ANSWER),
        ("Jawaban (Bahasa Inggris)", Field.ANSWER),
        ("Jawaban Bahasa Inggris", Field.ANSWER_EN),
        ("Final answer in English", Field.ANSWER_EN),
        ("Judul", Field.TITLE),
        ("Topik", Field.GROUP),
        ("topic group", Field.GROUP),
        ("Dasar Hukum", Field.LEGAL_BASIS),
        ("legal_basis", Field.LEGAL_BASIS),
        ("Berlaku sampai", Field.VALID_UNTIL),
        ("ID", Field.ID),
        ("No.", None),
        ("Keterangan", None),
        ("", None),
    ],
)
def test_a_column_is_known_by_its_heading(heading: str, field: Field | None) -> None:
    assert field_of(heading) == field


def test_of_two_columns_with_one_meaning_lists_are_joined_and_others_taken_once() -> None:
    heads = ["Pertanyaan 1", "Pertanyaan 2", "Jawaban", "Jawaban lama"]
    assert fields_of(heads) == [Field.QUESTION, Field.QUESTION, Field.ANSWER, None]


def test_the_headings_may_stand_below_a_title() -> None:
    rows = [
        Row(1, ("DAFTAR PERTANYAAN KPPBC",)),
        Row(3, ("No", "Pertanyaan", "Jawaban")),
        Row(4, ("1", "Jawaban apa?", "x")),
    ]
    assert place_of_headings(rows) == 1
    assert place_of_headings([Row(1, ("a", "b"))]) == 0


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-02-28", date(2027, 2, 28)),
        ("2027-02-28 00:00:00", date(2027, 2, 28)),
        ("28/2/2027", date(2027, 2, 28)),
        ("28.02.2027", date(2027, 2, 28)),
        (" 28 Februari 2027 ", date(2027, 2, 28)),
        ("1 Agustus 2027", date(2027, 8, 1)),
        ("1 Aug 2027", date(2027, 8, 1)),
        ("31 Mei 2027", date(2027, 5, 31)),
        ("30 Februari 2027", None),
        ("2/28/2027", None),
        ("46081", None),
        ("segera", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert as_date(text) == day


# --- what would change ------------------------------------------------------------------------


def test_a_table_of_questions_and_answers_alone_is_enough(database: None) -> None:
    [entry] = planned(("Apa itu NPPBKC?", "Nomor pokok."), headings="Pertanyaan, Jawaban")
    assert (entry.kind, entry.rows, entry.article_id) == (EntryKind.NEW, (2,), "apa_itu_nppbkc")
    article = entry.article
    assert article is not None
    assert (article.title, article.ways) == ("Apa itu NPPBKC?", ("Apa itu NPPBKC?",))
    assert (article.group, article.section, article.answer) == ("umum", "PLI", "Nomor pokok.")
    assert (article.valid_from, article.review_by) == (date(2026, 11, 23), date(2027, 5, 25))
    assert article.front_matter["sources"] == ["faq.xlsx"]
    assert article.front_matter["to_confirm"] == ["Dasar hukum: tidak disebut dalam tabel asalnya"]


def test_everything_that_a_table_may_say_is_taken(lelang: None) -> None:
    [entry] = planned(
        (
            "cara bayar\n- gimana bayarnya",
            "*Bayar* di bank.\n\nAtau pos.",
            "Cara bayar",
            "UMUM",
            "Seksi Perbendaharaan",
            "PMK 1/2025; PMK 2/2025",
            date(2025, 3, 5),
            "31 Desember 2027",
            "1/6/2027",
            "https://www.beacukai.go.id",
            "Nomor billing\nNama",
            "lelang_ikut",
            "Pay at a bank.",
            "Bayar",
        ),
        headings="Pertanyaan, Jawaban, Judul, Topik, Seksi, Dasar hukum, Berlaku sejak, "
        "Berlaku sampai, Tinjau sebelum, Tautan, Data yang diperlukan, Terkait, "
        "Jawaban Inggris, Kode",
    )
    article = entry.article
    assert article is not None
    assert (entry.kind, article.id, article.section) == (EntryKind.NEW, "bayar", "PERBEND")
    assert article.ways == ("cara bayar", "gimana bayarnya")
    assert article.answer == "*Bayar* di bank.\n\nAtau pos."
    assert article.answer_en == "Pay at a bank."
    assert article.legal_basis == ("PMK 1/2025", "PMK 2/2025")
    days = (article.valid_from, article.valid_until, article.review_by)
    assert days == (date(2025, 3, 5), date(2027, 12, 31), date(2027, 6, 1))
    front = article.front_matter
    assert front["handover_data"] == ["Nomor billing", "Nama"]
    assert (front["related"], front["to_confirm"]) == (["lelang_ikut"], [])
    assert entry.notes == ()


def test_rows_of_one_title_are_ways_of_asking_of_one_article(database: None) -> None:
    entries = planned(
        ("daftar imei gimana", "Di bandara.", "Daftar IMEI"),
        ("berapa lama", "Sehari.", "Lama proses"),
        ("imei didaftar di mana", "", "daftar imei"),
        ("imei didaftar di mana?", "Di  bandara.", "Daftar IMEI!"),
    )
    assert [(entry.article_id, entry.rows) for entry in entries] == [
        ("daftar_imei", (2, 4, 5)),
        ("lama_proses", (3,)),
    ]
    assert entries[0].article is not None
    assert entries[0].article.ways == ("daftar imei gimana", "imei didaftar di mana")


def test_two_titles_whose_ids_would_be_one_are_two_articles(database: None) -> None:
    entries = planned(("a", "b", "Cukai – apa?"), ("c", "d", "Cukai apa 中"), ("e", "f", "中文"))
    assert [entry.article_id for entry in entries] == ["cukai_apa", "cukai_apa_2", "artikel"]


def test_what_an_article_says_already_is_the_same(lelang: None) -> None:
    way = "cara ikut lelang barang sitaan"
    for content in (
        workbook(("Judul", "Jawaban"), ("cara ikut LELANG!", "Lelang diumumkan di lelang.go.id.")),
        workbook(("Tanya", "Jawab"), (way.upper(), "Lelang diumumkan di lelang.go.id.")),
        csv_file("id;dasar hukum;tinjau sebelum", "lelang-ikut;PMK 213/2020;28/2/2027"),
    ):
        [entry] = plan_of(content)
        assert (entry.kind, entry.article_id, entry.changes) == (EntryKind.SAME, "lelang_ikut", ())


def test_what_differs_from_an_article_is_told_and_the_rest_of_it_stays(lelang: None) -> None:
    [entry] = planned(
        ("lelang online ada?\nCara ikut lelang BARANG sitaan", "Lihat lelang.go.id.", "2027-01-01"),
        headings="Pertanyaan, Jawaban, Tinjau sebelum",
    )
    assert entry.kind == EntryKind.NEW  # no article is asked for with the first question
    [entry] = planned(
        ("lelang_ikut", "lelang online ada?\nCara ikut lelang BARANG sitaan", "Lihat situs.", None),
        headings="ID, Pertanyaan, Jawaban, Dasar hukum",
    )
    assert entry.kind == EntryKind.CHANGED
    assert entry.changes == (
        Change(Field.ANSWER, "Lelang diumumkan di lelang.go.id.", "Lihat situs."),
        Change(Field.QUESTION, "", "lelang online ada?"),
    )
    assert entry.article is not None
    changed = LELANG.replace("Lelang diumumkan di lelang.go.id.", "Lihat situs.")
    assert written(entry.article) == f"{changed}- lelang online ada?\n"


def test_a_draft_is_gone_on_with_instead_of_what_is_published(
    lelang: None, staff: Callable[[str], Staff]
) -> None:
    with transaction() as session:
        text = text_of(title="Ikut lelang", answer="Draf.")
        editing.save(session, text, staff("dewi"), NOW, began_from=None)
    [entry] = planned(("x", "Draf.", "Ikut lelang"), headings="Keterangan, Jawaban, Judul")
    assert (entry.kind, entry.edition) == (EntryKind.SAME, 1)
    [entry] = planned(("Baru.", "Ikut lelang"), headings="Jawaban, Judul")
    assert entry.changes == (Change(Field.ANSWER, "Draf.", "Baru."),)
    [done] = begun([entry], staff("dewi"))
    assert done.refused is None
    with transaction() as session:
        draft = session.get_one(ArticleDraft, done.draft_id)
        assert (draft.edition, draft.editions[0].source) == (2, text)


def test_groups_and_sections_nobody_knows_are_noted_and_not_used(lelang: None) -> None:
    head = "Pertanyaan, Jawaban, Topik, Seksi, ID"
    new, old = planned(
        ("a?", "b", "Perpajakan", "Humas", None),
        ("lelang online?", None, "Perpajakan", "p2", "lelang_ikut"),
        headings=head,
    )
    assert new.notes == (
        Note(NoteKind.UNKNOWN_GROUP, "Perpajakan", "umum"),
        Note(NoteKind.UNKNOWN_SECTION, "Humas", "PLI"),
    )
    assert old.notes == (Note(NoteKind.UNKNOWN_GROUP, "Perpajakan", "umum"),)
    assert Change(Field.SECTION, "PLI", "P2") in old.changes


def test_a_question_that_another_article_answers_is_noted(lelang: None) -> None:
    [entry] = planned(("Lelang bea cukai bagaimana", "Begini.", "Lelang baru"))
    way = "Lelang bea cukai bagaimana"
    assert entry.notes == (Note(NoteKind.ASKED_ELSEWHERE, way, "lelang_ikut"),)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ((None, "Ada.", None, None), RowFault(2, RowFaultKind.NOTHING_ASKED)),
        (("Apa?", None, None, None), RowFault(2, RowFaultKind.NO_ANSWER, Field.ANSWER)),
        (
            ("Apa?", "Ada.", "segera", None),
            RowFault(2, RowFaultKind.NO_DATE, Field.VALID_UNTIL, "segera"),
        ),
        (
            ("Apa?", "=A1&B1", None, None),
            RowFault(2, RowFaultKind.WORKED_OUT, Field.ANSWER, "=A1&B1"),
        ),
        (
            ("=A1", "Ada.", None, None),
            RowFault(2, RowFaultKind.WORKED_OUT, Field.QUESTION, "=A1"),
        ),
        (("Apa?", "Ada.", None, "a/b"), RowFault(2, RowFaultKind.BAD_ID, Field.ID, "a/b")),
        (
            ("Apa?", "Ada.\n## Catatan", None, None),
            RowFault(2, RowFaultKind.HEADING, Field.ANSWER, "Ada.\n## Catatan"),
        ),
    ],
    ids=lambda value: value.kind.value if isinstance(value, RowFault) else "",
)
def test_a_faulty_row_is_told_with_its_number(
    database: None, row: Sequence[object], fault: RowFault
) -> None:
    entries = planned(
        row, ("Sehat?", "Ya.", None, None), headings="Pertanyaan, Jawaban, Berlaku sampai, ID"
    )
    assert [(entry.kind, entry.faults) for entry in entries] == [
        (EntryKind.FAULTY, (fault,)),
        (EntryKind.NEW, ()),
    ]


def test_rows_of_one_article_that_contradict_each_other_are_faulty(lelang: None) -> None:
    entries = planned(("a", "Satu.", "Biaya"), ("b", "Dua.", "Biaya"), ("c", "Tiga.", "Lain"))
    assert [entry.kind for entry in entries] == [EntryKind.FAULTY, EntryKind.NEW]
    assert entries[0].faults == (RowFault(3, RowFaultKind.DIFFERS, Field.ANSWER, "2"),)
    head = "ID, Judul, Jawaban"
    [entry] = planned(("sama", "Satu", "a"), ("sama", "Dua", "a"), headings=head)
    assert entry.faults == (RowFault(3, RowFaultKind.DIFFERS, Field.TITLE, "2"),)


def test_rows_that_hold_nothing_but_a_number_are_passed_over(database: None) -> None:
    head = "No, Pertanyaan, Jawaban"
    entries = planned((1, "a", "b"), (2, None, None), (3, None, None), headings=head)
    assert [entry.rows for entry in entries] == [(2,)]


# --- drafts -----------------------------------------------------------------------------------


def test_drafts_are_begun_and_nothing_is_published(
    lelang: None, staff: Callable[[str], Staff]
) -> None:
    entries = planned(("a?", "b", "Baru"), ("c?", None, "Cara ikut lelang"), ("d", None, "Rusak"))
    done = begun(entries, staff("dewi"))
    assert [(one.entry.article_id, one.refused) for one in done] == [
        ("baru", None),
        ("lelang_ikut", None),
    ]
    with transaction() as session:
        drafts = session.scalars(select(ArticleDraft).order_by(ArticleDraft.id)).all()
        assert [(draft.article_id, draft.based_on) for draft in drafts] == [
            ("baru", None),
            ("lelang_ikut", 1),
        ]
        assert [draft.id for draft in drafts] == [one.draft_id for one in done]
        assert session.scalar(select(func.count(ArticleRevision.id))) == 1
        entry = session.scalars(select(AuditEntry).where(AuditEntry.kind == "table_imported")).one()
        assert (entry.subject, entry.data) == ("faq.xlsx", {"drafts": 2})
    assert [entry.kind for entry in planned(("a?", "b", "Baru"))] == [EntryKind.SAME]


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(
    lelang: None, staff: Callable[[str], Staff]
) -> None:
    entries = planned(("c?", None, "Cara ikut lelang"), ("a?", "b", "Baru"))
    with transaction() as session:
        editing.save(session, text_of(answer="Eko."), staff("eko"), NOW, began_from=None)
    refused, made = begun(entries, staff("dewi"))
    assert (refused.draft_id, refused.refused) == (None, Obstacle.CHANGED_MEANWHILE)
    assert made.draft_id is not None
    with transaction() as session:
        sources = session.scalars(select(DraftEdition.source)).all()
        assert text_of(answer="Eko.") in sources
        assert len(sources) == 2


def test_a_change_has_a_token_that_is_another_once_something_else_changed(
    lelang: None, staff: Callable[[str], Staff]
) -> None:
    row = ("c?", None, "Cara ikut lelang")
    [before], [again] = planned(row), planned(row)
    assert before.token == again.token
    with transaction() as session:
        editing.save(session, text_of(answer="Eko."), staff("eko"), NOW, began_from=None)
    [after] = planned(row)
    assert after.token != before.token
