"""Every page of the console, found from its routes, with an address to open it at.

A new screen is in here by itself. One whose address names a record needs an example in
`EXAMPLES`, and `fill_the_office` makes that record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.routing import Mount, Route

from bot import clock, console
from bot.db import transaction
from bot.desk import canned, templates, tickets
from bot.faq import editing, import_tables
from bot.faq.tables import read_sheets
from bot.models import (
    Article,
    ArticleRevision,
    ArticleStatus,
    CannedReply,
    Staff,
    Template,
)
from tests.faq.editors_texts import text_of
from tests.faq.office_tables import workbook

CAST = ("ani", "budi", "dewi", "eko", "admin")

# What a browser is never shown as a page of its own: where others begin, streams, and the door.
NO_PAGES = {"/", "/events", "/signin", "/{rest:path}"}
# Pieces of a page, and files.
NO_PAGES |= {
    "/articles/{id}/edition",
    "/conversations/{id:int}/earlier",
    "/decisions/{id:int}",
    "/media/{id:int}",
    "/reports/{part}/workbook.xlsx",
    "/reports/{part}/{block}.csv",
    "/tickets/{id:int}/suggestions",
}

EXAMPLES = {
    "/accounts/{id:int}": "/accounts/1",
    "/articles/{id}": "/articles/contoh",
    "/articles/{id}/edit": "/articles/contoh/edit",
    "/articles/{id}/history": "/articles/contoh/history",
    "/articles/{id}/review": "/articles/contoh/review",
    "/canned/{id:int}": "/canned/1",
    "/calendar/versions/{id:int}": "/calendar/versions/1",
    "/clocks/{id:int}": "/clocks/1",
    "/conversations/{id:int}": "/conversations/1",
    "/import/{id:int}": "/import/1",
    "/reports/{part}": "/reports/promise",
    "/section/{id:int}": "/section/1",
    "/templates/{id:int}": "/templates/1",
    "/tickets/{id:int}": "/tickets/1",
}

# The same page in another state that looks different.
FURTHER = ["/articles/lelang_ikut/review", "/articles/ditarik", "/articles?q=nothing"]
FURTHER += [
    "/import/2",
    "/clocks/2",
    "/tickets/2",
    "/queue?tab=all",
    "/queue?tab=closed",
    "/audit?q=nothing",
]


def paths() -> list[str]:
    """The path of every page, as its route has it."""
    [mount] = [route for route in console.routes() if isinstance(route, Mount)]
    return [
        route.path
        for route in mount.routes
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and route.path not in NO_PAGES
    ]


def addresses() -> list[str]:
    """An address for every page whose records `fill_the_office` has made, and `FURTHER`."""
    found = [EXAMPLES.get(path, path) for path in paths()]
    return [f"/console{path}" for path in [*found, *FURTHER] if "{" not in path]


def fill_the_office(ticket: Callable[..., int], consultation: Callable[..., int]) -> None:
    """One of everything: a question at a section, a late ticket, a closed one, an article."""
    consultation("P2", "Rokok tanpa pita cukai, bagaimana?", name="Muhammad Yusuf Daeng Mattola")
    ticket("paket saya belum keluar", name="Gunawan", ago=timedelta(hours=2))
    closed = ticket("terima kasih", name="Hasan")
    with transaction() as session:
        ani = session.scalars(select(Staff).where(Staff.username == "ani")).one()
        tickets.take_over(session, closed, ani, clock.now())
        tickets.reply(session, closed, ani, "Sama-sama.", clock.now())
        tickets.close(session, closed, ani, "answered", clock.now())
        fill_the_writers_desk(session, ani)
        fill_the_editors_desk(session)


def fill_the_editors_desk(session: Session) -> None:
    """An article with a draft that was sent back, one that was withdrawn, a new one in review."""
    dewi = session.scalars(select(Staff).where(Staff.username == "dewi")).one()
    eko = session.scalars(select(Staff).where(Staff.username == "eko")).one()
    now = clock.now()
    for article_id in ("contoh", "ditarik"):
        session.add(Article(id=article_id))
        session.flush()
        session.add(example_revision(article_id))
    session.flush()
    editing.suspend(session, "ditarik", eko, "Batasnya berubah.", now)
    changed = text_of("contoh", title="Batas baru", answer="Lihat https://contoh.com")
    draft = editing.save(session, changed, dewi, now, began_from=None)
    draft.returned_because = "Sebut peraturannya."
    new = editing.save(session, text_of(), dewi, now, began_from=None)
    editing.submit(session, new, dewi, now)
    fill_the_import(session, dewi)


def fill_the_import(session: Session, member: Staff) -> None:
    """A table with a draft made of it, and of each kind of entry one."""
    rows = [
        ("Apa itu NPPBKC?", "Nomor pokok pengusaha barang kena cukai.", "NPPBKC", "Cukai", None),
        (None, "Lihat lelang.go.id.", "Cara ikut lelang", None, "segera"),
        ("lelang bulan ini", "Lihat lelang.go.id.", "Cara ikut lelang", None, None),
        ("daftar imei di mana", "Di bandara, saat tiba.", "Daftar IMEI", "Arrivals", "31/12/2027"),
    ]
    head = ("Question", "Answer", "Title", "Topic group", "Valid until")
    sheets = read_sheets(workbook(head, *rows)) + read_sheets(workbook(head, *rows[2:]))
    table = import_tables.keep(session, "faq-kantor.xlsx", sheets, member, clock.now())
    entries = import_tables.plan_of(session, table, clock.now().date())
    import_tables.begin(session, table, entries[:1], member, clock.now())
    import_tables.read_sheet(table, 0)
    kept = import_tables.keep(session, "baru.xlsx", sheets[1:], member, clock.now())
    kept.begun = [{"article": "x", "title": "Jam layanan", "refused": "changed_meanwhile"}]


def example_revision(article_id: str, **changed: object) -> ArticleRevision:
    """What is published of an article."""
    values: dict[str, object] = {
        "article_id": article_id,
        "number": 1,
        "status": ArticleStatus.PUBLISHED,
        "title": "Batas barang kiriman",
        "group": "kiriman",
        "section_code": "PKC",
        "answer_id": "Batasnya USD 3 per kiriman.",
        "answer_en": "The limit is USD 3 a consignment.",
        "legal_basis": ["PMK 96/2023"],
        "valid_from": date(2024, 1, 1),
        "review_by": date(2027, 1, 1),
        "confidence": "tinggi",
        "details": {},
        "source": "",
        "content_hash": "x",
    }
    return ArticleRevision(**values | changed)


def fill_the_writers_desk(session: Session, member: Staff) -> None:
    """What officers write with: a canned reply and a template."""
    reply, template = CannedReply(), Template()
    canned.save(
        session,
        reply,
        title="Dokumen kurang",
        body_id="Selamat siang {nama}, mohon kirim foto resinya.",
        body_en="Good afternoon {nama}, please send a photo of the receipt.",
        member=member,
        now=clock.now(),
    )
    templates.save(
        session,
        template,
        title="Jawaban sudah ada",
        language="id",
        content_sid="HX" + "0" * 32,
        body="Halo {{1}}, jawaban untuk tiket {{2}} sudah ada.",
        labels=["Nama", "Tiket"],
        member=member,
        now=clock.now(),
    )
    session.add_all([reply, template])
