"""The way of an article: nobody's text is overwritten, another person publishes, all is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.db import transaction
from bot.faq import editing
from bot.faq.editing import EditingRefused, Obstacle
from bot.faq.publishing import publish_changed
from bot.faq.search import Knowledge
from bot.faq.versions import knowledge_version
from bot.faq.withdrawing import suspend_expired
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    ArticleStatus,
    AuditEntry,
    DraftEdition,
    DraftState,
    Staff,
    Way,
)
from knowledge_base.articles import ArticleFault, parse_text
from knowledge_base.encoder import Encoder
from tests.conftest import MONDAY_MORNING as NOW
from tests.faq.editors_texts import text_of
from tests.knowledge_base.toy import article
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("open_gate")

Look = Callable[[str], Staff]


@pytest.fixture
def saved(knowledge: Knowledge, staff: Look) -> Callable[..., int]:
    """Somebody saves a text; gives the draft: `saved("dewi", began_from=1, title="Lelang")`."""

    def save(username: str = "dewi", *, began_from: int | None = None, **text: object) -> int:
        with transaction() as session:
            source = text_of(**text)  # type: ignore[arg-type]
            member = staff(username)
            return editing.save(session, source, member, NOW, began_from=began_from).id

    return save


@pytest.fixture
def in_review(saved: Callable[..., int], staff: Look) -> Callable[..., int]:
    """Dewi writes a text and sends it to review; gives the draft."""

    def submit(**text: object) -> int:
        draft_id = saved(**text)
        with transaction() as session:
            editing.submit(session, session.get_one(ArticleDraft, draft_id), staff("dewi"), NOW)
        return draft_id

    return submit


def publish(draft_id: int, staff: Look, encoder: Encoder, username: str = "eko") -> int:
    """Eko publishes what is there; gives the revision's number."""
    with transaction() as session:
        edition = session.get_one(ArticleDraft, draft_id).edition
        member = staff(username)
        return editing.publish(session, draft_id, edition, member, encoder, NOW).number


def refused(reason: Obstacle) -> pytest.RaisesExc[EditingRefused]:
    return pytest.raises(EditingRefused, check=lambda error: error.reason == reason)


def statuses(article_id: str) -> list[ArticleStatus]:
    with transaction() as session:
        return [r.status for r in reversed(editing.history(session, article_id))]


def logged() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(AuditEntry.kind).order_by(AuditEntry.id)))


def reached(knowledge: Knowledge, question: str) -> str | None:
    with transaction() as session:
        candidates = knowledge.find(session, question).candidates
    return str(candidates[0]["article"]) if candidates else None


def test_every_save_is_an_edition_of_the_one_draft(saved: Callable[..., int]) -> None:
    draft_id = saved("dewi", title="Satu")
    assert saved("eko", began_from=1, title="Dua") == draft_id
    with transaction() as session:
        draft = session.get_one(ArticleDraft, draft_id)
        assert (draft.edition, draft.based_on, draft.state) == (2, None, DraftState.DRAFT)
        assert [parse_text(one.source).title for one in draft.editions] == ["Satu", "Dua"]
        assert len({one.staff_id for one in draft.editions}) == 2


def test_the_same_text_is_no_new_edition(saved: Callable[..., int]) -> None:
    draft_id = saved("dewi")
    saved("eko", began_from=1)
    with transaction() as session:
        assert session.get_one(ArticleDraft, draft_id).edition == 1


@pytest.mark.parametrize("began_from", [None, 2, 0])
def test_who_began_from_another_edition_overwrites_nothing(
    saved: Callable[..., int], began_from: int | None
) -> None:
    draft_id = saved("dewi", title="Punya Dewi")
    with refused(Obstacle.CHANGED_MEANWHILE):
        saved("eko", began_from=began_from, title="Punya Eko")
    with transaction() as session:
        editions = session.get_one(ArticleDraft, draft_id).editions
        assert [parse_text(one.source).title for one in editions] == ["Punya Dewi"]


def test_who_began_from_a_draft_that_is_gone_is_told(saved: Callable[..., int]) -> None:
    with refused(Obstacle.CHANGED_MEANWHILE):
        saved("dewi", began_from=1)


