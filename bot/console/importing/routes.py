"""Importing a table: upload, look through, say what the columns hold, begin drafts."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.articles.looking_up import today
from bot.console.handling import Missing, Refused, Visit, screen, step, step_with_files
from bot.console.importing import words
from bot.console.importing.pages import plan_page
from bot.faq import import_tables
from bot.faq.importing import Entry
from bot.faq.table_columns import Field
from bot.faq.tables import MOST_ROWS, NoTable, read_sheets
from bot.models import ImportTable

LIST = "/console/import"


def import_routes() -> list[BaseRoute]:
    return [
        Route("/import", screen(show_upload, *EDITORS), methods=["GET"]),
        Route("/import", step_with_files(upload, *EDITORS), methods=["POST"]),
        Route("/import/{id:int}", screen(show_plan, *EDITORS), methods=["GET"]),
        Route("/import/{id:int}/columns", step(choose, *EDITORS), methods=["POST"]),
        Route("/import/{id:int}/sheet", step(choose_sheet, *EDITORS), methods=["POST"]),
        Route("/import/{id:int}/drafts", step(begin_drafts, *EDITORS), methods=["POST"]),
        Route("/import/{id:int}/discard", step(discard, *EDITORS), methods=["POST"]),
    ]


def show_upload(visit: Visit) -> Response:
    return visit.page(
        "importing/upload.html",
        tables=import_tables.of_staff(visit.session, visit.member),
        most_rows=MOST_ROWS,
    )


def upload(visit: Visit) -> Response:
    if not visit.files:
        raise Refused(visit.gettext("Pilih dulu berkasnya."), 422)
    file = visit.files[0]
    try:
        sheets = read_sheets(file.content)
    except NoTable as refused:
        raise Refused(words.refusal(refused, visit.words), 422) from refused
    table = import_tables.keep(visit.session, file.name, sheets, visit.member, visit.now)
    return visit.done(_address(table))


def show_plan(visit: Visit) -> Response:
    table = _table(visit)
    entries = import_tables.plan_of(visit.session, table, today(visit))
    page = plan_page(entries, visit.request.query_params.get("page", "1"))
    return visit.page(
        "importing/plan.html",
        table=table,
        sheets=import_tables.sheet_names(table),
        columns=list(
            zip(
                import_tables.headings(table),
                import_tables.examples(table),
                table.columns,
                strict=True,
            )
        ),
        fields=words.fields(visit.words),
        groups=import_tables.groups(visit.session),
        sections=import_tables.sections(visit.session),
        page=page,
        kind_words=lambda kind: words.kind(kind, visit.words),
        lacks_columns=Field.QUESTION not in table.columns and Field.TITLE not in table.columns,
        fault=lambda found: words.fault(found, visit.words),
        note=lambda found: words.note(found, visit.words),
        refused=lambda reason: words.not_begun(reason, visit.words),
    )


def choose(visit: Visit) -> Response:
    """What each column holds, and where new articles go that don't say it themselves."""
    table = _table(visit)
    chosen = [visit.form.get(f"column-{n}", "") for n in range(len(table.columns))]
    group, section = visit.form.get("group", ""), visit.form.get("section", "")
    if not (
        set(chosen) <= {"", *Field}
        and group in import_tables.groups(visit.session)
        and section in import_tables.sections(visit.session)
    ):
        raise Refused(visit.gettext("Pilihan ini tidak ada. Muat ulang halaman ini."), 422)
    table.columns = [name or None for name in chosen]
    table.group, table.section_code = group, section
    return visit.done(_address(table))


def choose_sheet(visit: Visit) -> Response:
    """Read another sheet of the workbook."""
    table = _table(visit)
    number = visit.form.get("sheet", "")
    if number not in map(str, range(len(table.sheets))):
        raise Refused(visit.gettext("Pilihan ini tidak ada. Muat ulang halaman ini."), 422)
    import_tables.read_sheet(table, int(number))
    return visit.done(_address(table))


def begin_drafts(visit: Visit) -> Response:
    """Save a draft for each article that is ticked and still is as it was shown.

    Those on the other pages too, if that is ticked.
    """
    table = _table(visit)
    entries = import_tables.plan_of(visit.session, table, today(visit))
    chosen = _ticked(visit, entries)
    if not chosen:
        raise Refused(
            visit.gettext(
                "Tidak ada yang dibuat. Centang dulu artikelnya; yang baru saja diubah "
                "orang lain perlu dilihat lagi."
            ),
            422,
        )
    import_tables.begin(visit.session, table, chosen, visit.member, visit.now)
    return visit.done(_address(table))


def discard(visit: Visit) -> Response:
    visit.session.delete(_table(visit))
    return visit.done(LIST)


def _ticked(visit: Visit, entries: list[Entry]) -> list[Entry]:
    shown = visit.form.get("shown", "").split() if "elsewhere" in visit.form else None
    return [
        entry
        for entry in entries
        if entry.can_be_drafted
        and (
            f"take-{entry.token}" in visit.form
            or (shown is not None and entry.article_id not in shown)
        )
    ]


def _table(visit: Visit) -> ImportTable:
    """The person's own table of the address."""
    own = select(ImportTable).where(
        ImportTable.id == visit.number_in_path("id"), ImportTable.staff_id == visit.member.id
    )
    table = visit.session.scalars(own).one_or_none()
    if table is None:
        raise Missing
    return table


def _address(table: ImportTable) -> str:
    return f"{LIST}/{table.id}"
