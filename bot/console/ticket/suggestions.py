"""Articles suggested for the applicant's last words: asked for by the page, inserted by a click.

What the bot already weighed for those words is in its decision. For words that it was not
asked about, as an officer had the floor, the action server is asked: the encoder that it needs
is hundreds of megabytes that this process shall not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK
from bot.console.action_server import ActionServerAway, ask
from bot.console.handling import Refused, Visit, screen, step
from bot.console.ticket.steps import dare, ticket_of
from bot.desk import suggestions
from bot.faq.published import answer_text, published
from bot.models import ArticleRevision, ArticleStatus, BotDecision, Conversation, Message, Ticket

MOST = 3
WORTH_SHOWING = 0.05


@dataclass(frozen=True)
class Suggestion:
    """An article that may answer, with how likely that is."""

    article: str
    title: str
    percent: int


def suggestion_routes() -> list[BaseRoute]:
    path = "/tickets/{id:int}/suggestions"
    return [
        Route(path, screen(show_suggestions, *DESK), methods=["GET"]),
        Route(path, step(use_suggestion, *DESK), methods=["POST"]),
    ]


def show_suggestions(visit: Visit) -> Response:
    """The suggestions for what the applicant wrote last."""
    ticket = ticket_of(visit)
    message = suggestions.last_question(visit.session, ticket.conversation_id)
    found = _found(visit, message) if message is not None else []
    return visit.page("ticket/suggestions.html", ticket=ticket, suggestions=_named(visit, found))


def use_suggestion(visit: Visit) -> Response:
    """The article's text for the reply; the log counts that it was used."""
    ticket = ticket_of(visit)
    revision = published(visit.session, visit.form.get("article", ""))
    if revision is None:
        raise Refused(visit.gettext("Artikel ini tidak terbit lagi."), 409)
    dare(
        visit,
        lambda: suggestions.used(visit.session, ticket.id, visit.member, revision, visit.now),
    )
    return JSONResponse({"text": answer_text(revision, _language(ticket))})


def _language(ticket: Ticket) -> str:
    conversation: Conversation = ticket.conversation
    return conversation.person.language


def _found(visit: Visit, message: Message) -> list[tuple[str, float]]:
    """Articles with their scores: of the bot's decision, else of the action server."""
    decision = None
    if message.turn_id is not None:
        decision = visit.session.get(BotDecision, message.turn_id)
    candidates = decision.candidates if decision else _asked(message.body)
    scored = [
        (str(item["article"]), float(item["score"]))
        for item in candidates
        if isinstance(item.get("score"), int | float)
    ]
    return [(article, score) for article, score in scored if score >= WORTH_SHOWING][:MOST]


def _asked(text: str) -> list[Any]:
    """What the action server suggests; nothing while it can't be reached."""
    try:
        return list(ask("action_suggest", text=text)["suggestions"])
    except (ActionServerAway, LookupError, TypeError):
        return []


def _named(visit: Visit, found: Sequence[tuple[str, float]]) -> list[Suggestion]:
    """With their titles, as far as the articles are still published."""
    titles = dict(
        visit.session.execute(
            select(ArticleRevision.article_id, ArticleRevision.title).where(
                ArticleRevision.article_id.in_([article for article, _ in found]),
                ArticleRevision.status == ArticleStatus.PUBLISHED,
            )
        ).all()
    )
    return [
        Suggestion(article, titles[article], round(score * 100))
        for article, score in found
        if article in titles
    ]
