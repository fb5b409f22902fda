"""Questions that the bot failed, and what came of them, put into the tables directly."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation import locked
from bot.desk import tickets
from bot.faq import loop, marks
from bot.faq.regrouping import regroup
from bot.models import (
    Address,
    AddressKind,
    Article,
    ArticleRevision,
    ArticleStatus,
    BotDecision,
    Conversation,
    Direction,
    Message,
    Person,
    Speaker,
    Staff,
    TicketReason,
    Turn,
)

_numbers = itertools.count(1)


def somebody(session: Session, at: datetime, name: str = "Fajar Nugroho") -> Conversation:
    """A person with a conversation of their own, who wrote at `at`."""
    person = Person(name=name)
    session.add(person)
    session.flush()
    number = f"whatsapp:+62812{next(_numbers):08d}"
    address = Address(person_id=person.id, kind=AddressKind.PHONE, value=number)
    session.add(address)
    session.flush()
    conversation = Conversation(person_id=person.id, address_id=address.id, last_inbound_at=at)
    session.add(conversation)
    session.flush()
    return conversation


def asked(
    session: Session,
    question: str,
    at: datetime,
    *,
    kind: str = "person",
    conversation: Conversation | None = None,
    near: dict[str, float] | None = None,
    **columns: object,
) -> BotDecision:
    """The bot was asked, by somebody new unless a conversation is given, and made this of it."""
    conversation = conversation or somebody(session, at)
    turn = Turn(
        conversation_id=conversation.id, text=question, fence=0, created_at=at, finished_at=at
    )
    session.add(turn)
    session.flush()
    for direction, speaker, body in (
        (Direction.IN, Speaker.APPLICANT, question),
        (Direction.OUT, Speaker.BOT, "Jawaban bot."),
    ):
        session.add(
            Message(
                conversation_id=conversation.id,
                turn_id=turn.id,
                direction=direction,
                speaker=speaker,
                body=body,
                at=at,
            )
        )
    decision = BotDecision(
        turn_id=turn.id,
        conversation_id=conversation.id,
        question=question,
        language="id",
        kind=kind,
        candidates=columns.pop(
            "candidates",
            [{"article": a, "score": score, "nearest": "x"} for a, score in (near or {}).items()],
        ),
        knowledge="x",
        at=at,
        **columns,
    )
    session.add(decision)
    session.flush()
    return decision


def handed_over(
    session: Session, decision: BotDecision, officer: Staff, reply: str, minutes: float = 3
) -> int:
    """A ticket came of the question: taken two minutes later, answered `minutes` after that."""
    conversation = locked(session, decision.conversation_id)
    ticket = tickets.open_ticket(
        session,
        conversation,
        TicketReason.NO_ANSWER,
        asked_at=decision.at,
        now=decision.at,
        turn_id=decision.turn_id,
        subject=decision.question,
    )
    taken = decision.at + timedelta(minutes=2)
    tickets.take_over(session, ticket.id, officer, taken)
    tickets.reply(session, ticket.id, officer, reply, taken + timedelta(minutes=minutes))
    return ticket.id


def officer(session: Session, username: str = "ani") -> Staff:
    return session.scalars(select(Staff).where(Staff.username == username)).one()


def article(session: Session, article_id: str, title: str, **columns: object) -> ArticleRevision:
    """A published article, as its file holds it."""
    ways = "".join(f"- {title} nomor {n}?\n" for n in range(2))
    source = (
        f"---\nid: {article_id}\ntitle: {title}\ngroup: imei\nsection: PKC\nconfidence: tinggi\n"
        "to_confirm: []\nlegal_basis:\n  - PMK 96/2023\nvalid_from: 2024-01-01\n"
        "review_by: 2027-05-31\nlink: https://www.beacukai.go.id\nsources: []\n"
        "handover_data:\n  - Nomor IMEI\nrelated: []\n---\n"
        f"\n## Jawaban\n\nJawaban tentang {title}.\n\n## Cara bertanya\n\n{ways}"
    )
    session.add(Article(id=article_id))
    session.flush()
    values: dict[str, object] = {
        "number": 1,
        "status": ArticleStatus.PUBLISHED,
        "title": title,
        "group": "imei",
        "section_code": "PKC",
        "answer_id": f"Jawaban tentang {title}.",
        "legal_basis": ["PMK 96/2023"],
        "valid_from": date(2024, 1, 1),
        "review_by": date(2027, 5, 31),
        "confidence": "tinggi",
        "details": {"handover_data": ["Nomor IMEI"]},
        "source": source,
        "content_hash": article_id,
    }
    revision = ArticleRevision(article_id=article_id, **values | columns)
    session.add(revision)
    session.flush()
    return revision


def fill_the_inbox(session: Session, now: datetime) -> None:
    """An open group with an answer, a decided one, and a mark of each kind, one settled."""
    ani, dewi = officer(session), officer(session, "dewi")
    hour = timedelta(hours=1)
    question = "boleh kirim bibit tanaman hias ke jepang? wa saya 081234567890"
    first = asked(session, question, now - 3 * hour, near={"contoh": 0.3})
    reply = "Bibit tanaman perlu sertifikat fitosanitari Badan Karantina."
    ticket_id = handed_over(session, first, ani, reply)
    asked(session, "jam buka kantor hari sabtu", now - hour, kind="choices")
    regroup(session, now)
    costly, cheap = session.scalars(loop.open_groups()).all()
    assert (cheap.id, costly.id) == (1, 2)
    loop.dismiss(session, cheap, dewi, "ada di halaman depan", now)
    said = Message.conversation_id == first.conversation_id
    officers, bots = (
        session.scalars(select(Message).where(said, Message.speaker == speaker)).one()
        for speaker in (Speaker.OFFICER, Speaker.BOT)
    )
    assert officers.ticket_id == ticket_id
    marks.mark(session, officers, ani, now, note="sering ditanyakan")
    wrong = marks.mark(session, bots, ani, now, right=marks.Right(person=True))
    marks.dismiss(session, wrong, dewi, "sudah benar", now)
