"""The rows of large_data.py that only the editors' screens show.

A thousand articles more with their ways of asking, drafts that were saved again and again and one
that was tried, two thousand remembered questions, what waits in the inbox, and an office's table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice

import numpy as np
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.faq import import_tables, register
from bot.faq.comparing import Asked, Reached, comparison
from bot.faq.publishing import revision_of
from bot.faq.tables import Row, Sheet
from bot.models import (
    Article,
    ArticleDraft,
    DraftEdition,
    DraftState,
    GateRun,
    GateState,
    QuestionOrigin,
    RememberedQuestion,
    Staff,
    Way,
)
from knowledge_base.articles import ArticleFile, read_articles
from knowledge_base.writing import written

ARTICLES, WAYS_EACH = 1_000, 10
DRAFTS, EDITIONS = 40, 5
QUESTIONS, NEWLY_WRONG = 2_000, 60
TABLE_ROWS = 500
EDITOR = "dewi"


def fill_editors(session: Session, now: datetime) -> None:
    """Make the rows beside those that `large_data.fill` has made."""
    editor = session.scalars(select(Staff).where(Staff.username == EDITOR)).one()
    articles = list(_articles())
    session.add_all(Article(id=article.id) for article in articles)
    session.flush()
    for article in articles:
        revision = revision_of(article, number=1)
        revision.ways = [_way(way) for way in article.ways]
        session.add(revision)
    _remember(session, articles)
    _write_drafts(session, articles[:DRAFTS], editor, now)
    rows = [("Pertanyaan", "Jawaban", "Dasar hukum"), *_table(articles[:TABLE_ROWS])]
    sheet = Sheet("FAQ", tuple(Row(n, cells) for n, cells in enumerate(rows, start=1)))
    import_tables.keep(session, "tanya-jawab.xlsx", [sheet], editor, now)
    session.flush()
    register.fill(session, register.citing_articles(session))
    for statement in STATEMENTS:
        session.execute(text(statement), {"until": now} if ":until" in statement else {})


def _articles() -> Iterator[ArticleFile]:
    """The real ones again and again, each under a name of its own."""
    for number, article in enumerate(islice(cycle(read_articles()), ARTICLES)):
        copy = replace(
            article,
            id=f"made_{number}",
            title=f"{article.title} {number}",
            ways=article.ways[:WAYS_EACH],
            covers=(),
        )
        yield replace(copy, source=written(copy), content_hash=copy.id)


def _way(said: str) -> Way:
    return Way(text=said, encoder="none", vector=np.zeros(2, dtype=np.float32))


def _remember(session: Session, articles: list[ArticleFile]) -> None:
    session.add_all(
        RememberedQuestion(
            text=f"{article.ways[0]} {number}",
            article_id=article.id,
            origin=QuestionOrigin.CONFIRMED,
        )
        for number, article in enumerate(islice(cycle(articles), QUESTIONS))
    )


def _write_drafts(
    session: Session, articles: list[ArticleFile], editor: Staff, now: datetime
) -> None:
    for article in articles:
        draft = ArticleDraft(
            article_id=article.id, based_on=1, state=DraftState.IN_REVIEW, edition=EDITIONS
        )
        draft.editions = [
            DraftEdition(
                number=number,
                source=article.source.replace("\n- ", f"\n- kak, {number}: ", 3),
                staff_id=editor.id,
                at=now,
            )
            for number in range(1, EDITIONS + 1)
        ]
        session.add(draft)
        session.flush()
        run = GateRun(
            draft_id=draft.id,
            edition=EDITIONS,
            state=GateState.DONE,
            asked=QUESTIONS,
            total=QUESTIONS,
            result={"knowledge": "made", "encoder": "none", **_tried(article.id)},
            accepted={},
            staff_id=editor.id,
            finished_at=now,
        )
        session.add(run)


def _tried(article_id: str) -> dict[str, object]:
    right, wrong = (Reached("answer", (name,), 0.95) for name in (article_id, "made_999"))
    asked = [
        Asked(n, f"Pertanyaan {n}?", article_id, article_id, right, right)
        for n in range(QUESTIONS - NEWLY_WRONG)
    ]
    stolen = [replace(one, id=one.id + QUESTIONS, after=wrong) for one in asked[:NEWLY_WRONG]]
    return comparison([*asked, *stolen])


def _table(articles: list[ArticleFile]) -> Iterator[tuple[str, str, str]]:
    """What an office's table says about these articles: half of it is new."""
    for number, article in enumerate(articles):
        asked = article.title if number % 2 else f"Bagaimana kalau {article.ways[0]} {number}"
        yield asked, f"{article.answer}\n\nTambahan {number}.", "; ".join(article.legal_basis)


STATEMENTS = (
    # Sixty replies that officers marked.
    """
    INSERT INTO faq_mark (kind, message_id, staff_id, at, note, right_is_person)
    SELECT 'make_faq', id, staff_id, at, 'Sering ditanyakan.', false
    FROM message WHERE speaker = 'officer' AND staff_id IS NOT NULL ORDER BY id DESC LIMIT 60
    """,
    # Three hundred groups of the last questions, twenty each.
    """
    INSERT INTO question_group (id, seed, asked, unanswered, unsure, rejected, asked_again, tickets,
        seconds, last_asked_at, near_article_id) OVERRIDING SYSTEM VALUE
    SELECT n, 'Pertanyaan yang belum punya artikel, nomor ' || n, 20, 10, 5, 3, 2, 20, n * 60,
        CAST(:until AS timestamptz) - n * interval '1 hour', 'made_' || n
    FROM generate_series(1, 300) AS n
    """,
    """
    INSERT INTO open_question (turn_id, group_id, text, outcome, ticket_id)
    SELECT id, 1 + id % 300, text, 'unanswered', id / 2
    FROM turn WHERE id / 2 IN (SELECT id FROM ticket) ORDER BY id DESC LIMIT 6000
    """,
    """
    INSERT INTO officer_work (turn_id, ticket_id, seconds)
    SELECT turn_id, ticket_id, 300 FROM open_question
    """,
    """
    INSERT INTO grouping (id, done_at, days, questions)
    SELECT 1, CAST(:until AS timestamptz), 30, 6000
    """,
)
