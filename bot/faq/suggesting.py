"""Articles that may answer an applicant's words, for the officer who replies."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.faq.search import Knowledge

MOST = 3
# Less likely than this an article is no help to the officer either.
WORTH_READING = 0.05


def suggest(session: Session, knowledge: Knowledge, text: str) -> list[dict[str, Any]]:
    """The likeliest published articles for `text`: `article` and `score` (0 to 1), best first."""
    ranked = knowledge.find(session, text).ranked[:MOST]
    return [
        {"article": scored.article, "score": round(float(scored.score), 4)}
        for scored in ranked
        if scored.score >= WORTH_READING
    ]
