"""Finding the article and the draft of an address, and taking a step with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from bot.console.articles.words import obstacle
from bot.console.handling import Refused, Visit
from bot.console.times import local
from bot.faq import editing
from bot.models import ArticleDraft, ArticleRevision, Staff

Result = TypeVar("Result")


def article_id_of(visit: Visit) -> str:
    return str(visit.request.path_params["id"])


def address_of(article_id: str) -> str:
    """Where the article's page is."""
    return f"/console/articles/{article_id}"


def revision_of(visit: Visit) -> ArticleRevision | None:
    """The newest revision of the article of the address; None if it is new."""
    return editing.latest(visit.session, article_id_of(visit))


def draft_as_seen(visit: Visit) -> ArticleDraft:
    """The draft of the article of the address, refused if it was saved since the page was made."""
    draft = editing.draft_of(visit.session, article_id_of(visit))
    if draft is None or str(draft.edition) != visit.form.get("edition"):
        raise Refused(obstacle(editing.Obstacle.CHANGED_MEANWHILE, visit.words))
    return draft


def dare(visit: Visit, do: Callable[[], Result]) -> Result:
    """Take an editor's step; raises Refused with the reason in the person's language."""
    try:
        return do()
    except editing.EditingRefused as refused:
        raise Refused(obstacle(refused.reason, visit.words)) from refused


def name_of(session: Session, staff_id: int | None) -> str:
    """A member of staff by name; empty for nobody."""
    member = session.get(Staff, staff_id) if staff_id is not None else None
    return member.name if member else ""


def today(visit: Visit) -> date:
    """The day in office time."""
    return local(visit.now).date()
