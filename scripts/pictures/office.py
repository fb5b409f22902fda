"""An office with its articles, roster, canned replies and templates; nobody has written yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from bot import clock
from bot.db import transaction
from bot.desk import canned, duty, templates
from bot.faq.publishing import revision_of
from bot.models import (
    Article,
    CannedReply,
    OfficeCalendarVersion,
    Staff,
    Template,
)
from bot.seed import seed_office
from knowledge_base.articles import read_articles
from scripts.pictures.people import member

CANNED = (
    (
        "Salam dan minta nomor resi",
        "Halo {nama}, saya {petugas} dari Bea Cukai Makassar. Boleh kirim *nomor resi* "
        "kirimannya? Biasanya 13 tanda, misalnya RR123456789ID.",
        "Hello {nama}, this is {petugas} of Makassar Customs. Which *tracking number* is it?",
    ),
    (
        "Minta foto bukti pembayaran",
        "Mohon kirim foto bukti pembayaran dan tautan barangnya, supaya nilainya cocok.",
        "Please send a photo of the proof of payment and a link to the goods.",
    ),
    (
        "Cara cek IMEI",
        "Status IMEI bisa dicek di beacukai.go.id, menu *Registrasi IMEI*. Ketik *#06# di HP untuk "
        "melihat nomornya.",
        "You can check an IMEI at beacukai.go.id. Dial *#06# to see the number.",
    ),
    (
        "Bukan wewenang Bea Cukai",
        "Terima kasih, {nama}. Hal ini ditangani instansi lain; kami arahkan ke kanal resminya.",
        "",
    ),
    (
        "Terima kasih, salam penutup",
        "Terima kasih sudah menghubungi Maraga Care, {nama}. Nomor tiketnya {tiket} bila nanti "
        "perlu bertanya lagi.",
        "Thank you for contacting Maraga Care, {nama}. Your ticket is {tiket}.",
    ),
)
TEMPLATES = (
    (
        "Jawaban sudah tersedia",
        "id",
        "Yth. {{1}}, jawaban atas pertanyaan Anda ({{2}}) sudah tersedia. Balas pesan ini untuk "
        "membacanya.",
        ["Nama pemohon", "Perihal"],
    ),
    (
        "Minta kelengkapan dokumen",
        "id",
        "Yth. {{1}}, kami masih menunggu {{2}} untuk melanjutkan. Balas pesan ini bila sudah siap.",
        ["Nama pemohon", "Dokumen yang ditunggu"],
    ),
    (
        "Answer is ready",
        "en",
        "Dear {{1}}, the answer to your question ({{2}}) is ready. Reply to read it.",
        ["Name", "Ticket number"],
    ),
)
# Day from today, first hour, hours: the roster's plan with a hole on the third night.
SHIFTS = (
    ("ali", 0, 7.5, 9.5),
    ("ali", 0, 17, 14.5),
    ("ani", 1, 7.5, 9.5),
    ("ali", 1, 12, 5),
    ("eko", 1, 17, 14.5),
    ("ani", 2, 7.5, 9.5),
    ("ali", 3, 7.5, 9.5),
    ("ani", 3, 17, 14.5),
    ("ali", 4, 8, 12),
    ("ani", 5, 8, 12),
)


def open_office(*, with_writing: bool = True) -> None:
    """Sections, the calendar, the cast; articles, canned replies, templates and the roster."""
    now = clock.now()
    with transaction() as session:
        seed_office(session, now)
        session.execute(update(OfficeCalendarVersion).values(created_at=now - timedelta(days=320)))
        session.execute(update(Staff).values(created_at=now - timedelta(days=320)))
        session.execute(update(Staff).where(Staff.role == "pli").values(capacity=8))
    _publish()
    if with_writing:
        _write(now)
        plan_shifts()


def seed_alone() -> None:
    """The cast and the sections of a service on its first day, without an article."""
    with transaction() as session:
        seed_office(session, clock.now())


def plan_shifts() -> None:
    """The roster's next days: two by day, one at night, and a night that nobody has."""
    now = clock.now()
    midnight = (now + timedelta(hours=8)).replace(
        hour=0, minute=0, second=0, microsecond=0
    ) - timedelta(hours=8)
    with transaction() as session:
        eko = member(session, "eko")
        for username, day, hour, hours in SHIFTS:
            starts_at = midnight + timedelta(days=day, hours=hour)
            ends_at = starts_at + timedelta(hours=hours)
            if ends_at <= now:
                continue
            duty.plan(session, member(session, username), starts_at, ends_at, now, eko)


def _publish() -> None:
    """The articles' texts; without the encoder's numbers, which no picture shows."""
    with transaction() as session:
        articles = read_articles()
        session.add_all(Article(id=one.id) for one in articles)
        session.flush()
        for one in articles:
            revision = revision_of(one, number=1)
            revision.published_at = clock.now() - timedelta(days=21)
            session.add(revision)


def _write(now: datetime) -> None:
    with transaction() as session:
        eko = member(session, "eko")
        for title, body_id, body_en in CANNED:
            canned.save(
                session,
                CannedReply(),
                title=title,
                body_id=body_id,
                body_en=body_en,
                member=eko,
                now=now - timedelta(days=30),
            )
        for number, (title, language, body, labels) in enumerate(TEMPLATES):
            templates.save(
                session,
                Template(),
                title=title,
                language=language,
                content_sid=f"HX{number + 0x5A1C3E:032x}",
                body=body,
                labels=labels,
                member=eko,
                now=now - timedelta(days=30),
            )
