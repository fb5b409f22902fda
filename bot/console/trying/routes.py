"""Trying a question, now and with a draft; and a past answer of the bot, as it was then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, EDITORS, READERS, visible_conversations
from bot.console.action_server import ActionServerAway, ask
from bot.console.articles.as_sent import messages
from bot.console.gate.titles import titles_of
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.faq import gate
from bot.faq.told import as_it_was
from bot.models import ArticleDraft, BotDecision, Conversation

LONGEST = 1000  # characters of a question
MOST_TEXTS, LONGEST_TEXT = 300, 300
# Seconds: a draft's ways are encoded, and its state is built.
_PATIENCE = 20.0
# Somebody types on meanwhile.
_NEAR_PATIENCE = 3.0


def trying_routes() -> list[BaseRoute]:
    return [
        Route("/try", screen(show_try, *READERS), methods=["GET"]),
        Route("/try/turns/{id:int}", screen(show_past, *DESK), methods=["GET"]),
        Route("/near", step(tell_near, *EDITORS), methods=["POST"]),
    ]


def show_try(visit: Visit) -> Response:
    """What the public gets for the question, beside what it would get with the draft."""
    asked = visit.request.query_params
    text = asked.get("q", "").replace("\x00", "").strip()[:LONGEST]
    drafts = _drafts(visit)
    chosen = next((draft for draft, _ in drafts if str(draft.id) == asked.get("draft")), None)
    told: dict[str, Any] = {}
    away = False
    if text:
        try:
            number = chosen.id if chosen else None
            told = ask("action_try", patience=_PATIENCE, text=text, draft=number)
        except ActionServerAway:
            away = True
    return visit.page(
        "trying/try.html",
        text=text,
        drafts=drafts,
        chosen=chosen,
        now_told=told.get("now"),
        now_sent=_sent(visit, told.get("now")),
        draft_told=told.get("with_draft"),
        draft_sent=_sent(visit, told.get("with_draft")),
        away=away,
        longest=LONGEST,
    )


def show_past(visit: Visit) -> Response:
    """What the bot decided in a turn, and by what."""
    decision = visit.session.scalars(
        select(BotDecision).where(
            BotDecision.turn_id == visit.number_in_path("id"),
            BotDecision.conversation_id.in_(
                visible_conversations(visit.member).with_only_columns(Conversation.id)
            ),
        )
    ).one_or_none()
    if decision is None:
        raise Missing
    return visit.page(
        "trying/past.html",
        decision=decision,
        told=as_it_was(visit.session, decision),
        longest=LONGEST,
    )


def tell_near(visit: Visit) -> Response:
    """What is nearly the same as the lines that are being written, a sentence each."""
    lines = (line.strip(" -\r") for line in visit.form.get("texts", "").split("\n"))
    texts = [line[:LONGEST_TEXT] for line in dict.fromkeys(lines) if line][:MOST_TEXTS]
    if not texts:
        return JSONResponse({"near": []})
    article = visit.form.get("article", "")
    try:
        found = ask("action_alike", patience=_NEAR_PATIENCE, texts=texts, article=article)["near"]
        titles = titles_of(visit.session, {one["article"] for one in found if one["article"]})
    except (ActionServerAway, LookupError, TypeError) as error:
        raise Refused(visit.gettext("Kemiripan tidak bisa diperiksa sekarang."), 503) from error
    return JSONResponse({"near": [_said(visit, one, titles) for one in found]})


def _sent(visit: Visit, told: Mapping[str, Any] | None) -> list[Markup]:
    """The messages of the answers that are given, as the phone shows them; often none."""
    said = told["said"] if told else []
    return messages(visit, [(one["text"], one["attachments"]) for one in said])


def _said(visit: Visit, near: dict[str, Any], titles: dict[str, str]) -> str:
    """One sentence: which line is like what, of which article."""
    if near["article"] is None:
        sentence = visit.gettext("“{text}” mirip “{near}”, yang harus sampai ke petugas.")
    elif near["kind"] == "question":
        sentence = visit.gettext("“{text}” mirip pertanyaan uji “{near}” untuk {title}.")
    else:
        sentence = visit.gettext("“{text}” mirip “{near}” pada {title}.")
    title = titles.get(near["article"] or "", "")
    return sentence.format(text=near["text"], near=near["near"], title=title)


def _drafts(visit: Visit) -> list[tuple[ArticleDraft, str]]:
    """The drafts with their titles, for who keeps the FAQ."""
    if visit.member.role not in EDITORS:
        return []
    drafts = visit.session.scalars(select(ArticleDraft)).all()
    titled = [(draft, gate.title_of(visit.session, draft)) for draft in drafts]
    return sorted(titled, key=lambda one: one[1].lower())
