"""What the bot did not know this week, what officers marked of it, and two months of answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.faq import loop, marks
from bot.faq.regrouping import regroup
from bot.models import FaqMark, Message, Speaker, TicketReason
from scripts.pictures.people import (
    applicant,
    bot_answers,
    is_closed,
    is_taken,
    member,
    minutes,
    says,
    waits,
    writes,
)

SEEDLINGS = (
    ("Wahyudi Tandi", "boleh kirim bibit tanaman hias ke jepang? wa saya 0812 3456 7890", 6),
    ("Nur Aisyah", "bisa kirim bibit tanaman hias ke jepang lewat pos?", 30),
    ("Oktavianus", "kirim bibit tanaman hias ke jepang syaratnya apa", 52),
    ("Sri Wahyuni", "mau kirim bibit tanaman hias ke jepang, syaratnya apa ya", 75),
)
FOR_SEEDLINGS = (
    "Boleh, Pak Wahyudi, dengan sertifikat fitosanitari dari Badan Karantina. Periksa juga apakah "
    "jenisnya masuk daftar CITES, lalu sampaikan PEB atau consignment note lewat pos."
)
DRONES = (
    ("Hendra Wijaya", "bawa drone dari singapura kena pajak?", 20),
    ("Fitri Amalia", "bawa drone dari luar negeri kena pajak berapa", 70),
    ("Michael Tan", "bawa drone dari singapura perlu izin?", 100),
)
FOR_DRONES = (
    "Drone boleh dibawa. Yang dipakai terbang didaftarkan ke Kementerian Perhubungan, dan nilainya "
    "dihitung bersama barang bawaan lain; di atas USD 500 kena bea masuk dan pajak."
)
REJECTED = (
    ("Amirullah", "kapan pendaftaran magang mahasiswa dibuka", 26),
    ("Dian Pratiwi", "pendaftaran magang mahasiswa kapan dibuka ya min", 98),
)
TODAY = (
    ("Yusran Daeng Nompo", "batas oleh-oleh dari jeddah berapa?", 1),
    ("Grace Palimbong", "pulang dari singapura, hp baru kena pajak?", 3),
)
WEEKDAYS = ("Rosmini", "kantor buka hari sabtu tidak?", 44)


@dataclass(frozen=True)
class InVain:
    """What the inbox opens: a group, a mark of each kind, and two messages to be marked."""

    group: int
    make_faq: int
    bot_wrong: int
    officers: int
    bots: int


def fill_the_inbox() -> InVain:
    """Groups of questions, dear and cheap ones, and what officers marked."""
    now = clock.now()
    first, other, *_ = [_handed_over(*one, FOR_SEEDLINGS) for one in SEEDLINGS]
    for one in DRONES:
        _handed_over(*one, FOR_DRONES)
    wrong, rejected = [_was_no_help(*one) for one in REJECTED]
    conversation, ago = _asked(*WEEKDAYS)
    bot_answers(conversation, WEEKDAYS[1], "Maksud Anda yang mana?", ago)
    for one in TODAY:
        _was_answered(*one)
    _two_months_of_answers()
    with transaction() as session:
        regroup(session, now)
        faq = _marked(session, first, Speaker.OFFICER, minutes(230), "Ditanya terus bulan ini.")
        right = marks.Right(article_id="magang_pkl")
        bot = _marked(session, wrong, Speaker.BOT, minutes(80), "Yang dicari jadwalnya.", right)
        costly = session.scalars(loop.open_groups()).first()
        assert costly is not None
        officers, bots = (
            _said(session, conversation, speaker).id
            for conversation, speaker in ((other, Speaker.OFFICER), (rejected, Speaker.BOT))
        )
        return InVain(costly.id, faq, bot, officers, bots)


def _asked(name: str, question: str, hours: float) -> tuple[int, timedelta]:
    """Somebody new wrote this: the conversation, and how long ago it was."""
    ago = timedelta(hours=hours)
    conversation = applicant(name)
    writes(conversation, question, ago)
    return conversation, ago


def _handed_over(name: str, question: str, hours: float, reply: str) -> int:
    """Nothing was near enough: an officer answered. Gives the conversation."""
    conversation, ago = _asked(name, question, hours)
    bot_answers(conversation, question, "Saya teruskan ke petugas.", ago)
    ticket = waits(conversation, TicketReason.NO_ANSWER, ago - minutes(0.5), question)
    is_taken(ticket, "ali", ago - minutes(4))
    says(conversation, "ali", reply, ago - minutes(10 + hours % 7))
    is_closed(ticket, "ali", ago - minutes(19))
    return conversation


def _was_no_help(name: str, question: str, hours: float) -> int:
    """An article was given and rejected. Gives the conversation."""
    conversation, ago = _asked(name, question, hours)
    bot_answers(
        conversation,
        question,
        "Penerimaan CPNS diumumkan di rekrutmen.kemenkeu.go.id. Apakah ini membantu?",
        ago,
        article="rekrutmen",
        weighed=(("rekrutmen", 0.62), ("magang_pkl", 0.41)),
        helpful=False,
    )
    return conversation


def _was_answered(name: str, question: str, hours: float) -> None:
    conversation, ago = _asked(name, question, hours)
    bot_answers(
        conversation,
        question,
        "Sampai USD 500 per orang bebas bea masuk.",
        ago,
        article="penumpang_batas_500",
        weighed=(("penumpang_batas_500", 0.95),),
        helpful=True,
    )


def _marked(
    session: Session,
    conversation: int,
    speaker: Speaker,
    ago: timedelta,
    note: str,
    right: marks.Right | None = None,
) -> int:
    message = _said(session, conversation, speaker)
    ani, at = member(session, "ani"), clock.now() - ago
    made: FaqMark = marks.mark(session, message, ani, at, note=note, right=right)
    return made.id


def _said(session: Session, conversation: int, speaker: Speaker) -> Message:
    message = session.scalars(
        select(Message).where(Message.conversation_id == conversation, Message.speaker == speaker)
    ).first()
    assert message is not None
    return message


def _two_months_of_answers() -> None:
    """Answers of the published articles to some sixty people, the parcels' most often."""
    people = [applicant(f"Pemohon {n}", timedelta(days=70)) for n in range(1, 61)]
    with transaction() as session:
        values = {"first": people[0], "last": people[-1], "until": clock.now()}
        for statement in _ANSWERS:
            session.execute(text(statement), values)


