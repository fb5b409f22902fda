"""Marks for the editors: a reply worth an article, or a bot's answer that was wrong."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, visible_conversations
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.inbox.daring import dare_mark
from bot.console.inbox.words import kind_words
from bot.console.ticket.evidence import evidence_of
from bot.faq import marks
from bot.models import (
    ArticleRevision,
    ArticleStatus,
    Conversation,
    MarkKind,
    Message,
    Ticket,
)

ONE = "/messages/{id:int}/mark"
PERSON, OTHER, ARTICLE = "person", "other", "article:"


def marking_routes() -> list[BaseRoute]:
    return [
        Route(ONE, screen(show_form, *DESK), methods=["GET"]),
        Route(ONE, step(mark, *DESK), methods=["POST"]),
        Route("/messages/{id:int}/unmark", step(unmark, *DESK), methods=["POST"]),
    ]


def show_form(visit: Visit) -> Response:
    """The form as a page, whose piece the conversation's page shows in a sheet."""
    message = _message(visit)
    kind = marks.kind_for(visit.session, message)
    if kind is None:
        raise Missing
    asks_right = kind is MarkKind.BOT_WRONG
    turns = {message.turn_id} if asks_right and message.turn_id else set()
    evidence = next(iter(evidence_of(visit.session, turns).values()), None)
    given = evidence.given.article_id if evidence and evidence.given else None
    weighed = [c for c in evidence.candidates if c.article != given] if evidence else []
    return visit.page(
        "ticket/mark.html",
        message=message,
        kind=kind,
        marked=marks.open_mark(visit.session, message),
        evidence=evidence,
        weighed=weighed,
        titles=_titles(visit) if asks_right else [],
        back=_back(visit, message),
        longest_note=marks.LONGEST_NOTE,
        kind_words=partial(kind_words, words=visit.words),
    )


def mark(visit: Visit) -> Response:
    message = _message(visit)
    note = visit.form.get("note", "").replace("\r\n", "\n").replace("\x00", "")
    right = _right(visit)
    dare_mark(
        visit,
        lambda: marks.mark(visit.session, message, visit.member, visit.now, note=note, right=right),
    )
    return visit.done(_back(visit, message))


def unmark(visit: Visit) -> Response:
    message = _message(visit)
    marked = marks.open_mark(visit.session, message)
    if marked is not None:
        dare_mark(visit, lambda: marks.withdraw(visit.session, marked, visit.member, visit.now))
    return visit.done(_back(visit, message))


def _right(visit: Visit) -> marks.Right:
    """What would have been right; nothing where the officer leaves it to the editors."""
    said = visit.form.get("right", "")
    if said == PERSON:
        return marks.Right(person=True)
    if said.startswith(ARTICLE):
        return marks.Right(article_id=said.removeprefix(ARTICLE))
    if said != OTHER:
        return marks.Right()
    title = " ".join(visit.form.get("other", "").split())
    article_id = visit.session.scalar(
        select(ArticleRevision.article_id)
        .where(
            ArticleRevision.status == ArticleStatus.PUBLISHED,
            (ArticleRevision.title == title) | (ArticleRevision.article_id == title),
        )
        .limit(1)
    )
    if article_id is None:
        raise Refused(
            visit.gettext("Artikel dengan judul itu tidak ada. Pilih judul dari daftar."), 422
        )
    return marks.Right(article_id=article_id)


def _titles(visit: Visit) -> list[str]:
    return list(
        visit.session.scalars(
            select(ArticleRevision.title)
            .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
            .order_by(ArticleRevision.title)
        )
    )


def _back(visit: Visit, message: Message) -> str:
    """The page of the conversation that the message is in."""
    ticket = visit.session.scalar(
        select(Ticket.id)
        .where(Ticket.conversation_id == message.conversation_id)
        .order_by(Ticket.id.desc())
        .limit(1)
    )
    if message.ticket_id or ticket:
        return f"/console/tickets/{message.ticket_id or ticket}"
    return f"/console/conversations/{message.conversation_id}"


def _message(visit: Visit) -> Message:
    """The message of the address, if its conversation is the person's to see."""
    conversations = visible_conversations(visit.member).with_only_columns(Conversation.id)
    message = visit.session.scalars(
        select(Message).where(
            Message.id == visit.number_in_path("id"),
            Message.conversation_id.in_(conversations),
        )
    ).one_or_none()
    if message is None:
        raise Missing
    return message
