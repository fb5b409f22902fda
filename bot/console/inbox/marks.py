"""An officer's mark: what was asked and said, and what becomes of it."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, EDITORS, READERS
from bot.console.handling import Missing, Visit, screen, step
from bot.console.inbox.daring import dare_draft, dare_mark, form_of
from bot.console.inbox.words import kind_words
from bot.faq import drafting, marks
from bot.faq.marked import marked
from bot.models import ArticleDraft, FaqMark

ONE = "/inbox/marks/{id:int}"


def mark_routes() -> list[BaseRoute]:
    return [
        Route(ONE, screen(show_mark, *READERS), methods=["GET"]),
        Route(f"{ONE}/draft", step(begin_draft, *EDITORS), methods=["POST"]),
        Route(f"{ONE}/dismiss", step(dismiss, *EDITORS), methods=["POST"]),
    ]


def show_mark(visit: Visit) -> Response:
    one = _mark(visit)
    about = marked(visit.session, one)
    near = about.near
    right = one.right_article_id
    return visit.page(
        "inbox/mark.html",
        one=one,
        about=about,
        near=near,
        near_title=drafting.title_of(visit.session, near) if near else None,
        right_title=drafting.title_of(visit.session, right) if right else None,
        edits=visit.member.role in EDITORS and one.done_at is None,
        may_open_tickets=visit.member.role in DESK,
        kind_words=partial(kind_words, words=visit.words),
    )


def begin_draft(visit: Visit) -> Response:
    one = _mark(visit)
    draft = dare_draft(visit, lambda: _begun(visit, one))
    article_id = draft.article_id
    dare_mark(visit, lambda: marks.drafted(visit.session, one, article_id, visit.member, visit.now))
    return visit.done(form_of(article_id))


def dismiss(visit: Visit) -> Response:
    one = _mark(visit)
    because = visit.form.get("because", "")[: marks.LONGEST_NOTE]
    dare_mark(visit, lambda: marks.dismiss(visit.session, one, visit.member, because, visit.now))
    return visit.done("/console/inbox")


def _begun(visit: Visit, one: FaqMark) -> ArticleDraft:
    about = marked(visit.session, one)
    if visit.form.get("into") == "near" and about.near:
        return drafting.add_ways(
            visit.session, about.near, about.questions, visit.member, visit.now
        )
    if not about.questions:
        raise Missing
    wanted = drafting.Wanted(about.questions, about.said, about.near, about.topic)
    return drafting.begin_article(visit.session, wanted, visit.member, visit.now)


def _mark(visit: Visit) -> FaqMark:
    one = visit.session.scalars(
        select(FaqMark)
        .where(FaqMark.id == visit.number_in_path("id"))
        .options(joinedload(FaqMark.message), joinedload(FaqMark.staff))
    ).one_or_none()
    if one is None:
        raise Missing
    return one
