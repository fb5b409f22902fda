"""A message in its conversation: several questions at once, and what leans on the answer before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.case_numbers import in_general
from bot.faq.search import Found, Knowledge
from bot.models import ArticleRevision, ArticleStatus
from knowledge_base.decision import MOST_CHOICES, Decision, DecisionKind
from knowledge_base.followup import corrects, is_short, leans, together
from knowledge_base.parts import PART_FROM, WHOLE_BELOW, splits
from knowledge_base.ranking import Scored
from knowledge_base.way_in import says_way

MOST_ANSWERS = 3
MOST_SPLITS = 2
# A twin with at least this part of the first one's score may be meant as well.
TWIN_FROM = 0.4


@dataclass(frozen=True)
class Before:
    """The question before, and the article that was given for it."""

    question: str
    article: str | None


@dataclass(frozen=True)
class Reading:
    """What a message comes to.

    `question`: with what it leans on. `answers`: what is found for each of its questions, when
    there are several. `again`: it asks anew what was just answered.
    """

    question: str
    found: Found
    answers: tuple[Found, ...] = ()
    again: bool = False

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles to give or to offer, in order."""
        if self.answers:
            return tuple(found.decision.articles[0].article for found in self.answers)
        return tuple(scored.article for scored in self.found.decision.articles)


def read(session: Session, knowledge: Knowledge, text: str, before: Before | None) -> Reading:
    """What the knowledge base makes of `text` after `before`."""
    reading = _read(session, knowledge, text, before)
    if reading.answers or reading.again or says_way(reading.question):
        return reading
    return replace(reading, found=_ask_which_way(session, reading.found))


def _read(session: Session, knowledge: Knowledge, text: str, before: Before | None) -> Reading:
    found = _generally(session, knowledge, text, knowledge.find(session, text))
    if before is None:
        return _several(session, knowledge, text, found) or Reading(text, found)
    if corrects(text):
        return _corrected(session, knowledge, text, found, before)
    unsure = found.decision.kind is DecisionKind.CHOICES
    if leans(text) or (unsure and is_short(text)):
        return _leaning(session, knowledge, text, found, before)
    several = _several(session, knowledge, text, found)
    if several is not None:
        return several
    return Reading(text, found, again=_gives(found, before.article))


def _generally(session: Session, knowledge: Knowledge, text: str, found: Found) -> Found:
    """For a case that only an officer can look up, what holds for all such cases, if sure."""
    general = in_general(text)
    if general is None or found.decision.kind is not DecisionKind.PERSON:
        return found
    of_all = knowledge.find(session, general)
    return of_all if _is_answer(of_all) else found


def _several(session: Session, knowledge: Knowledge, text: str, whole: Found) -> Reading | None:
    """An answer to each question of the text; None unless two or more have one of their own."""
    if _is_answer(whole) and whole.decision.confidence >= WHOLE_BELOW:
        return None
    ways = splits(text)[:MOST_SPLITS]
    parts = list(dict.fromkeys(part for way in ways for part in way))
    decisions = dict(zip(parts, knowledge.glance(parts), strict=True)) if parts else {}
    for way in ways:
        sure = _sure_parts(way, decisions)
        if len(sure) > 1:
            several = tuple(knowledge.find(session, part) for part in sure[:MOST_ANSWERS])
            return Reading(text, several[0], several)
    return None


def _sure_parts(parts: Sequence[str], decisions: Mapping[str, Decision]) -> list[str]:
    """Those parts that surely have an article each, another one each."""
    sure: dict[str, str] = {}
    for part in parts:
        decision = decisions[part]
        if decision.kind is DecisionKind.ANSWER and decision.confidence >= PART_FROM:
            sure.setdefault(decision.articles[0].article, part)
    return list(sure.values())


def _corrected(
    session: Session, knowledge: Knowledge, text: str, found: Found, before: Before
) -> Reading:
    """Another article than the one given: outright if the words alone tell which, else choices."""
    if _is_answer(found) and not _gives(found, before.article):
        return Reading(text, found)
    question = together(before.question, text)
    both = _without(knowledge.find(session, question), before.article)
    return Reading(question, both)


def _leaning(
    session: Session, knowledge: Knowledge, text: str, found: Found, before: Before
) -> Reading:
    question = together(before.question, text)
    both = knowledge.find(session, question)
    if _is_answer(both) and not _gives(both, before.article):
        return Reading(question, both)
    if _is_answer(found):
        return Reading(text, found, again=_gives(found, before.article))
    if both.decision.kind is DecisionKind.PERSON:
        return Reading(text, found)
    return Reading(question, _without(both, before.article))


def _ask_which_way(session: Session, found: Found) -> Found:
    """Choices, if the best article and its twin differ only by how the goods come in."""
    if not found.ranked:
        return found
    twin = session.scalar(
        select(ArticleRevision.details["twin"].astext).where(
            ArticleRevision.article_id == found.ranked[0].article,
            ArticleRevision.status == ArticleStatus.PUBLISHED,
        )
    )
    decision = ask_which_way(found.decision, found.ranked, twin)
    if decision is found.decision:
        return found
    ids = {scored.article for scored in decision.articles}
    candidates = tuple(
        {**candidate, "way": True} for candidate in found.candidates if candidate["article"] in ids
    )
    return replace(found, decision=decision, candidates=candidates)


def ask_which_way(decision: Decision, ranked: Sequence[Scored], twin: str | None) -> Decision:
    """Choices between the best article and its twin, if both may be meant."""
    if decision.kind is DecisionKind.PERSON:
        return decision
    first, *others = ranked[:MOST_CHOICES]
    pair = [first, *(scored for scored in others if scored.article == twin)]
    if len(pair) < 2 or pair[1].score < TWIN_FROM * first.score:
        return decision
    return Decision(DecisionKind.CHOICES, tuple(pair), decision.confidence)


def _is_answer(found: Found) -> bool:
    return found.decision.kind is DecisionKind.ANSWER


def _gives(found: Found, article: str | None) -> bool:
    return _is_answer(found) and found.decision.articles[0].article == article


def _without(found: Found, article: str | None) -> Found:
    """Choices among the others."""
    ranked = tuple(scored for scored in found.ranked if scored.article != article)[:MOST_CHOICES]
    kind = DecisionKind.CHOICES if ranked else DecisionKind.PERSON
    decision = Decision(kind, ranked, found.decision.confidence)
    candidates: tuple[dict[str, Any], ...] = tuple(
        candidate for candidate in found.candidates if candidate["article"] != article
    )
    return replace(found, decision=decision, candidates=candidates)
