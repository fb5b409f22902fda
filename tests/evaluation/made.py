"""Tried questions, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.tried import Tried

from bot.faq.asking import Asked, Outcome
from bot.faq.search import Found
from knowledge_base.decision import Decision, DecisionKind
from knowledge_base.evaluation import Question
from knowledge_base.ranking import Scored


def tried(
    right: Sequence[str],
    ranked: Sequence[str],
    outcome: str = "answer",
    confidence: float = 0.9,
    style: str = "terse",
) -> Tried:
    """A question that these articles answer (none: a person), and how it was ranked."""
    expect = "answer" if right else "person"
    scored = tuple(Scored(article, 1 / n, n) for n, article in enumerate(ranked, 1))
    found = Found(
        Decision(DecisionKind(outcome), scored[:1], confidence), scored, confidence, (), ""
    )
    given = {"answer": ranked[:1], "choices": ranked[:3], "person": ()}[outcome]
    return Tried(
        Question("Q", "berapa", expect, tuple(right), "id", style),
        Asked(Outcome(outcome), tuple(given), confidence, "id", "question", found),
    )