_ANSWERS = (
    """
    CREATE TEMP TABLE answer ON COMMIT DROP AS
    SELECT nextval(pg_get_serial_sequence('turn', 'id')) AS turn_id, r.id AS revision_id,
        r.article_id, r.question, :first + (r.id * 7 + n * 13) % (1 + :last - :first) AS person,
        CAST(:until AS timestamptz) - ((n * 37 + r.id * 11) % 1430) * interval '1 hour'
            - interval '26 hours' AS at,
        (n * 7 + r.id) % 10 AS luck
    FROM (
        SELECT id, article_id, coalesce((
            SELECT max(text) FROM remembered_question AS q
            WHERE q.article_id = article_revision.article_id
        ), title) AS question, CASE WHEN "group" IN ('kiriman', 'imei') THEN 3 ELSE 1 END
            * (2 + id * 29 % 17) AS times
        FROM article_revision WHERE status = 'published'
    ) AS r CROSS JOIN LATERAL generate_series(1, r.times) AS n
    """,
    """
    INSERT INTO turn (id, conversation_id, text, fence, created_at, finished_at, outcome)
        OVERRIDING SYSTEM VALUE
    SELECT turn_id, person, question, 0, at, at, 'answered' FROM answer
    """,
    """
    INSERT INTO bot_decision (turn_id, conversation_id, question, language, kind, candidates,
        revision_id, knowledge, at, helpful)
    SELECT turn_id, person, question, 'id', 'answer',
        jsonb_build_array(jsonb_build_object('article', article_id, 'score', 0.93)),
        revision_id, 'pictures', at,
        CASE WHEN luck < 5 THEN true WHEN luck = 9 AND revision_id % 3 = 0 THEN false END
    FROM answer
    """,
)
