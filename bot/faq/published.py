"""What is published, as it is said. Light enough for the console's process: no encoder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import ArticleRevision, ArticleStatus


def published(session: Session, article_id: str) -> ArticleRevision | None:
    """The article's published revision."""
    return session.scalars(
        select(ArticleRevision).where(
            ArticleRevision.article_id == article_id,
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    ).one_or_none()


def answer_text(revision: ArticleRevision, language: str, *, titled: bool = False) -> str:
    """The published answer with its legal basis and date in one last line.

    `titled` puts its title above, to tell it from the other answers of a message.
    """
    text = revision.answer_en if language == "en" and revision.answer_en else revision.answer_id
    spoken = "en" if text == revision.answer_en else "id"
    if titled:
        text = f"*{revision.title}*\n{text}"
    return with_basis(text, revision.legal_basis, revision.valid_from, spoken)


def attachments(revision: ArticleRevision) -> list[tuple[str, str]]:
    """The PDFs that follow the answer, in the order of their names: name and SHA-256 sum."""
    return sorted((revision.details.get("attachments") or {}).items())


def with_basis(text: str, legal_basis: Sequence[str], valid_from: date, language: str) -> str:
    """An answer with its legal basis and date in one last line."""
    day = format_date(valid_from, "d MMMM y", locale=language)
    if not legal_basis:
        label = "As of" if language == "en" else "Per"
        return f"{text}\n\n_{label} {day}_"
    basis = "; ".join(legal_basis)
    if language == "en":
        return f"{text}\n\n_Legal basis: {basis} (as of {day})_"
    return f"{text}\n\n_Dasar hukum: {basis} (per {day})_"
