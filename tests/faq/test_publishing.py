"""Publishing: one published revision an article, the old ones kept, used from the next question."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.db import transaction
from bot.faq.publishing import (
    encode_again,
    not_encoded,
    publish,
    publish_none_messages,
)
from bot.faq.search import Knowledge
from bot.faq.versions import knowledge_version
from bot.models import ArticleRevision, ArticleStatus, Way
from knowledge_base.encoder import Encoder
from tests.knowledge_base.hash_encoder import hash_encoder
from tests.knowledge_base.toy import NONE_MESSAGES, WAYS, article


def revisions(article_id: str) -> list[tuple[int, ArticleStatus]]:
    with transaction() as session:
        rows = session.scalars(
            select(ArticleRevision)
            .where(ArticleRevision.article_id == article_id)
            .order_by(ArticleRevision.number)
        )
        return [(row.number, row.status) for row in rows]


def version() -> str:
    with transaction() as session:
        return knowledge_version(session)


def test_an_article_is_published_with_its_title_and_ways_encoded(knowledge: Knowledge) -> None:
    with transaction() as session:
        revision = session.scalars(
            select(ArticleRevision).where(ArticleRevision.article_id == "imei_biaya")
        ).one()
        texts = [way.text for way in revision.ways]
    assert texts == [revision.title, *WAYS["imei_biaya"]]
    assert (revision.number, revision.status) == (1, ArticleStatus.PUBLISHED)


def test_publishing_the_same_content_again_changes_nothing(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    before = version()
    with transaction() as session:
        assert not publish(session, article("imei_biaya"), encoder)
        assert not publish_none_messages(session, list(reversed(NONE_MESSAGES)), encoder)
    assert revisions("imei_biaya") == [(1, ArticleStatus.PUBLISHED)]
    assert version() == before


def test_only_what_is_new_would_be_encoded(knowledge: Knowledge, encoder: Encoder) -> None:
    known, changed = article("imei_biaya"), article("imei_biaya", ways=("satu cara baru",))
    with transaction() as session:
        assert not_encoded(session, [known], NONE_MESSAGES, encoder) == []
        assert not_encoded(session, [changed], ["pesan baru"], encoder) == [
            "satu cara baru",
            "pesan baru",
        ]
        other = hash_encoder("hash/2")
        assert len(not_encoded(session, [known], [], other)) == 1 + len(WAYS["imei_biaya"])


def test_changed_content_supersedes_and_keeps_what_was_answered_before(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    before = version()
    with transaction() as session:
        assert publish(session, article("imei_biaya", content_hash="2", answer="Baru."), encoder)
    assert revisions("imei_biaya") == [
        (1, ArticleStatus.SUPERSEDED),
        (2, ArticleStatus.PUBLISHED),
    ]
    assert version() != before
    with transaction() as session:
        old = session.scalars(select(ArticleRevision).where(ArticleRevision.number == 1)).first()
        assert old is not None and old.answer_id.startswith("Jawaban tentang")


def test_what_an_article_covers_is_published_no_more(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    with transaction() as session:
        shared = article("imei_daftar", content_hash="2", covers=("imei_biaya",))
        assert publish(session, shared, encoder)
    assert revisions("imei_biaya") == [(1, ArticleStatus.SUPERSEDED)]
    with transaction() as session:
        found = knowledge.find(session, "tarif pajak pendaftaran imei")
    assert "imei_biaya" not in {c["article"] for c in found.candidates}


def test_the_database_refuses_two_published_revisions(knowledge: Knowledge) -> None:
    with (
        pytest.raises(IntegrityError, match="ix_article_revision_one_published"),
        transaction() as session,
    ):
        old = session.scalars(select(ArticleRevision)).first()
        assert old is not None
        values = {c.name: getattr(old, c.name) for c in ArticleRevision.__table__.columns}
        del values["id"]
        session.add(ArticleRevision(**values | {"number": 2}))
        session.flush()


def test_a_published_article_is_found_by_the_very_next_question(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    question = "lelang barang sitaan bagaimana cara ikut"
    with transaction() as session:
        assert knowledge.find(session, question).decision.kind == "person"
        ways = (
            "cara ikut lelang barang sitaan",
            "lelang bea cukai bagaimana ikutnya",
            "mau ikut lelang barang sitaan",
            "syarat ikut lelang bea cukai",
            "jadwal lelang barang sitaan di mana",
        )
        new = article("imei_biaya", id="lelang_ikut", title="Cara ikut lelang", ways=ways)
        publish(session, new, encoder)
    with transaction() as session:
        found = knowledge.find(session, question)
    assert found.candidates[0]["article"] == "lelang_ikut"
    assert found.decision.kind == "answer"


def test_what_a_new_revision_no_longer_asks_for_is_forgotten_at_once(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    question = "tarif pajak pendaftaran imei"
    with transaction() as session:
        assert knowledge.find(session, question).candidates[0]["article"] == "imei_biaya"
        ways = ("ongkos",)
        changed = article("imei_biaya", ways=ways, title="Ongkos", content_hash="2")
        publish(session, changed, encoder)
    with transaction() as session:
        found = knowledge.find(session, question)
    nearest = {c["nearest"] for c in found.candidates if c["article"] == "imei_biaya"}
    assert nearest <= {"ongkos", "Ongkos", None}


def test_an_article_that_was_suspended_is_not_given(knowledge: Knowledge) -> None:
    with transaction() as session:
        revision = session.scalars(
            select(ArticleRevision).where(ArticleRevision.article_id == "imei_biaya")
        ).one()
        revision.status = ArticleStatus.SUSPENDED
    with transaction() as session:
        found = knowledge.find(session, "tarif pajak pendaftaran imei")
    assert "imei_biaya" not in {c["article"] for c in found.candidates}


def test_a_failed_publication_leaves_the_old_one(knowledge: Knowledge, encoder: Encoder) -> None:
    with pytest.raises(RuntimeError, match="power"), transaction() as session:
        publish(session, article("imei_biaya", content_hash="2"), encoder)
        raise RuntimeError("power cut")
    assert revisions("imei_biaya") == [(1, ArticleStatus.PUBLISHED)]


def test_another_encoder_encodes_everything_again_once(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    before = version()
    with transaction() as session:
        ways = session.scalar(select(func.count()).select_from(Way))
        assert encode_again(session, hash_encoder("hash/2")) == ways
        assert encode_again(session, hash_encoder("hash/2")) == 0
        assert set(session.scalars(select(Way.encoder))) == {"hash/2"}
    assert version() != before


def test_the_messages_that_nothing_answers_are_replaced_as_a_whole(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    with transaction() as session:
        assert publish_none_messages(session, ["satu", "dua"], encoder)
        texts = session.scalars(select(Way.text).where(Way.revision_id.is_(None))).all()
    assert sorted(texts) == ["dua", "satu"]
