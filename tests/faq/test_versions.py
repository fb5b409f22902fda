"""The version of what is published: kept, true after every change, also of two at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, select, update

from bot import db
from bot.db import KNOWLEDGE, transaction
from bot.faq.publishing import publish
from bot.faq.search import Knowledge
from bot.faq.versions import changing_knowledge, knowledge_version
from bot.models import ArticleRevision, ArticleStatus, PublishedVersion, Way
from knowledge_base.encoder import Encoder
from tests.knowledge_base.toy import article

pytestmark = pytest.mark.slow


def kept() -> str | None:
    with transaction() as session:
        return session.scalar(select(PublishedVersion.version))


def made() -> str:
    """Made anew of what is published, as if none were kept."""
    with transaction() as session:
        session.execute(delete(PublishedVersion))
        version = knowledge_version(session)
        session.rollback()
    return version


def test_the_version_that_is_kept_is_that_of_what_is_published(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    assert kept() == made()
    before = kept()
    with transaction() as session:
        publish(session, article("imei_biaya", content_hash="another"), encoder)
    assert kept() == made() != before


def test_a_change_by_hand_leaves_no_old_version_behind(knowledge: Knowledge) -> None:
    with transaction() as session:
        before = knowledge_version(session)
        session.execute(update(ArticleRevision).values(status=ArticleStatus.ARCHIVED))
    with transaction() as session:
        archived = knowledge_version(session)
        session.execute(delete(Way).where(Way.revision_id.is_(None)))
    with transaction() as session:
        assert len({before, archived, knowledge_version(session)}) == 3


def test_two_who_publish_at_once_leave_the_version_of_both(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    def publish_another() -> None:
        with transaction() as session:
            publish(session, article("imei_biaya", content_hash="second"), encoder)

    second = threading.Thread(target=publish_another)
    with transaction() as session, changing_knowledge(session):
        second.start()
        second.join(0.5)
        assert second.is_alive()  # it waits for the first
        publish(session, article("imei_daftar", content_hash="first"), encoder)
    second.join()
    assert kept() == made()


def test_nobody_is_told_where_nothing_changed(
    knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, str]] = []
    monkeypatch.setattr(db, "_bells", type("Bells", (), {"add": staticmethod(rung.extend)}))
    with transaction() as session, changing_knowledge(session):
        pass
    assert KNOWLEDGE not in {channel for channel, _ in rung}
