"""An article's way to its readers: draft, review, published.

An article has one draft at most. Each save is an edition of it, and who saves names the edition
that was begun from, so nobody's text is overwritten. Another person than its writers publishes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bot import audit
from bot.faq import gate, publishing
from bot.faq.checking import faults_of, stops
from bot.faq.obstacles import EditingRefused, Obstacle, refuse, stated
from bot.faq.published import published
from bot.faq.withdrawing import archive, bring_back, history, latest, suspend
from bot.models import (
    ArticleDraft,
    ArticleRevision,
    DraftEdition,
    DraftState,
    Staff,
)
from bot.settings import settings
from knowledge_base.articles import parse_text
from knowledge_base.encoder import Encoder

__all__ = [
    "EditingRefused",
    "Obstacle",
    "archive",
    "bring_back",
    "discard",
    "draft_of",
    "history",
    "last_edition",
    "latest",
    "publish",
    "save",
    "send_back",
    "submit",
    "suspend",
    "writers",
]


def save(
    session: Session,
    source: str,
    staff: Staff,
    now: datetime,
    *,
    began_from: int | None,
    began_on: int | None = None,
) -> ArticleDraft:
    """A new edition of the draft of the article that `source`, a whole article file, names.

    `began_from` is the edition that the person began from; None if there was no draft, which is
    then begun. `began_on` is the published revision's number that was begun from, where one was.
    A draft in review becomes a draft again. Raises ArticleFault for a text that is no article,
    EditingRefused(CHANGED_MEANWHILE) if somebody else was faster.
    """
    article_id = parse_text(source).id
    draft = _locked(session, article_id)
    if (draft.edition if draft else None) != began_from:
        refuse(Obstacle.CHANGED_MEANWHILE)
    if draft is None:
        draft = _begun(session, article_id, began_on, staff, now)
    elif last_edition(session, draft).source == source:
        return draft
    draft.edition += 1
    draft.state = DraftState.DRAFT
    session.add(
        DraftEdition(
            draft_id=draft.id, number=draft.edition, source=source, staff_id=staff.id, at=now
        )
    )
    session.flush()
    return draft


def submit(session: Session, draft: ArticleDraft, staff: Staff, now: datetime) -> None:
    """Ask for a review; the questions are asked by the time somebody looks.

    Refused while the text has faults or is what is published already.
    """
    draft = _still(session, draft)
    if draft.state != DraftState.DRAFT:
        refuse(Obstacle.NOT_A_DRAFT)
    _require_sound(session, draft, now)
    draft.state, draft.returned_because = DraftState.IN_REVIEW, None
    audit.record(session, "draft_submitted", draft.article_id, now, staff.id)
    gate.have_tried(session, draft, staff, now)


def send_back(
    session: Session, draft: ArticleDraft, staff: Staff, because: str, now: datetime
) -> None:
    """The reviewer wants something changed first, and says what."""
    reason = stated(because)
    draft = _still(session, draft)
    if draft.state != DraftState.IN_REVIEW:
        refuse(Obstacle.NOT_IN_REVIEW)
    draft.state, draft.returned_because = DraftState.DRAFT, reason
    audit.record(session, "draft_sent_back", draft.article_id, now, staff.id, note=reason)


def discard(session: Session, draft: ArticleDraft, staff: Staff, now: datetime) -> None:
    """Throw the draft away with all its editions; what is published stays."""
    draft = _still(session, draft)
    audit.record(session, "draft_discarded", draft.article_id, now, staff.id)
    session.delete(draft)
    session.flush()


def publish(
    session: Session, draft_id: int, edition: int, staff: Staff, encoder: Encoder, now: datetime
) -> ArticleRevision:
    """Make the reviewed edition what the bot answers with, from the next question on.

    Raises EditingRefused, and GateClosed while remembered questions stand against it.
    """
    draft = session.get(ArticleDraft, draft_id, with_for_update=True)
    if draft is None or draft.edition != edition:
        refuse(Obstacle.CHANGED_MEANWHILE)
    if draft.state != DraftState.IN_REVIEW:
        refuse(Obstacle.NOT_IN_REVIEW)
    own = staff.id in writers(session, draft)
    if own and not settings().faq_author_may_publish:
        refuse(Obstacle.OWN_TEXT)
    _require_sound(session, draft, now)
    gate.require_clear(session, draft)
    last = last_edition(session, draft)
    revision = publishing.publish(session, parse_text(last.source), encoder)
    if revision is None:
        refuse(Obstacle.NOTHING_NEW)
    revision.written_by_id, revision.published_by_id = last.staff_id, staff.id
    revision.published_at = now
    audit.record(
        session,
        "article_published",
        draft.article_id,
        now,
        staff.id,
        revision=revision.number,
        **({"by_its_writer": True} if own else {}),
    )
    session.delete(draft)
    session.flush()
    return revision


def draft_of(session: Session, article_id: str) -> ArticleDraft | None:
    """The article's draft, if there is one."""
    return session.scalars(
        select(ArticleDraft).where(ArticleDraft.article_id == article_id)
    ).one_or_none()


def last_edition(session: Session, draft: ArticleDraft) -> DraftEdition:
    """What was saved last."""
    return session.scalars(
        select(DraftEdition).where(
            DraftEdition.draft_id == draft.id, DraftEdition.number == draft.edition
        )
    ).one()


def writers(session: Session, draft: ArticleDraft) -> set[int]:
    """The ids of everybody who saved an edition of the draft."""
    return set(
        session.scalars(select(DraftEdition.staff_id).where(DraftEdition.draft_id == draft.id))
    )


def _begun(
    session: Session, article_id: str, began_on: int | None, staff: Staff, now: datetime
) -> ArticleDraft:
    """A draft without an edition yet; somebody else may just have begun one."""
    current = published(session, article_id)
    number = current.number if current else None
    if began_on is not None and began_on != number:
        refuse(Obstacle.CHANGED_MEANWHILE)
    values = {"article_id": article_id, "based_on": number, "state": DraftState.DRAFT, "edition": 0}
    begun: ArticleDraft | None = session.scalar(
        insert(ArticleDraft)
        .values(**values, created_at=now)
        .on_conflict_do_nothing()
        .returning(ArticleDraft)
    )
    if begun is None:
        refuse(Obstacle.CHANGED_MEANWHILE)
    audit.record(session, "draft_begun", article_id, now, staff.id)
    return begun


def _locked(session: Session, article_id: str) -> ArticleDraft | None:
    return session.scalars(
        select(ArticleDraft)
        .where(ArticleDraft.article_id == article_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _still(session: Session, draft: ArticleDraft) -> ArticleDraft:
    """The draft, locked; refused if it is gone or was saved since it was read."""
    read = draft.edition
    locked = _locked(session, draft.article_id)
    if locked is None or locked.id != draft.id or locked.edition != read:
        refuse(Obstacle.CHANGED_MEANWHILE)
    return locked


def _require_sound(session: Session, draft: ArticleDraft, now: datetime) -> None:
    article = parse_text(last_edition(session, draft).source)
    today = now.astimezone(settings().office_zone).date()
    if any(map(stops, faults_of(session, article, today))):
        refuse(Obstacle.HAS_FAULTS)
    current = published(session, article.id)
    if current is not None and current.content_hash == article.content_hash:
        refuse(Obstacle.NOTHING_NEW)
