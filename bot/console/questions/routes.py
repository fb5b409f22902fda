"""Remembered questions: looked through, added, removed."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, or_, select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.gate.titles import titles_of
from bot.console.handling import LARGEST_ID, Missing, Refused, Visit, screen, step
from bot.faq import remembered
from bot.faq.remembered import BadQuestion, QuestionFault
from bot.models import ArticleRevision, ArticleStatus, QuestionOrigin, RememberedQuestion

LIST = "/console/questions"
PAGE = 50
# What stands for "a person" where an article is chosen; no article can be called so.
PERSON = "-"


def question_routes() -> list[BaseRoute]:
    return [
        Route("/questions", screen(show_questions, *EDITORS), methods=["GET"]),
        Route("/questions", step(add, *EDITORS), methods=["POST"]),
        Route("/questions/{id:int}/remove", step(remove, *EDITORS), methods=["POST"]),
    ]


def show_questions(visit: Visit) -> Response:
    """A page of them, the newest first."""
    asked = visit.request.query_params
    text = asked.get("q", "")[:100].replace("\x00", "").strip()
    origin = asked.get("origin", "") if asked.get("origin", "") in set(QuestionOrigin) else ""
    wanted = _wanted(text, origin)
    before = asked.get("before", "")
    older = RememberedQuestion.id < _number(before) if before else RememberedQuestion.id > 0
    found = visit.session.scalars(
        select(RememberedQuestion)
        .where(*wanted, older)
        .order_by(RememberedQuestion.id.desc())
        .limit(PAGE + 1)
    ).all()
    shown = found[:PAGE]
    filters = {name: value for name, value in (("q", text), ("origin", origin)) if value}
    following = {**filters, "before": str(shown[-1].id)} if len(found) > PAGE else {}
    return visit.page(
        "questions/list.html",
        questions=shown,
        titles=titles_of(visit.session, {one.article_id for one in shown if one.article_id}),
        total=visit.session.scalar(select(func.count()).select_from(RememberedQuestion)),
        matching=visit.session.scalar(
            select(func.count()).select_from(RememberedQuestion).where(*wanted)
        ),
        text=text,
        origin=origin,
        origins=list(QuestionOrigin),
        articles=_articles(visit),
        person=PERSON,
        longest=remembered.LONGEST,
        is_first=not before,
        first_address=f"{LIST}?{urlencode(filters)}" if filters else LIST,
        next_address=f"{LIST}?{urlencode(following)}" if following else "",
    )


def add(visit: Visit) -> Response:
    chosen = visit.form.get("article", "").replace("\x00", "")
    if not chosen:
        raise Refused(visit.gettext("Pilih artikel yang harus dicapai, atau petugas."), 422)
    article = None if chosen == PERSON else chosen
    try:
        remembered.add(visit.session, visit.form.get("text", ""), article, visit.member, visit.now)
    except BadQuestion as bad:
        raise Refused(_sentence(visit, bad.fault), 422) from bad
    return visit.done(LIST)


def remove(visit: Visit) -> Response:
    number = visit.number_in_path("id")
    if not remembered.remove(visit.session, number, visit.member, visit.now):
        raise Missing
    return visit.done(LIST)


def _wanted(text: str, origin: str) -> list[ColumnElement[bool]]:
    """Questions that have the text in them or in their article's title or id."""
    conditions: list[ColumnElement[bool]] = []
    if text:
        titled = select(ArticleRevision.article_id).where(
            ArticleRevision.status == ArticleStatus.PUBLISHED,
            ArticleRevision.title.icontains(text, autoescape=True),
        )
        conditions.append(
            or_(
                RememberedQuestion.text.icontains(text, autoescape=True),
                RememberedQuestion.article_id == text,
                RememberedQuestion.article_id.in_(titled),
            )
        )
    if origin:
        conditions.append(RememberedQuestion.origin == origin)
    return conditions


def _articles(visit: Visit) -> list[tuple[str, str, str]]:
    """Group, id and title of each published article."""
    rows = visit.session.execute(
        select(ArticleRevision.group, ArticleRevision.article_id, ArticleRevision.title)
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.group, ArticleRevision.title)
    )
    return [(group, article, title) for group, article, title in rows]


def _sentence(visit: Visit, fault: QuestionFault) -> str:
    if fault is QuestionFault.EMPTY:
        return visit.gettext("Tulis pertanyaannya dulu.")
    if fault is QuestionFault.TOO_LONG:
        sentence = visit.gettext("Pertanyaan ini terlalu panjang; paling banyak {n} huruf.")
        return sentence.format(n=remembered.LONGEST)
    if fault is QuestionFault.REMEMBERED_ALREADY:
        return visit.gettext(
            "Pertanyaan ini sudah ada. Cari lalu hapus dulu kalau artikelnya lain."
        )
    return visit.gettext("Artikel ini tidak ada.")


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return min(number, LARGEST_ID)
