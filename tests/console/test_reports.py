"""The reports: who may see them, which days they cover, and that files run nothing."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bot import clock
from bot.console.reports.parts import PARTS
from bot.db import transaction
from bot.desk import tickets
from bot.models import Clock, Person, Staff, Ticket

FORMULAS = ('=HYPERLINK("http://x","klik")', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1")


@pytest.mark.parametrize("username", ["ani", "budi", "dewi"])
@pytest.mark.parametrize(
    "path",
    ["", *(f"/{part}" for part in PARTS), "/register/register.pdf", "/promise/workbook.xlsx",
     "/register/register.csv"],
)  # fmt: skip
def test_the_reports_are_not_there_for_anybody_else(as_, username, path):
    assert as_(username).get(f"/console/reports{path}").status_code == 404


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("period", ["today", "this_year"])
def test_each_report_is_shown_with_and_without_data(as_, ticket, part, period):
    eko = as_("eko")
    assert eko.get(f"/console/reports/{part}?period={period}").status_code == 200
    ticket()
    page = eko.get(f"/console/reports/{part}?period={period}")
    assert page.status_code == 200
    assert 'aria-current="page"' in page.text


def test_a_report_that_is_not_known_is_missing(as_):
    eko = as_("eko")
    for path in ("nothing", "nothing/workbook.xlsx", "promise/nothing.csv"):
        assert eko.get(f"/console/reports/{path}").status_code == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=2026-11-30&to=2026-11-01", "Tanggal awal harus sebelum"),
        ("from=2026-11-01", "Isi tanggal awal dan tanggal akhir"),
        ("from=x&to=y", "Isi tanggal awal dan tanggal akhir"),
        ("from=2024-01-01&to=2026-01-01", "Periode paling lama satu tahun"),
    ],
)
def test_days_that_make_no_period_are_explained(as_, query, told):
    page = as_("eko").get(f"/console/reports/promise?{query}")
    assert page.status_code == 200
    assert told in page.text


def test_a_breach_is_shown_with_its_explanation(as_, ticket):
    number = ticket(ago=timedelta(hours=2))
    with transaction() as session:
        one = session.scalars(select(Clock)).one()
        one.breached_at = one.due_at
    page = as_("eko").get("/console/reports/breaches?period=this_year").text
    assert f'href="/console/tickets/{number}"' in page
    assert "Jam dihitung sejak" in page
    assert "masih belum dijawab" in page


@pytest.fixture
def dangerous(ticket) -> None:
    """Tickets whose applicant, subject and answer are all formulas."""
    for place, formula in enumerate(FORMULAS):
        number = ticket(name=f"Pemohon {place}")
        with transaction() as session:
            ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
            tickets.take_over(session, number, ani, clock.now())
            tickets.reply(session, number, ani, f"{formula}x", clock.now())
            session.get_one(Ticket, number).subject = formula
            person = session.scalars(select(Person).where(Person.name == f"Pemohon {place}")).one()
            person.name = formula


def test_no_cell_of_a_csv_begins_a_formula(as_, dangerous):
    content = as_("eko").get("/console/reports/register/register.csv?period=today").content
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == len(FORMULAS) + 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), cell
        assert not cell.startswith(("\t", "\r", "\n")), cell
    assert {row[5] for row in rows[1:]} == {f"'{formula}" for formula in FORMULAS}


def test_every_text_of_a_workbook_stays_a_text(as_, dangerous):
    content = as_("eko").get("/console/reports/register/workbook.xlsx?period=today").content
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    written = {cell.value for cell in cells}
    assert set(FORMULAS) <= written
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value in FORMULAS)


def test_a_text_that_no_file_can_hold_is_cleaned_not_refused(as_, ticket):
    number = ticket()
    with transaction() as session:
        session.get_one(Ticket, number).subject = "lampiran\x0b\x1f🚢 selesai"
    eko = as_("eko")
    for name, beginning in (
        ("workbook.xlsx", b"PK"),
        ("register.pdf", b"%PDF"),
        ("register.csv", b"\xef"),
    ):
        answer = eko.get(f"/console/reports/register/{name}?period=today")
        assert answer.status_code == 200
        assert answer.content.startswith(beginning)
        assert "attachment" in answer.headers["content-disposition"]


def test_a_workbook_holds_each_table_with_numbers_as_numbers(as_, ticket):
    ticket(ago=timedelta(seconds=60))
    content = as_("eko").get("/console/reports/volume/workbook.xlsx?period=this_year").content
    book = load_workbook(BytesIO(content))
    assert "Pertanyaan menurut jam" in book.sheetnames
    hours = book["Pertanyaan menurut jam"]
    assert sum(row[2] for row in hours.iter_rows(min_row=2, values_only=True)) == 1


def test_the_register_and_its_days_say_what_they_mean_in_english(as_, ticket):
    ticket()
    eko = as_("eko")
    eko.post("/console/language", {"language": "en"})
    at = "/console/reports/register"
    written = eko.get(f"{at}/register.csv?period=today").content.decode("utf-8-sig")
    for heading in ("Received (WITA)", "The applicant's question", "The officer's answer"):
        assert f",{heading}," in written
    page = eko.get(at).text
    assert "Until <input" in page
    assert "Delivered" not in page


def test_the_registers_page_shows_the_beginning_of_a_long_text_its_file_all(as_, ticket):
    number, long = ticket(), "paket tertahan " * 40
    with transaction() as session:
        session.get_one(Ticket, number).subject = long
    eko, at = as_("eko"), "/console/reports/register"
    page = eko.get(f"{at}?period=today").text
    assert "paket tertahan paket" in page
    assert long[:200] not in page
    assert long.strip() in eko.get(f"{at}/register.csv?period=today").text


def test_moments_in_files_are_of_the_office_and_say_so(as_, ticket, the_ticket):
    opened_at = the_ticket(ticket()).opened_at
    eko, at = as_("eko"), "/console/reports/register"
    (sheet,) = load_workbook(
        BytesIO(eko.get(f"{at}/workbook.xlsx?period=today").content)
    ).worksheets
    headings, row = sheet.iter_rows(values_only=True)
    assert headings[1] == "Waktu masuk (WITA)"
    assert row[1] - opened_at.replace(tzinfo=None) == pytest.approx(
        timedelta(hours=8), abs=timedelta(seconds=2)
    )
    written = eko.get(f"{at}/register.csv?period=today").content.decode("utf-8-sig")
    assert "Respons pertama (WITA),Ditutup (WITA),Jalur" in written


def test_a_sheet_is_named_by_whole_words_and_its_columns_are_as_wide_as_their_texts(as_, ticket):
    number = ticket(name="Muhammad Yusuf Daeng Mattola Karaeng Pattingalloang")
    with transaction() as session:
        session.get_one(Ticket, number).subject = "paket tertahan " * 30
    eko = as_("eko")
    content = eko.get("/console/reports/register/workbook.xlsx?period=today").content
    (sheet,) = load_workbook(BytesIO(content)).worksheets
    assert sheet.title == "Register layanan informasi…"
    widths = {sheet.cell(1, n).value: sheet.column_dimensions[chr(64 + n)].width for n in (1, 4, 6)}
    assert widths["Nomor"] < 20 < len("Muhammad Yusuf Daeng Mattola") < widths["Pemohon"]
    assert widths["Pertanyaan pemohon"] == 60
    bot = load_workbook(BytesIO(eko.get("/console/reports/bot/workbook.xlsx?period=today").content))
    assert "Artikel yang paling sering…" in bot.sheetnames


def test_a_register_that_is_too_long_is_refused_with_what_to_do(as_, ticket, monkeypatch):
    from bot.console.reports import routes

    monkeypatch.setattr(routes, "MOST_CASES", 0)
    ticket()
    answer = as_("eko").get("/console/reports/register/workbook.xlsx?period=today")
    assert answer.status_code == 422
    assert "Pilih periode yang lebih pendek" in answer.text
