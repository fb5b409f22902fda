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
from bot.desk import canned, telling, templates, tickets
from bot.faq import editing, gate, import_tables, register, regulations, remembered
from bot.faq.comparing import Asked, Reached, comparison
from bot.faq.published import published
from bot.faq.tables import read_sheets
from bot.faq.versions import knowledge_version
from bot.models import (
    Article,
    ArticleDraft,
    ArticleRevision,
    ArticleStatus,
    BotDecision,
    CannedReply,
    GateState,
    Regulation,
    RegulationState,
    Staff,
    Template,
    Turn,
    TurnOutcome,
)
from tests.faq.editors_texts import text_of
from tests.faq.office_tables import workbook
from tests.open_questions import fill_the_inbox

CAST = ("ani", "budi", "dewi", "eko", "admin")

# What a browser is never shown as a page of its own: where others begin, streams, and the door.
NO_PAGES = {"/", "/events", "/signin", "/{rest:path}"}
# Pieces of a page, and files.
NO_PAGES |= {
    "/articles/{id}/edition",
    "/attachments/{sha256}/{name}",
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
    "/drafts/{id:int}/gate": "/drafts/1/gate",
    "/regulations/{id:int}": "/regulations/1",
    "/regulations/{id:int}/given": "/regulations/1/given",
    "/import/{id:int}": "/import/1",
    "/inbox/groups/{id:int}": "/inbox/groups/2",
    "/inbox/marks/{id:int}": "/inbox/marks/1",
    "/messages/{id:int}/mark": "/messages/4/mark",
    "/reports/{part}": "/reports/promise",
    "/section/{id:int}": "/section/1",
    "/templates/{id:int}": "/templates/1",
    "/tickets/{id:int}": "/tickets/1",
    "/try/turns/{id:int}": "/try/turns/1",
}

# The same page in another state that looks different.
FURTHER = [
    *("/articles/lelang_ikut/review", "/articles/ditarik", "/articles?q=nothing"),
    *("/drafts/2/gate", "/questions?q=nothing", "/try?q=berapa%20biayanya"),
    *("/inbox/groups/1", "/inbox/marks/2", "/messages/6/mark", "/import/2"),
    *("/clocks/2", "/tickets/2", "/queue?tab=all", "/queue?tab=closed", "/audit?q=nothing"),
    *("/regulations/2", "/regulations?q=nothing"),
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
        fill_the_gate(session)
        session.add(example_decision(session))
        fill_the_register(session)
        fill_the_inbox(session, clock.now())


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
        (None, "Lihat lelang.go.id.", "Cara ikut lelang", None, "soon"),
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


def fill_the_gate(session: Session) -> None:
    """A draft that is being tried, and one that was: what it did to a question, and what passed."""
    dewi = session.scalars(select(Staff).where(Staff.username == "dewi")).one()
    lost = remembered.add(session, "batas paket berapa dolar", "contoh", dewi, clock.now())
    gate.ask_for_run(session, session.get_one(ArticleDraft, 2), dewi, clock.now())
    run = gate.ask_for_run(session, session.get_one(ArticleDraft, 1), dewi, clock.now())
    given, other = Reached("answer", ("contoh",), 0.93), Reached("answer", ("ditarik",), 0.9)
    offered = Reached("choices", ("ditarik", "contoh"), 0.5)
    person = Reached("person", (), 0.9)
    asked = [
        Asked(lost.id, lost.text, "contoh", "contoh", given, other),
        Asked(98, "paket saya hilang di jalan", None, None, person, given),
        Asked(99, "barang kiriman dihitung bagaimana", "contoh", "contoh", person, offered),
        Asked(100, "boleh bawa apa dari luar negeri", "contoh", "contoh", given, offered),
    ]
    result = {"knowledge": knowledge_version(session), "encoder": "hash/1"}
    run.state, run.result = GateState.DONE, result | comparison(asked)
    run.asked = run.total = len(asked)
    run.finished_at = clock.now()
    session.flush()
    gate.accept(session, run, 98, "Sekarang ada artikelnya.", dewi, clock.now())


def example_decision(session: Session) -> BotDecision:
    """What the bot decided once in the first conversation."""
    now = clock.now()
    turn = Turn(
        conversation_id=1,
        text="batas paket?",
        fence=1,
        finished_at=now,
        outcome=TurnOutcome.ANSWERED,
    )
    session.add(turn)
    session.flush()
    candidate = {"article": "contoh", "score": 0.71, "nearest": "batas barang kiriman"}
    return BotDecision(
        turn_id=turn.id,
        conversation_id=1,
        question=turn.text,
        language="id",
        kind="answer",
        candidates=[{**candidate, "confidence": 0.93, "answer_from": 0.88, "choices_from": 0.3}],
        revision=published(session, "contoh"),
        knowledge="0123456789ab/hash/1",
        at=now,
        helpful=True,
    )


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


def fill_the_register(session: Session) -> None:
    """A regulation that was replaced, and a request to tell the first applicant of it."""
    dewi = session.scalars(select(Staff).where(Staff.username == "dewi")).one()
    old, new = (register.named(session, name) for name in ("PMK 96/2023", "PMK 4/2025"))
    assert isinstance(old, Regulation)
    replaced = regulations.Mark(RegulationState.REPLACED, date(2026, 1, 1), new, "JDIH")
    regulations.mark(session, old, replaced, ["contoh"], dewi, clock.now())
    said = telling.Wording("Halo {nama}, jawaban kami dulu berdasar peraturan yang diganti.")
    telling.ask(session, old, [1], said, dewi, clock.now())
