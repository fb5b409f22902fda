"""What a new installation starts with; running it again adds what is missing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.db import transaction
from bot.demo.accounts import DEMO_PASSWORD, DEMO_STAFF
from bot.desk.calendar import default_rules
from bot.faq import attachments, remembered
from bot.faq.publishing import (
    encode_again,
    not_encoded,
    publish_changed,
    publish_none_messages,
)
from bot.faq.search import fit_again, make_ready
from bot.faq.versions import changing_knowledge
from bot.models import OfficeCalendarVersion, Role, Section, Staff
from bot.settings import settings
from bot.staff import has_password, hash_password
from knowledge_base.articles import read_articles, read_none_messages
from knowledge_base.encoder import Ahead, load_encoder

SECTIONS = {
    "UMUM": "Subbagian Umum",
    "P2": "Seksi Penindakan dan Penyidikan",
    "PKC": "Seksi Pelayanan Kepabeanan dan Cukai",
    "PERBEND": "Seksi Perbendaharaan",
    "PLI": "Seksi Penyuluhan dan Layanan Informasi",
    "KI": "Seksi Kepatuhan Internal",
    "PDAD": "Seksi Pengolahan Data dan Administrasi Dokumen",
}


def seed() -> None:
    """Sections, the office calendar, demo accounts (simulator only), articles."""
    with transaction() as session:
        seed_office(session, clock.now())
    seed_articles()


def seed_office(session: Session, now: datetime) -> None:
    """Sections, the first calendar, and demo accounts while the simulator is on."""
    present = {section.code: section for section in session.scalars(select(Section))}
    for code, name in SECTIONS.items():
        if code not in present:
            present[code] = Section(code=code, name=name)
            session.add(present[code])
    if session.scalar(select(OfficeCalendarVersion.id).limit(1)) is None:
        rules = default_rules(settings().tz_office, (now.year, now.year + 1))
        session.add(OfficeCalendarVersion(rules=rules, note="default"))
    session.flush()
    if settings().simulator:
        _seed_demo_staff(session, present)
    else:
        _close_demo_accounts(session)


def seed_articles() -> None:
    """Publish the article files of `knowledge_base` as far as they changed."""
    encoder = load_encoder(settings().encoder_model)
    with transaction() as session, changing_knowledge(session):
        encode_again(session, encoder)
        articles, messages = read_articles(), read_none_messages()
        attachments.keep_packaged(session, articles, clock.now())
        ahead = Ahead(encoder, not_encoded(session, articles, messages, encoder))
        publish_changed(session, articles, ahead)
        publish_none_messages(session, messages, ahead)
        make_ready(session, encoder)
        remembered.seed(session)


def fit() -> None:
    """Fit the knowledge base to exactly what is published, unless it is."""
    with transaction() as session:
        fit_again(session, load_encoder(settings().encoder_model))


def _seed_demo_staff(session: Session, sections: dict[str, Section]) -> None:
    known = set(session.scalars(select(Staff.username)))
    if all(username in known for username, _, _, _ in DEMO_STAFF):
        return
    password_hash = hash_password(DEMO_PASSWORD)
    for username, name, role, section in DEMO_STAFF:
        if username not in known:
            session.add(
                Staff(
                    username=username,
                    name=name,
                    role=Role(role),
                    section_id=sections[section].id if section else None,
                    password_hash=password_hash,
                )
            )


def _close_demo_accounts(session: Session) -> None:
    """A password that everybody can read must open nothing in a service for the public."""
    names = [username for username, _, _, _ in DEMO_STAFF]
    for member in session.scalars(select(Staff).where(Staff.username.in_(names), Staff.active)):
        if has_password(member, DEMO_PASSWORD):
            member.active = False
