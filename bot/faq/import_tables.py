"""Uploaded tables while they wait: kept as texts, read as their editor says, planned each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.import_articles import Defaults
from bot.faq.importing import Begun, Entry, begin_drafts, plan
from bot.faq.table_columns import Field, fields_of, place_of_headings
from bot.faq.tables import Row, Sheet
from bot.models import ArticleRevision, ImportTable, Section, Staff

_GROUP, _SECTION = "umum", "PLI"
_LONGEST_NAME = 120


def keep(
    session: Session, name: str, sheets: Sequence[Sheet], staff: Staff, now: datetime
) -> ImportTable:
    """The table, its columns guessed from their headings."""
    table = ImportTable(
        name=" ".join(name.replace("\0", "").split())[-_LONGEST_NAME:] or "tabel",
        staff_id=staff.id,
        at=now,
        sheets=[_stored(sheet) for sheet in sheets],
        group=_GROUP,
        section_code=_SECTION,
        begun=[],
    )
    read_sheet(table, 0)
    session.add(table)
    session.flush()
    return table


def read_sheet(table: ImportTable, number: int) -> None:
    """Read another sheet of the workbook; its columns are guessed anew."""
    table.sheet = number
    table.columns = list(fields_of(headings(table)))


def headings(table: ImportTable) -> list[str]:
    """The heading of each column, "" where there is none."""
    rows = _rows(table)
    heads = rows[place_of_headings(rows)].cells
    width = max(len(row.cells) for row in rows)
    return [*heads, *([""] * (width - len(heads)))]


def examples(table: ImportTable) -> list[str]:
    """What each column says first below its heading."""
    rows = _below(table)
    return [
        next((row.cells[place] for row in rows if place < len(row.cells) and row.cells[place]), "")
        for place in range(len(table.columns))
    ]


def sheet_names(table: ImportTable) -> list[str]:
    return [sheet["name"] for sheet in table.sheets]


def plan_of(session: Session, table: ImportTable, today: date) -> list[Entry]:
    """What the table would change now."""
    columns = [Field(name) if name else None for name in table.columns]
    defaults = Defaults(table.group, table.section_code, table.name, today)
    return plan(session, _below(table), columns, defaults)


def begin(
    session: Session, table: ImportTable, chosen: Sequence[Entry], staff: Staff, now: datetime
) -> list[Begun]:
    """Save the drafts that were chosen, and remember them with the table."""
    begun = begin_drafts(session, chosen, staff, now, table.name)
    table.begun = [
        *table.begun,
        *(
            {"article": one.entry.article_id, "title": one.entry.title, "refused": one.refused}
            for one in begun
        ),
    ]
    return begun


def of_staff(session: Session, staff: Staff) -> Sequence[ImportTable]:
    """The person's own tables, the newest first."""
    own = select(ImportTable).where(ImportTable.staff_id == staff.id)
    return session.scalars(own.order_by(ImportTable.id.desc())).all()


def groups(session: Session) -> list[str]:
    """The topic groups that a new article may be put in."""
    found = session.scalars(select(ArticleRevision.group).distinct())
    return sorted({*found, _GROUP})


def sections(session: Session) -> list[str]:
    """The codes of the sections that may own a new article."""
    return list(session.scalars(select(Section.code).order_by(Section.code)))


def _below(table: ImportTable) -> Sequence[Row]:
    rows = _rows(table)
    return rows[place_of_headings(rows) + 1 :]


def _stored(sheet: Sheet) -> dict[str, Any]:
    rows = [[row.number, row.cells, sorted(row.worked_out)] for row in sheet.rows]
    return {"name": sheet.name, "rows": rows}


def _rows(table: ImportTable) -> list[Row]:
    return [
        Row(number, tuple(cells), frozenset(worked_out))
        for number, cells, worked_out in table.sheets[table.sheet]["rows"]
    ]
