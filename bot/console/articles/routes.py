"""The published articles by topic group."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import READERS
from bot.console.handling import Missing, Visit, screen
from bot.models import ArticleRevision, ArticleStatus


def article_routes() -> list[BaseRoute]:
    return [
        Route("/articles", screen(show_articles, *READERS), methods=["GET"]),
        Route("/articles/{id}", screen(show_article, *READERS), methods=["GET"]),
    ]


def show_articles(visit: Visit) -> Response:
    published = visit.session.scalars(
        select(ArticleRevision)
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.group, ArticleRevision.title)
    ).all()
    groups = [(name, list(found)) for name, found in groupby(published, lambda r: r.group)]
    return visit.page("articles/list.html", groups=groups, total=len(published))


def show_article(visit: Visit) -> Response:
    revision = visit.session.scalars(
        select(ArticleRevision).where(
            ArticleRevision.article_id == visit.request.path_params["id"],
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    ).one_or_none()
    if revision is None:
        raise Missing
    return visit.page("articles/one.html", revision=revision)
