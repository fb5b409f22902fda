"""From a ranking to what the bot does: answer, offer choices, or a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.ranking import Ranking, Scored

# Probabilities. Chosen on the tuning questions so that about 2% of all messages would be
# answered falsely; what comes of them is measured in docs/evaluation.md.
ANSWER_FROM = 0.88
CHOICES_FROM = 0.30
MOST_CHOICES = 3


class DecisionKind(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    PERSON = "person"


@dataclass(frozen=True)
class Decision:
    """What to do, with which articles, and how sure that is (a probability)."""

    kind: DecisionKind
    articles: tuple[Scored, ...]
    confidence: float


def decide(ranking: Ranking) -> Decision:
    """Answer when the first article is likely right, offer three when one of them is."""
    if not ranking.articles:
        return Decision(DecisionKind.PERSON, (), 1.0)
    if ranking.confidence >= ANSWER_FROM:
        return Decision(DecisionKind.ANSWER, ranking.articles[:1], ranking.confidence)
    if ranking.confidence_top >= CHOICES_FROM:
        return Decision(
            DecisionKind.CHOICES, ranking.articles[:MOST_CHOICES], ranking.confidence_top
        )
    return Decision(DecisionKind.PERSON, (), 1.0 - ranking.confidence_top)
