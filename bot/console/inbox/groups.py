"""A group of questions alike: what was asked, what was answered, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import DESK, EDITORS, READERS
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.inbox.daring import dare_draft, form_of
from bot.console.inbox.words import outcome_words
from bot.faq import drafting, loop
from bot.faq.officers_answers import OfficersAnswer, answers_on
from bot.models import ArticleDraft, GroupVerdict, OpenQuestion, QuestionGroup

ONE = "/inbox/groups/{id:int}"
NONE = "none"  # what the form calls no answer at all


def group_routes() -> list[BaseRoute]:
    return [
        Route(ONE, screen(show_group, *READERS), methods=["GET"]),
        Route(f"{ONE}/draft", step(begin_draft, *EDITORS), methods=["POST"]),
        Route(f"{ONE}/dismiss", step(dismiss, *EDITORS), methods=["POST"]),
        Route(f"{ONE}/take-back", step(take_back, *EDITORS), methods=["POST"]),
    ]


def show_group(visit: Visit) -> Response:
    group = _group(visit)
    questions = loop.questions_of(visit.session, group)
    near = group.near_article_id
    return visit.page(
        "inbox/group.html",
        group=group,
        questions=questions,
        answers=_answers(visit, questions),
        near=near,
        near_title=drafting.title_of(visit.session, near) if near else None,
        edits=visit.member.role in EDITORS,
        may_open_tickets=visit.member.role in DESK,
        titles=drafting.titles_of(visit.session, _given(questions)),
        outcome_words=partial(outcome_words, words=visit.words),
        work=timedelta(seconds=group.seconds),
        no_answer=NONE,
    )


def begin_draft(visit: Visit) -> Response:
    group = _group(visit)
    questions = [
        question
        for question in loop.questions_of(visit.session, group)
        if f"q{question.turn_id}" in visit.form
    ]
    if not questions:
        raise Refused(visit.gettext("Pilih paling sedikit satu pertanyaan."), 422)
    draft = dare_draft(visit, lambda: _begun(visit, group, questions))
    loop.begun(visit.session, group, draft.article_id, visit.member, visit.now)
    return visit.done(form_of(draft.article_id))


def dismiss(visit: Visit) -> Response:
    group = _group(visit)
    try:
        because = visit.form.get("because", "")[:500]
        loop.dismiss(visit.session, group, visit.member, because, visit.now)
    except loop.ReasonMissing as error:
        raise Refused(visit.gettext("Tulis alasannya dulu."), 422) from error
    return visit.done("/console/inbox")


def take_back(visit: Visit) -> Response:
    group = _group(visit)
    loop.take_back(visit.session, group, visit.member, visit.now)
    return visit.done(f"/console/inbox/groups/{group.id}")


def _begun(visit: Visit, group: QuestionGroup, questions: Sequence[OpenQuestion]) -> ArticleDraft:
    texts = [group.seed] if group.seed in {q.text for q in questions} else []
    texts += [question.text for question in questions]
    if visit.form.get("into") == "near" and group.near_article_id:
        near = group.near_article_id
        return drafting.add_ways(visit.session, near, texts, visit.member, visit.now)
    answers = _answers(visit, questions)
    chosen = next((one for one in answers if one.key == visit.form.get("answer")), None)
    topics = Counter(q.ticket.topic for q in questions if q.ticket and q.ticket.topic)
    wanted = drafting.Wanted(
        questions=texts,
        answer=chosen.text if chosen else "",
        near=group.near_article_id,
        topic=topics.most_common(1)[0][0] if topics else None,
        section=chosen.section_code if chosen else None,
    )
    return drafting.begin_article(visit.session, wanted, visit.member, visit.now)


def _answers(visit: Visit, questions: Sequence[OpenQuestion]) -> list[OfficersAnswer]:
    return answers_on(visit.session, {q.ticket_id for q in questions if q.ticket_id})


def _given(questions: Sequence[OpenQuestion]) -> set[int]:
    return {q.decision.revision_id for q in questions if q.decision.revision_id}


def _group(visit: Visit) -> QuestionGroup:
    group = visit.session.scalars(
        select(QuestionGroup)
        .where(QuestionGroup.id == visit.number_in_path("id"))
        .options(joinedload(QuestionGroup.verdict).joinedload(GroupVerdict.staff))
    ).one_or_none()
    if group is None:
        raise Missing
    return group
