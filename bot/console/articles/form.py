"""The form of an article's draft: what was filled in, what lint says, what somebody else wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select
from starlette.responses import Response

from bot.console.articles import words
from bot.console.articles.attaching import file_rules
from bot.console.articles.comparing import compared
from bot.console.articles.looking_up import name_of
from bot.console.handling import Visit
from bot.desk import topics
from bot.faq import attachments, editing
from bot.faq.checking import Fault, stops
from bot.faq.fields import NAMES, Fields
from bot.models import ArticleDraft, ArticleRevision, ArticleStatus, Section


@dataclass(frozen=True)
class Advice:
    """What lint says about a field; `stops` is whether it keeps the text from being published."""

    sentence: str
    stops: bool


def form(
    visit: Visit,
    filled: Fields,
    draft: ArticleDraft | None,
    revision: ArticleRevision | None,
    *,
    problems: Mapping[str, str] = MappingProxyType({}),
    faults: Mapping[str, Sequence[Advice]] = MappingProxyType({}),
    theirs: Fields | None = None,
    status: int = 200,
) -> Response:
    edition = editing.last_edition(visit.session, draft) if draft else None
    current = revision if revision and revision.status == ArticleStatus.PUBLISHED else None
    differing = {one.field: one for one in compared(theirs, filled)} if theirs else {}
    page = visit.page(
        "articles/edit.html",
        filled=filled,
        attached=attachments.named(visit.session, filled.attached),
        file_rules=file_rules(visit.words),
        draft=draft,
        revision=revision,
        number=current.number if current else "",
        edition=edition,
        saved_by=name_of(visit.session, edition.staff_id) if edition else "",
        is_own=edition is not None and edition.staff_id == visit.member.id,
        problems=problems,
        faults=faults,
        theirs=theirs,
        differing=differing,
        names=words.field_names(NAMES, visit.words),
        sections=visit.session.scalars(select(Section).order_by(Section.name)).all(),
        groups=[group for group in topics.known(visit.session) if group != topics.OTHER],
        confidences=words.confidences(visit.words),
        saved=visit.request.query_params.get("saved", ""),
        refused=_refused(visit),
    )
    page.status_code = status
    return page


def _refused(visit: Visit) -> str:
    """Why the saved text did not go to review."""
    reason = visit.request.query_params.get("not", "")
    return words.obstacle(reason, visit.words) if reason in set(editing.Obstacle) else ""


def said(visit: Visit, found: Sequence[Fault]) -> dict[str, list[Advice]]:
    """What lint says beside each field."""
    said: dict[str, list[Advice]] = {}
    for fault in found:
        sentence = words.fault(fault.kind, fault.facts, visit.words)
        said.setdefault(fault.field, []).append(Advice(sentence, stops(fault)))
    return said
