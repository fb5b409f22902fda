"""Many questions asked at once of one state of the knowledge base, each as a first message.

Unlike `in_context` a question is taken whole: what several questions in one message come to is
not among what a publication is tried against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.comparing import Reached
from bot.faq.in_context import ask_which_way
from bot.faq.search import Knowledge
from bot.models import ArticleRevision, ArticleStatus
from knowledge_base.decision import decide
from knowledge_base.encoder import Vectors
from knowledge_base.head import Head
from knowledge_base.ranking import Ranking
from knowledge_base.way_in import says_way


@dataclass(frozen=True)
class State:
    """What is published at one moment, as far as it tells where a question leads."""

    head: Head
    twins: Mapping[str, str]  # articles that differ only by how the goods come in
    covering: Mapping[str, str]  # topics, and the article that covers each

    def wanted(self, article_id: str | None) -> str | None:
        """The article that answers now for what was the business of `article_id`."""
        return article_id if article_id is None else self.covering.get(article_id, article_id)

    def ask(self, texts: Sequence[str], vectors: Vectors) -> list[Reached]:
        """What each text reaches; `vectors` has a row for each."""
        rankings = self.head.rank_all(texts, vectors)
        return [self._reached(*one) for one in zip(texts, rankings, strict=True)]

    def _reached(self, text: str, ranking: Ranking) -> Reached:
        decision = decide(ranking)
        if not says_way(text) and ranking.articles:
            twin = self.twins.get(ranking.articles[0].article)
            decision = ask_which_way(decision, ranking.articles, twin)
        articles = tuple(scored.article for scored in decision.articles)
        return Reached(decision.kind, articles, decision.confidence)


def state_of(session: Session, knowledge: Knowledge) -> State:
    """What is published, as this session sees it."""
    details = ArticleRevision.details
    rows = session.execute(
        select(ArticleRevision.article_id, details["twin"].astext, details["covers"]).where(
            ArticleRevision.status == ArticleStatus.PUBLISHED
        )
    ).all()
    return State(
        head=knowledge.head(session),
        twins={article: twin for article, twin, _ in rows if twin},
        covering={topic: article for article, _, covers in rows for topic in covers or ()},
    )
