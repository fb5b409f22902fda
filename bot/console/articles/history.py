"""All revisions of an article: compared with one another, and taken up again as a draft."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.articles import words
from bot.console.articles.comparing import compared
from bot.console.articles.looking_up import address_of, article_id_of, name_of
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.faq import editing
from bot.faq.fields import fields_of_revision, source_of
from bot.models import ArticleRevision


def history_routes() -> list[BaseRoute]:
    return [
        Route("/articles/{id}/history", screen(show_history, *EDITORS), methods=["GET"]),
        Route("/articles/{id}/restore", step(restore, *EDITORS), methods=["POST"]),
    ]


def show_history(visit: Visit) -> Response:
    revisions = _revisions(visit)
    newer = _asked(visit, revisions, "newer") or revisions[0]
    older = _asked(visit, revisions, "older") or _before(revisions, newer)
    people = {one.published_by_id for one in revisions} | {one.ended_by_id for one in revisions}
    return visit.page(
        "articles/history.html",
        revisions=revisions,
        newer=newer,
        older=older,
        differences=compared(fields_of_revision(older), fields_of_revision(newer)),
        people={one: name_of(visit.session, one) for one in people},
        states={one.id: words.state(one.status.value, visit.words) for one in revisions},
        names=words.field_names(words.FIELDS, visit.words),
        draft=editing.draft_of(visit.session, article_id_of(visit)),
    )


def restore(visit: Visit) -> Response:
    """Begin a draft with the text of an old revision; it goes the way of every draft."""
    revisions = _revisions(visit)
    wanted = next((r for r in revisions if str(r.number) == visit.form.get("revision")), None)
    if wanted is None:
        raise Missing
    article_id = wanted.article_id
    if editing.draft_of(visit.session, article_id) is not None:
        raise Refused(visit.gettext("Artikel ini sudah punya draf. Terbitkan atau buang dulu."))
    source = wanted.source or source_of(fields_of_revision(wanted))
    editing.save(visit.session, source, visit.member, visit.now, began_from=None)
    return visit.done(f"{address_of(article_id)}/edit")


def _revisions(visit: Visit) -> Sequence[ArticleRevision]:
    revisions = editing.history(visit.session, article_id_of(visit))
    if not revisions:
        raise Missing
    return revisions


def _asked(visit: Visit, revisions: Sequence[ArticleRevision], name: str) -> ArticleRevision | None:
    number = visit.request.query_params.get(name, "")
    return next((one for one in revisions if str(one.number) == number), None)


def _before(revisions: Sequence[ArticleRevision], newer: ArticleRevision) -> ArticleRevision:
    """The revision before, or itself where there is none."""
    return next((one for one in revisions if one.number < newer.number), newer)
