"""`python -m bot faq export` and `import`: articles as files, and drafts from an office's table."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.faq.exporting import export
from bot.faq.import_articles import Change, Defaults
from bot.faq.import_rows import RowFault, RowFaultKind
from bot.faq.importing import Entry, EntryKind, Note, NoteKind, begin_drafts, plan
from bot.faq.table_columns import Field, fields_of, place_of_headings
from bot.faq.tables import NoTable, Row, read_sheets
from bot.launcher.places import LaunchError
from bot.models import Role, Staff
from bot.settings import settings

_WRITERS = (Role.EDITOR, Role.SUPERVISOR, Role.ADMIN)
_LONGEST_SHOWN = 100  # characters of a text

_FAULTS = {
    RowFaultKind.NOTHING_ASKED: "neither a question nor a title",
    RowFaultKind.NO_ANSWER: "no answer; another way of asking takes the title of its answer's row",
    RowFaultKind.DIFFERS: "{field} differs from row {detail} about the same article",
    RowFaultKind.NO_DATE: "{field}: {detail} is no date; write 2027-02-28",
    RowFaultKind.WORKED_OUT: "{field} is a formula; paste its value instead",
    RowFaultKind.BAD_ID: "{detail} is no id; use small letters, digits and _",
    RowFaultKind.HEADING: "{field} has a line that begins with '## '",
    RowFaultKind.UNREADABLE: "{detail}",
}
_NOTES = {
    NoteKind.UNKNOWN_GROUP: "there is no group {given} yet; {used} is used",
    NoteKind.UNKNOWN_SECTION: "there is no section {given}; {used} is used",
    NoteKind.ASKED_ELSEWHERE: "this asks for {used} already: {given}",
}


def export_articles(folder: Path) -> None:
    """Raises LaunchError naming what could not be written as a file."""
    with transaction() as session:
        done = export(session, folder)
    print(f"{done.written} articles in {folder}.")
    if done.attachments:
        print(f"{done.attachments} attachments in {folder.resolve().parent / 'attachments'}.")
    for path in done.strangers:
        print(f"{path}: of no published article; left as it is")
    if done.without_file:
        raise LaunchError(
            f"Published before files were kept, so not written: {', '.join(done.without_file)}."
        )


def import_table(options: argparse.Namespace) -> None:
    """Tell what the table would change and, unless asked not to, save the drafts."""
    if not options.dry_run and options.username is None:
        raise LaunchError("Give --as USERNAME, whose drafts they will be, or --dry-run.")
    rows, columns = _read(options)
    now = clock.now()
    today = now.astimezone(settings().office_zone).date()
    defaults = Defaults(options.group, options.section, options.file.name, today)
    with transaction() as session:
        member = None if options.dry_run else _writer(session, options.username)
        entries = plan(session, rows, columns, defaults)
        for line in _told(entries):
            print(line)
        if member is not None:
            for one in begin_drafts(session, entries, member, now, options.file.name):
                done = "draft saved" if one.refused is None else f"not saved: {one.refused}"
                print(f"{one.entry.article_id}: {done}")
    if faulty := sum(entry.kind is EntryKind.FAULTY for entry in entries):
        raise LaunchError(f"{faulty} to be mended in the table.")


def _read(options: argparse.Namespace) -> tuple[Sequence[Row], list[Field | None]]:
    """The rows below the headings, and what their columns hold."""
    try:
        sheets = {sheet.name: sheet for sheet in read_sheets(options.file.read_bytes())}
    except NoTable as refused:
        at = f", row {refused.row}" if refused.row else ""
        raise LaunchError(f"{options.file}: no table: {refused.reason}{at}.") from None
    name = options.sheet if options.sheet is not None else next(iter(sheets))
    if name not in sheets:
        raise LaunchError(f"There is no sheet {name}; there are {', '.join(sheets)}.")
    rows = sheets[name].rows
    head = place_of_headings(rows)
    headings = rows[head].cells
    columns = fields_of(headings)
    for given in options.column:
        heading, _, field = given.rpartition("=")
        if heading not in headings or field not in set(Field):
            raise LaunchError(
                f"{given}: give HEADING=FIELD. Headings: {', '.join(filter(None, headings))}. "
                f"Fields: {', '.join(Field)}."
            )
        columns[headings.index(heading)] = Field(field)
    return rows[head + 1 :], columns


def _writer(session: Session, username: str) -> Staff:
    found = session.scalars(select(Staff).where(Staff.username == username.lower())).one_or_none()
    if found is None or found.role not in _WRITERS:
        raise LaunchError(f"There is no editor, supervisor or administrator {username}.")
    return found


def _told(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        rows = ", ".join(map(str, entry.rows))
        yield f"{entry.kind:<8} row {rows:<8} {entry.article_id}  {entry.title}".rstrip()
        for fault in entry.faults:
            yield f"    row {fault.row}: {_fault(fault)}"
        for note in entry.notes:
            yield f"    note: {_note(note)}"
        if entry.kind is EntryKind.CHANGED:
            yield from map(_change, entry.changes)
    counts = Counter(entry.kind for entry in entries)
    yield ", ".join(f"{counts[kind]} {kind}" for kind in EntryKind)


def _fault(fault: RowFault) -> str:
    return _FAULTS[fault.kind].format(field=fault.field, detail=fault.detail)


def _note(note: Note) -> str:
    return _NOTES[note.kind].format(given=note.given, used=note.used)


def _change(change: Change) -> str:
    before = f"{_short(change.before)} -> " if change.before else "+ "
    return f"    {change.field}: {before}{_short(change.after)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
