"""All published articles in a table that can be sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import READERS
from bot.console.handling import Visit, screen
from bot.console.language import N_
from bot.console.times import local
from bot.faq.loop import last_grouping
from bot.figures.articles import DAYS, ArticleFigures, article_figures

# An article is about to expire, or to be reviewed, within so many days.
SOON = timedelta(days=30)
FIRST_SORT = "given"
_NEVER = date.max

# The columns by their name in the address, and what each is sorted by, the largest first.
SORTS: Mapping[str, Callable[[ArticleFigures], object]] = {
    "given": lambda one: -one.given,
    "accepted": lambda one: -one.accepted,
    "rejected": lambda one: -one.rejected,
    "handed_over": lambda one: -one.handed_over,
    "failed": lambda one: -(one.failed or 0),
    "trend": lambda one: -(one.given - one.given_before),
    "checked": lambda one: one.checked_at,
    "due": lambda one: min(one.review_by, one.valid_until or _NEVER),
    "title": lambda one: one.title.lower(),
}
COLUMNS: Mapping[str, str] = {
    "title": N_("Artikel"),
    "given": N_("Diberikan"),
    "trend": N_("Tren"),
    "accepted": N_("Membantu"),
    "rejected": N_("Ditolak"),
    "handed_over": N_("Tetap ke petugas"),
    "failed": N_("Gagal"),
    "checked": N_("Terakhir diperiksa"),
    "due": N_("Perlu ditinjau"),
}


def insight_routes() -> list[BaseRoute]:
    return [Route("/insights", screen(show_insights, *READERS), methods=["GET"])]


def show_insights(visit: Visit) -> Response:
    sort = visit.request.query_params.get("sort", FIRST_SORT)
    sort = sort if sort in SORTS else FIRST_SORT
    figures = article_figures(visit.session, visit.now)
    today = local(visit.now).date()
    return visit.page(
        "insights/insights.html",
        articles=sorted(figures, key=SORTS[sort]),  # type: ignore[arg-type]
        sort=sort,
        columns={name: visit.gettext(text) for name, text in COLUMNS.items()},
        overdue=sum(one.review_by < today for one in figures),
        expiring=sum(_expires_soon(one, today) for one in figures),
        today=today,
        soon=today + SOON,
        days=DAYS,
        grouping=last_grouping(visit.session),
    )


def _expires_soon(one: ArticleFigures, today: date) -> bool:
    return one.valid_until is not None and one.valid_until <= today + SOON
