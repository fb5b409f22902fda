"""What would be answered if a draft were published: it is, in a transaction that never ends well.

So what is tried is what publishing makes, by the same code, and nobody else ever sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.db import engine
from bot.faq.publishing import publish
from bot.faq.search import Knowledge
from knowledge_base.articles import ArticleFile
from knowledge_base.encoder import Encoder


@dataclass(frozen=True)
class Proposed:
    """A session in which the article is published, and the knowledge base that follows it."""

    session: Session
    knowledge: Knowledge


@contextmanager
def as_if_published(article: ArticleFile, encoder: Encoder) -> Iterator[Proposed]:
    """The state in which `article` is published, for the length of the block.

    Publications of the same article wait meanwhile, so a block is to be short.
    """
    with Session(engine(), expire_on_commit=False) as session:
        try:
            publish(session, article, encoder)
            yield Proposed(session, Knowledge(encoder))
        finally:
            session.rollback()
