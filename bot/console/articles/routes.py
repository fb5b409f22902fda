"""The articles: the list, one as the applicant sees it, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS, READERS
from bot.console.articles import words
from bot.console.articles.as_sent import messages
from bot.console.articles.attaching import attaching_routes
from bot.console.articles.editor import editor_routes
from bot.console.articles.history import history_routes
from bot.console.articles.listing import REVISION_STATES, STATES, Wanted, choices, counted, rows
from bot.console.articles.looking_up import (
    address_of,
    article_id_of,
    dare,
    name_of,
    revision_of,
    today,
)
from bot.console.articles.review import review_routes
from bot.console.handling import Missing, Visit, screen, step
from bot.console.regulations.routes import state_wording
from bot.console.search.query import read_query
from bot.faq import editing, regulations
from bot.faq.published import answer_text, attachments
from bot.models import ArticleRevision, ArticleStatus

# What who doesn't edit may read: what was published, not what is in the making.
_READABLE = (ArticleStatus.PUBLISHED.value, ArticleStatus.SUSPENDED.value)


def article_routes() -> list[BaseRoute]:
    return [
        Route("/articles", screen(show_articles, *READERS), methods=["GET"]),
        *editor_routes(),
        *review_routes(),
        *history_routes(),
        *attaching_routes(),
        Route("/articles/{id}", screen(show_article, *READERS), methods=["GET"]),
        Route("/articles/{id}/withdraw", step(withdraw, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/archive", step(archive, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/bring-back", step(bring_back, *EDITORS), methods=["POST"]),
    ]


def show_articles(visit: Visit) -> Response:
    asked = visit.request.query_params
    states = STATES if visit.member.role in EDITORS else _READABLE
    wanted = Wanted(
        query=read_query(asked.get("q", "")),
        group=asked.get("group", ""),
        section=asked.get("section", ""),
        state=asked.get("state", "") if asked.get("state") in states else "",
    )
    everything = rows(visit.session, Wanted(wanted.query), states)
    found = [row for row in everything if wanted.fits(row)]
    return visit.page(
        "articles/list.html",
        found={state: [row for row in found if row.state == state] for state in states},
        total=len(found),
        counts=counted(everything),
        wanted=wanted,
        choices=choices(everything),
        states={state: words.state(state, visit.words) for state in states},
        edits=visit.member.role in EDITORS,
        today=today(visit),
        flags=regulations.flags(visit.session),
    )


def show_article(visit: Visit) -> Response:
    edits = visit.member.role in EDITORS
    revision = revision_of(visit)
    draft = editing.draft_of(visit.session, article_id_of(visit)) if edits else None
    if revision is None and draft is not None:
        return visit.done(f"{address_of(draft.article_id)}/review")
    if revision is None or (not edits and revision.status not in _READABLE):
        raise Missing
    edition = editing.last_edition(visit.session, draft) if draft else None
    return visit.page(
        "articles/one.html",
        revision=revision,
        state=words.state(revision.status.value, visit.words),
        answers=_bubbles(visit, revision),
        ways=[way.text for way in revision.ways],
        related=_titles(visit, revision.details.get("related", ())),
        published_by=name_of(visit.session, revision.published_by_id),
        written_by=name_of(visit.session, revision.written_by_id),
        ended_by=name_of(visit.session, revision.ended_by_id),
        draft=draft,
        edition=edition,
        draft_by=name_of(visit.session, edition.staff_id) if edition else "",
        names=words.field_names(words.FIELDS, visit.words),
        confidence=words.confidences(visit.words).get(revision.confidence, revision.confidence),
        edits=edits,
        today=today(visit),
        is_live=revision.status in REVISION_STATES[:2],
        flag=regulations.flags(visit.session).get(revision.article_id),
        **state_wording(visit),
    )


def withdraw(visit: Visit) -> Response:
    """Take the answer back at once, with a reason."""
    because, article_id = visit.form.get("because", ""), article_id_of(visit)
    dare(
        visit,
        lambda: editing.suspend(visit.session, article_id, visit.member, because, visit.now),
    )
    return visit.done(address_of(article_id))


def archive(visit: Visit) -> Response:
    because, article_id = visit.form.get("because", ""), article_id_of(visit)
    dare(
        visit,
        lambda: editing.archive(visit.session, article_id, visit.member, because, visit.now),
    )
    return visit.done(address_of(article_id))


def bring_back(visit: Visit) -> Response:
    article_id = article_id_of(visit)
    dare(visit, lambda: editing.bring_back(visit.session, article_id, visit.member, visit.now))
    return visit.done(address_of(article_id))


def _bubbles(visit: Visit, revision: ArticleRevision) -> dict[str, list[Markup]]:
    """The messages of the answer in each language that it has, as the phone shows them."""
    languages = ("id", "en") if revision.answer_en else ("id",)
    attached = dict(attachments(revision))
    return {
        language: messages(visit, [(answer_text(revision, language), attached)])
        for language in languages
    }


def _titles(visit: Visit, article_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Those of the articles that are published, with their titles."""
    titles = dict(
        visit.session.execute(
            select(ArticleRevision.article_id, ArticleRevision.title).where(
                ArticleRevision.article_id.in_(article_ids),
                ArticleRevision.status == ArticleStatus.PUBLISHED,
            )
        ).all()
    )
    return [(one, titles[one]) for one in article_ids if one in titles]
