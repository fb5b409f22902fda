"""What the public would get for a question now, and with a draft: told so that it explains itself.

A question as it is tried is the first message of a conversation.
"""

from __future__ import annotations

import logging

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import transaction
from bot.faq.asking import (
    A_QUESTION,
    Asked,
    Outcome,
    Understanding,
    Understood,
    ask_understood,
)
from bot.faq.proposing import as_if_published
from bot.faq.published import answer_text, attachments, published
from bot.faq.search import Knowledge
from bot.faq.told import Told, margin_of, ranked_of, sureness
from bot.models import ArticleDraft, DraftEdition
from knowledge_base.articles import parse_text

log = logging.getLogger(__name__)


def try_question(
    knowledge: Knowledge, understanding: Understanding, text: str, draft_id: int | None
) -> Told:
    """`now` and, of a draft, `with_draft`: what is decided, by which ranking, and said; JSON.

    Each in a transaction of its own: the second waits for locks that the first may hold.
    """
    understood = _understood(understanding, text)
    with transaction() as session:
        told: Told = {"now": _told(session, ask_understood(session, knowledge, understood, text))}
        source = session.scalar(
            select(DraftEdition.source)
            .join(ArticleDraft, ArticleDraft.id == DraftEdition.draft_id)
            .where(ArticleDraft.id == draft_id, DraftEdition.number == ArticleDraft.edition)
        )
    if source is not None:
        with as_if_published(parse_text(source), knowledge.encoder) as proposed:
            asked = ask_understood(proposed.session, proposed.knowledge, understood, text)
            told["with_draft"] = _told(proposed.session, asked)
    return told


def _understood(understanding: Understanding, text: str) -> Understood:
    try:
        return understanding.of(text)
    except httpx.HTTPError as error:
        log.warning("tried as a question: Rasa does not answer (%s)", type(error).__name__)
        return A_QUESTION


def _told(session: Session, asked: Asked) -> Told:
    told: Told = {
        "outcome": asked.outcome,
        "articles": list(asked.articles),
        "said": _said(session, asked),
        "language": asked.language,
        "urgent": asked.urgent,
        "intent": asked.intent,
    }
    if asked.found is None:
        return told | sureness(()) | {"ranked": [], "margin": None}
    version, _, encoder = asked.found.knowledge.partition("/")
    ranked = ranked_of(session, asked.found.candidates)
    return told | {
        **sureness(asked.found.candidates),
        "ranked": ranked,
        "margin": margin_of(ranked),
        "knowledge": version,
        "encoder": encoder,
    }


def _said(session: Session, asked: Asked) -> list[Told]:
    """The answers that are given: the text of each, and the sums of its PDFs by their names."""
    if asked.outcome is not Outcome.ANSWER:
        return []
    found = [published(session, article_id) for article_id in asked.articles]
    given = [revision for revision in found if revision is not None]
    return [
        {
            "text": answer_text(revision, asked.language, titled=len(given) > 1),
            "attachments": dict(attachments(revision)),
        }
        for revision in given
    ]
