"""Which pages `make page-times` visits: every screen of the console, in its heavier states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote_plus

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.console.queue.cursor import Cursor
from bot.db import transaction
from bot.models import (
    ArticleDraft,
    BotDecision,
    Clock,
    ClockKind,
    Consultation,
    Conversation,
    FaqMark,
    ImportTable,
    Message,
    QuestionGroup,
    Regulation,
    Staff,
    Ticket,
    TicketState,
    Tier,
)

OFFICER, SECTION, EDITOR, OVERSEER, ADMIN = "ani", "budi", "dewi", "eko", "admin"
REPORTS = ("promise", "tiers", "volume", "sections", "bot", "ratings", "breaches", "register")
FILTERS = ("topic=impor", "section=P2", "channel=phone", "tag=label+7", "reason=complaint")
SEARCHES = (
    "Pemohon 12345",  # a person
    "081200000123",  # a telephone number
    "0123",  # the end of one
    "MC-2026-099990",  # a ticket
    "RR000045678ID",  # a word that was said once
    "nomor resi",  # words that every message has
    "kalimat panjang",  # words of one long conversation
    "tidakpernahada",  # nothing at all
)


@dataclass(frozen=True)
class Page:
    """An address, and the user name of who opens it; a fragment is what an open page asks for."""

    reader: str
    address: str
    fragment: bool = False


def pages() -> list[Page]:
    """Every page, in the order of the roles that read it."""
    with transaction() as session:
        return [
            *_queue_pages(),
            *_ticket_pages(session),
            *_desk_pages(session),
            *_editors_pages(session),
            *_section_pages(session),
            *_overseers_pages(session),
            *_admins_pages(),
        ]


def files() -> list[Page]:
    """What is downloaded."""
    names = (
        "promise/days.csv?period=this_month",
        "register/workbook.xlsx?period=last_month",
        "register/register.pdf?period=today",
    )
    return [Page(OVERSEER, f"/console/reports/{name}") for name in names]


def _queue_pages() -> list[Page]:
    tabs = ("waiting", "mine", "section", "answered", "closed", "all", "bot")
    late = Cursor(clock.now() - timedelta(days=300), 1, is_over=True)
    addresses = [
        *(f"queue?tab={tab}" for tab in tabs),
        *(f"queue?tab={tab}&{one}" for one in FILTERS for tab in ("all", "closed")),
        "queue?tab=closed&topic=impor&section=P2&tag=label+7&reason=urgent&channel=phone",
        "queue?tab=closed&topic=nothing",
        f"queue?tab=closed&after={quote_plus(str(late))}",
        *(f"search?q={quote_plus(words)}" for words in SEARCHES),
        "search?q=nomor+resi&before=500000",
    ]
    return [
        *_all(OFFICER, addresses),
        Page(OFFICER, "/console/queue?tab=waiting", fragment=True),
        Page(OFFICER, "/console/queue?tab=all", fragment=True),
    ]


def _ticket_pages(session: Session) -> list[Page]:
    long = _longest(session)
    first = session.scalars(
        select(Message.id)
        .where(Message.conversation_id == long.conversation_id)
        .order_by(Message.id.desc())
        .offset(499)
        .limit(1)
    ).one()
    closed = session.scalars(
        select(Ticket.id).where(Ticket.state == TicketState.CLOSED).order_by(Ticket.id.desc())
    ).first()
    earlier = f"conversations/{long.conversation_id}/earlier"
    bots = session.scalars(select(Conversation.id).order_by(Conversation.id)).first()
    addresses = [f"tickets/{long.id}", f"tickets/{closed}", f"conversations/{bots}"]
    return [
        *_all(OFFICER, addresses),
        Page(OFFICER, f"/console/tickets/{long.id}", fragment=True),
        Page(OFFICER, f"/console/tickets/{long.id}?from={first}", fragment=True),
        Page(OFFICER, f"/console/{earlier}?before={first}", fragment=True),
        Page(OFFICER, f"/console/{earlier}?before={first - 4000}", fragment=True),
    ]


def _longest(session: Session) -> Ticket:
    """The newest ticket that is held: large_desk.py gave it the long conversation."""
    held = select(Ticket).where(Ticket.state == TicketState.HELD).order_by(Ticket.id.desc())
    return session.scalars(held.limit(1)).one()


def _desk_pages(session: Session) -> list[Page]:
    promises = select(Clock.id).where(Clock.kind == ClockKind.PROMISE).order_by(Clock.id.desc())
    timed = session.scalars(promises.limit(1)).one()
    return [
        *_all(
            OFFICER,
            (
                *("roster", "articles", "articles/artikel-7", "canned", "templates", "password"),
                *("calendar", "calendar/versions/1", f"clocks/{timed}", "alerts", "presence"),
            ),
        ),
    ]


def _editors_pages(session: Session) -> list[Page]:
    """In the states that large_editors.py made."""
    draft = session.scalars(select(ArticleDraft).order_by(ArticleDraft.id)).first()
    group = session.scalars(select(QuestionGroup.id).order_by(QuestionGroup.id)).first()
    marked = session.scalars(select(FaqMark.id).order_by(FaqMark.id)).first()
    table = session.scalars(select(ImportTable.id)).one()
    asked = session.scalars(select(BotDecision.turn_id).order_by(BotDecision.turn_id)).first()
    cited = session.execute(
        select(Regulation.id).where(Regulation.name == "PMK 4/2025")
    ).scalar_one()
    assert draft is not None
    article = f"articles/{draft.article_id}"
    return [
        *_all(
            EDITOR,
            (
                *("articles", "articles?q=kiriman", "articles?state=published", "articles/new"),
                *(article, f"{article}/edit", f"{article}/review", f"{article}/history"),
                *("questions", "questions?q=kiriman", f"drafts/{draft.id}/gate", "try"),
                *("inbox", "inbox/decided", f"inbox/groups/{group}", f"inbox/marks/{marked}"),
                *("insights", "insights?sort=due", "import", f"import/{table}"),
                *("regulations", "regulations?q=PMK", f"regulations/{cited}"),
                f"regulations/{cited}/given",
            ),
        ),
        Page(OFFICER, f"/console/try/turns/{asked}"),
    ]


def _section_pages(session: Session) -> list[Page]:
    asked = select(Consultation.id).where(Consultation.answered_at.is_(None))
    of_section = session.scalars(asked.where(Consultation.tier == Tier.SECTION)).first()
    of_head = session.scalars(asked.where(Consultation.tier == Tier.HEAD)).first()
    return [
        *_all(SECTION, ("section", f"section/{of_section}")),
        *_all(OVERSEER, ("decisions", f"decisions/{of_head}")),
    ]


def _overseers_pages(session: Session) -> list[Page]:
    busy = session.scalars(select(Staff.id).where(Staff.username == "petugas3")).one()
    early = (clock.now() - timedelta(days=700)).isoformat()
    addresses = [
        "board",
        *(
            f"reports/{part}?period={span}"
            for span in ("this_month", "this_year")
            for part in REPORTS
        ),
        "audit",
        "audit?q=petugas4",
        "audit?q=nothing+has+this",
        "audit?q=MC-2026-099990",
        f"audit?who={busy}",
        "audit?what=closed",
        f"audit?who={busy}&what=replied&until=2025-06-01",
        f"audit?after={quote_plus(early)}~1~1",
        "what-if",
        "what-if?working=5&outside=30&officers=2&officers_outside=1",
    ]
    return [
        *_all(OVERSEER, addresses),
        Page(OVERSEER, "/console/board", fragment=True),
    ]


def _admins_pages() -> list[Page]:
    return _all(
        ADMIN,
        (
            *("accounts", "accounts/new", "accounts/1", "sections", "retention"),
            *("calendar/hours", "calendar/holidays", "canned/new", "templates/new"),
        ),
    )


def _all(reader: str, addresses: list[str] | tuple[str, ...]) -> list[Page]:
    return [Page(reader, f"/console/{address}") for address in addresses]
