"""Steps that may be refused: marks, and drafts begun from the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.console.handling import Refused, Visit
from bot.console.inbox.words import fault_words
from bot.faq.drafting import NotPublished
from bot.faq.editing import EditingRefused
from bot.faq.marks import MarkRefused
from bot.models import ArticleDraft

Result = TypeVar("Result")


def dare_mark(visit: Visit, do: Callable[[], Result]) -> Result:
    """Set or settle a mark; raises Refused with the reason in the person's language."""
    try:
        return do()
    except MarkRefused as error:
        raise Refused(fault_words(error.fault, visit.words)) from error


def dare_draft(visit: Visit, begin: Callable[[], ArticleDraft]) -> ArticleDraft:
    """Begin a draft; raises Refused with the reason in the person's language."""
    try:
        return begin()
    except NotPublished as error:
        sentence = visit.gettext("Artikel itu tidak terbit lagi. Mulai artikel baru saja.")
        raise Refused(sentence) from error
    except EditingRefused as error:
        raise Refused(
            visit.gettext("Draf artikel ini baru saja diubah orang lain. Coba sekali lagi.")
        ) from error


def form_of(article_id: str) -> str:
    """Where the draft is edited."""
    return f"/console/articles/{article_id}/edit"
