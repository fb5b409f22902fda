"""Articles that have a history, and PDFs that follow their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fpdf import FPDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import clock
from bot.faq import attachments
from bot.faq.fields import Fields, fields_of_revision, source_of
from bot.faq.published import published
from bot.models import ArticleRevision
from scripts.pictures.console import MORNING
from scripts.pictures.people import member

_LINES = 24


def revise(
    session: Session, article_id: str, reworded: tuple[str, str], pdf: str | None = None
) -> None:
    """Give the published article a revision that Dewi's replaced.

    `reworded` has a piece of the answer, and what stood there before; a `pdf` is new.
    """
    current = published(session, article_id)
    assert current is not None
    was = fields_of_revision(current)
    _keep_as_before(session, current, _before(was, reworded))
    for one in session.scalars(
        select(ArticleRevision).where(ArticleRevision.article_id == article_id)
    ):
        one.number += 1
    if pdf is not None:
        _attach(session, current, was, pdf)
    current.written_by_id = member(session, "dewi").id
    current.published_by_id = member(session, "eko").id
    session.flush()


def keep_pdf(session: Session, name: str, heading: str) -> str:
    """A page with a heading and lines to fill in, kept; gives the line that names it."""
    page = FPDF()
    page.set_creation_date(MORNING)  # the same page has the same sum whenever it is made
    page.add_page()
    page.set_font("helvetica", size=16)
    page.cell(text=heading)
    for line in range(_LINES):
        page.line(20, 50 + 9 * line, 190, 50 + 9 * line)
    return f"{name} {attachments.keep(session, bytes(page.output()), clock.now())}"


def _before(was: Fields, reworded: tuple[str, str]) -> Fields:
    now, then = reworded
    assert now in was.answer
    return replace(was, review_by="2026-11-30", answer=was.answer.replace(now, then))


def _keep_as_before(session: Session, current: ArticleRevision, before: Fields) -> None:
    columns = {c.name: getattr(current, c.name) for c in ArticleRevision.__table__.columns}
    columns |= {"id": None, "number": 0, "status": "superseded", "content_hash": "before"}
    columns |= {"source": source_of(before, current.source), "answer_id": before.answer}
    columns |= {"published_at": clock.now() - timedelta(days=200)}
    session.add(ArticleRevision(**columns))
    session.flush()


def _attach(session: Session, current: ArticleRevision, was: Fields, pdf: str) -> None:
    line = keep_pdf(session, pdf, pdf.removesuffix(".pdf").replace("-", " ").upper())
    filled = replace(was, attachments=line)
    current.source = source_of(filled, current.source)
    current.details = {**current.details, "attachments": filled.attached}