def test_who_began_from_a_revision_that_was_replaced_is_told(
    in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    publish(in_review(), staff, encoder)
    publish(in_review(title="Lelang baru"), staff, encoder)
    with refused(Obstacle.CHANGED_MEANWHILE), transaction() as session:
        source = text_of(title="Lelang lama")
        editing.save(session, source, staff("dewi"), NOW, began_from=None, began_on=1)


def test_of_editors_who_begin_at_the_same_moment_one_is_first(
    knowledge: Knowledge, staff: Look
) -> None:
    outcomes = []

    def begin(username: str) -> Callable[[], None]:
        def save() -> None:
            try:
                with transaction() as session:
                    source = text_of(title=f"Punya {username}")
                    editing.save(session, source, staff(username), NOW, began_from=None)
                    outcomes.append("saved")
            except EditingRefused as refused:
                outcomes.append(refused.reason)

        return save

    at_once([begin(username) for username in ("dewi", "eko", "admin")])
    assert sorted(outcomes) == [Obstacle.CHANGED_MEANWHILE, Obstacle.CHANGED_MEANWHILE, "saved"]
    with transaction() as session:
        assert len(session.scalars(select(DraftEdition)).all()) == 1


@pytest.mark.parametrize("broken", ["", "halo", text_of().replace("## Jawaban", "## Jawab")])
def test_a_text_that_is_no_article_is_not_saved(
    knowledge: Knowledge, staff: Look, broken: str
) -> None:
    with pytest.raises(ArticleFault), transaction() as session:
        editing.save(session, broken, staff("dewi"), NOW, began_from=None)


@pytest.mark.parametrize(
    "faulty",
    [
        {"answer": "Lihat https://contoh.com"},
        {"related": "[tidak_ada]"},
        {"review_by": "2026-11-01"},
        {"ways": ("cara daftar imei hp dari luar negeri!",)},
        {"ways": ("cara ikut lelang", "lelang: cara ikut")},
    ],
    ids=["link", "related", "overdue", "asked elsewhere", "asked twice"],
)
def test_what_lint_is_against_goes_into_no_review(
    in_review: Callable[..., int], faulty: dict[str, object]
) -> None:
    with refused(Obstacle.HAS_FAULTS):
        in_review(**faulty)


def test_few_ways_of_asking_stop_nobody(in_review: Callable[..., int]) -> None:
    assert in_review(ways=("cara ikut lelang",))


def test_what_is_published_already_goes_into_no_review(
    in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    publish(in_review(), staff, encoder)
    with refused(Obstacle.NOTHING_NEW):
        in_review()


def test_a_save_takes_a_draft_out_of_review(
    in_review: Callable[..., int], saved: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    draft_id = in_review()
    saved("dewi", began_from=1, title="Anders")
    with refused(Obstacle.NOT_IN_REVIEW):
        publish(draft_id, staff, encoder)


def test_the_reviewer_sends_back_with_what_is_to_change(
    in_review: Callable[..., int], staff: Look
) -> None:
    draft_id = in_review()
    for because, reason in ((" ", Obstacle.REASON_MISSING), ("Sebut jadwalnya.", None)):
        with transaction() as session:
            draft = session.get_one(ArticleDraft, draft_id)
            if reason:
                with refused(reason):
                    editing.send_back(session, draft, staff("eko"), because, NOW)
            else:
                editing.send_back(session, draft, staff("eko"), because, NOW)
    with transaction() as session:
        draft = session.get_one(ArticleDraft, draft_id)
        assert (draft.state, draft.returned_because) == (DraftState.DRAFT, "Sebut jadwalnya.")
        editing.submit(session, draft, staff("dewi"), NOW)
        assert draft.returned_because is None


def test_what_a_second_person_publishes_answers_the_very_next_question(
    in_review: Callable[..., int], knowledge: Knowledge, staff: Look, encoder: Encoder
) -> None:
    question = "cara ikut lelang barang sitaan"
    draft_id = in_review()
    assert reached(knowledge, question) != "lelang_ikut"
    assert publish(draft_id, staff, encoder) == 1
    assert reached(knowledge, question) == "lelang_ikut"
    with transaction() as session:
        [revision] = editing.history(session, "lelang_ikut")
        assert revision.source == text_of()
        assert revision.written_by_id == staff("dewi").id
        assert revision.published_by_id == staff("eko").id
        assert session.get(ArticleDraft, draft_id) is None
        assert session.scalars(select(DraftEdition)).all() == []
    assert logged() == ["draft_begun", "draft_submitted", "article_published"]


@pytest.mark.parametrize("writer", ["dewi", "eko"])
def test_nobody_publishes_what_they_wrote_a_part_of(
    saved: Callable[..., int], staff: Look, encoder: Encoder, writer: str
) -> None:
    draft_id = saved("dewi")
    saved("eko", began_from=1, title="Lelang")
    with transaction() as session:
        editing.submit(session, session.get_one(ArticleDraft, draft_id), staff("eko"), NOW)
    with refused(Obstacle.OWN_TEXT):
        publish(draft_id, staff, encoder, writer)
    assert publish(draft_id, staff, encoder, "admin") == 1


def test_a_setting_lets_a_writer_publish_and_the_log_says_so(
    in_review: Callable[..., int],
    staff: Look,
    encoder: Encoder,
    change_settings: Callable[..., None],
) -> None:
    change_settings(FAQ_AUTHOR_MAY_PUBLISH="true")
    publish(in_review(), staff, encoder, "dewi")
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.kind == "article_published"))
        assert entries.one().data == {"revision": 1, "by_its_writer": True}


def test_only_the_edition_that_was_looked_at_is_published(
    in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    draft_id = in_review()
    with refused(Obstacle.CHANGED_MEANWHILE), transaction() as session:
        editing.publish(session, draft_id, 2, staff("eko"), encoder, NOW)


def test_what_is_not_in_review_is_not_published(
    saved: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    draft_id = saved()
    with refused(Obstacle.NOT_IN_REVIEW):
        publish(draft_id, staff, encoder)


def test_what_another_article_took_meanwhile_stops_the_publication(
    in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    first = in_review()
    other = in_review(article_id="lelang_jadwal", title="Jadwal lelang")
    publish(other, staff, encoder)
    with refused(Obstacle.HAS_FAULTS):
        publish(first, staff, encoder)


def test_a_change_of_the_answer_alone_encodes_nothing_again(
    in_review: Callable[..., int], staff: Look, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(in_review(), staff, encoder)
    draft_id = in_review(answer="Lelang diumumkan setiap Senin.")

    def encode(texts: object) -> None:
        raise AssertionError(f"encoded {texts}")

    monkeypatch.setattr(encoder, "encode", encode)
    assert publish(draft_id, staff, encoder) == 2
    with transaction() as session:
        ways = select(Way).join(Way.revision).where(ArticleRevision.article_id == "lelang_ikut")
        pairs = {(way.text, tuple(way.vector)) for way in session.scalars(ways)}
    assert len(pairs) == 3


def test_a_withdrawn_answer_is_given_no_more_until_it_is_brought_back(
    knowledge: Knowledge, staff: Look
) -> None:
    question = "tarif pajak pendaftaran imei"
    with transaction() as session:
        before = knowledge_version(session)
        editing.suspend(session, "imei_biaya", staff("dewi"), "Tarifnya berubah.", NOW)
    assert reached(knowledge, question) != "imei_biaya"
    with transaction() as session:
        [revision] = editing.history(session, "imei_biaya")
        assert (revision.ended_at, revision.ended_because) == (NOW, "Tarifnya berubah.")
        assert revision.ended_by_id == staff("dewi").id
        editing.bring_back(session, "imei_biaya", staff("dewi"), NOW)
        assert revision.ended_because is None
    assert reached(knowledge, question) == "imei_biaya"
    with transaction() as session:
        assert knowledge_version(session) == before
    assert logged() == ["article_suspended", "article_brought_back"]


def test_a_rule_of_the_service_may_withdraw_too(knowledge: Knowledge) -> None:
    with transaction() as session:
        editing.suspend(session, "imei_biaya", None, "PMK 1/2020 dicabut.", NOW)
        assert session.scalars(select(AuditEntry)).one().staff_id is None


@pytest.mark.parametrize("withdraw", [editing.suspend, editing.archive])
def test_withdrawing_takes_a_reason_and_something_published(
    knowledge: Knowledge, staff: Look, withdraw: Callable[..., None]
) -> None:
    with refused(Obstacle.REASON_MISSING), transaction() as session:
        withdraw(session, "imei_biaya", staff("dewi"), "  ", NOW)
    with refused(Obstacle.NOT_PUBLISHED), transaction() as session:
        withdraw(session, "tidak_ada", staff("dewi"), "Salah.", NOW)
    assert statuses("imei_biaya") == [ArticleStatus.PUBLISHED]


def test_what_is_withdrawn_may_be_archived_and_what_is_published_is_not_brought_back(
    knowledge: Knowledge, staff: Look
) -> None:
    with transaction() as session:
        with refused(Obstacle.NOT_WITHDRAWN):
            editing.bring_back(session, "imei_biaya", staff("dewi"), NOW)
        editing.suspend(session, "imei_biaya", staff("dewi"), "Salah.", NOW)
        editing.archive(session, "imei_biaya", staff("dewi"), "Tidak dipakai lagi.", NOW)
    assert statuses("imei_biaya") == [ArticleStatus.ARCHIVED]


def test_an_answer_is_withdrawn_when_its_last_valid_day_is_over_in_the_office(
    knowledge: Knowledge, staff: Look
) -> None:
    midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # in Makassar; the 30th ends
    with transaction() as session:
        latest = editing.latest(session, "imei_biaya")
        assert latest is not None
        latest.valid_until = date(2026, 11, 30)
    with transaction() as session:
        assert suspend_expired(session, midnight - timedelta(minutes=1)) == 0
    assert statuses("imei_biaya") == [ArticleStatus.PUBLISHED]
    with transaction() as session:
        assert suspend_expired(session, midnight) == 1
        assert suspend_expired(session, midnight) == 0
    with transaction() as session:
        [revision] = editing.history(session, "imei_biaya")
        assert revision.status == ArticleStatus.SUSPENDED
        assert revision.ended_because == "Berlaku sampai 30 November 2026."
        with refused(Obstacle.EXPIRED):
            editing.bring_back(session, "imei_biaya", staff("dewi"), midnight)


def test_of_those_who_withdraw_at_the_same_moment_one_does(
    knowledge: Knowledge, staff: Look
) -> None:
    def withdraw() -> None:
        with transaction() as session:
            editing.suspend(session, "imei_biaya", staff("dewi"), "Salah.", NOW)

    with refused(Obstacle.NOT_PUBLISHED):
        at_once([withdraw, withdraw])
    assert logged() == ["article_suspended"]


def test_a_discarded_draft_leaves_what_is_published(
    saved: Callable[..., int], in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    publish(in_review(), staff, encoder)
    draft_id = saved(title="Lelang lain")
    with transaction() as session:
        editing.discard(session, session.get_one(ArticleDraft, draft_id), staff("dewi"), NOW)
    with transaction() as session:
        assert session.scalars(select(DraftEdition)).all() == []
    assert statuses("lelang_ikut") == [ArticleStatus.PUBLISHED]


def start_again(encoder: Encoder, **changed: object) -> None:
    """As at a start after an update: imei_biaya comes with the package."""
    with transaction() as session:
        publish_changed(session, [article("imei_biaya", **changed)], encoder)


def test_a_start_publishes_what_changed_in_the_package(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    start_again(encoder, content_hash="2")
    start_again(encoder, content_hash="2")
    assert statuses("imei_biaya") == [ArticleStatus.SUPERSEDED, ArticleStatus.PUBLISHED]


def test_a_start_publishes_nothing_that_was_published_before(
    knowledge: Knowledge, encoder: Encoder
) -> None:
    start_again(encoder, content_hash="2")
    start_again(encoder)
    assert statuses("imei_biaya") == [ArticleStatus.SUPERSEDED, ArticleStatus.PUBLISHED]


@pytest.mark.parametrize("content_hash", ["hash of imei_biaya", "2"])
def test_a_start_never_overwrites_what_an_editor_published(
    in_review: Callable[..., int], staff: Look, encoder: Encoder, content_hash: str
) -> None:
    publish(in_review(article_id="imei_biaya"), staff, encoder)
    start_again(encoder, content_hash=content_hash)
    with transaction() as session:
        newest, _ = editing.history(session, "imei_biaya")
        assert (newest.status, newest.published_by_id) == (
            ArticleStatus.PUBLISHED,
            staff("eko").id,
        )


@pytest.mark.parametrize("withdraw", [editing.suspend, editing.archive])
@pytest.mark.parametrize("content_hash", ["hash of imei_biaya", "2"])
def test_a_start_brings_nothing_back_that_was_withdrawn(
    knowledge: Knowledge,
    staff: Look,
    encoder: Encoder,
    withdraw: Callable[..., None],
    content_hash: str,
) -> None:
    with transaction() as session:
        withdraw(session, "imei_biaya", staff("dewi"), "Salah.", NOW)
    start_again(encoder, content_hash=content_hash)
    assert ArticleStatus.PUBLISHED not in statuses("imei_biaya")
    assert len(statuses("imei_biaya")) == 1


def test_the_time_of_a_publication_is_that_of_the_clock(
    in_review: Callable[..., int], staff: Look, encoder: Encoder
) -> None:
    publish(in_review(), staff, encoder)
    with transaction() as session:
        [revision] = editing.history(session, "lelang_ikut")
        published_at: datetime = revision.published_at
    assert published_at == NOW
