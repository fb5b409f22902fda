"""The editor: a form for an article's draft. Saving overwrites nobody, and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.articles import words
from bot.console.articles.as_sent import messages
from bot.console.articles.form import form, said
from bot.console.articles.looking_up import (
    address_of,
    article_id_of,
    name_of,
    revision_of,
    today,
)
from bot.console.handling import Missing, Visit, screen, step
from bot.console.rendering import render
from bot.faq import attachments, editing
from bot.faq.checking import faults_in
from bot.faq.fields import (
    CONFIDENCES,
    BadFields,
    Fields,
    Problem,
    fields_of,
    fields_of_revision,
    named,
    read_fields,
    source_of,
)
from bot.faq.published import with_basis
from bot.models import ArticleDraft, ArticleRevision, Section

NEW = "new"  # the place of the form for a new article; no article is called so


def editor_routes() -> list[BaseRoute]:
    return [
        Route("/articles/new", screen(show_new, *EDITORS), methods=["GET"]),
        Route("/articles/new", step(save_new, *EDITORS), methods=["POST"]),
        Route("/articles/preview", step(preview, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/edit", screen(show_form, *EDITORS), methods=["GET"]),
        Route("/articles/{id}/edit", step(save, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/edition", screen(tell_edition, *EDITORS), methods=["GET"]),
    ]


def show_new(visit: Visit) -> Response:
    day = today(visit)
    begun = Fields(
        confidence=CONFIDENCES[1],
        valid_from=day.isoformat(),
        review_by=(day + timedelta(days=365)).isoformat(),
        group=visit.request.query_params.get("group", ""),
    )
    return form(visit, begun, None, None)


def show_form(visit: Visit) -> Response:
    draft = editing.draft_of(visit.session, article_id_of(visit))
    revision = revision_of(visit)
    if draft is not None:
        source = editing.last_edition(visit.session, draft).source
        found = faults_in(visit.session, source, today(visit))
        return form(visit, fields_of(source), draft, revision, faults=said(visit, found))
    if revision is None:
        raise Missing
    return form(visit, fields_of_revision(revision), None, revision)


def save_new(visit: Visit) -> Response:
    """A new article: its id must not be anybody's."""
    filled = named(read_fields(visit.form))
    problems = _unknown(visit, filled)
    said = {}
    if _is_taken(visit, filled.id):
        said["id"] = visit.gettext("Nama ini sudah dipakai artikel lain.")
    return _save(visit, filled, None, None, problems=problems, said=said)


def save(visit: Visit) -> Response:
    article_id = article_id_of(visit)
    filled = replace(named(read_fields(visit.form)), id=article_id)
    draft, revision = editing.draft_of(visit.session, article_id), revision_of(visit)
    if draft is None and revision is None:
        raise Missing
    return _save(visit, filled, draft, revision, problems=_unknown(visit, filled), said={})


def preview(visit: Visit) -> Response:
    """The messages that an answer will be sent as, each as the phone shows it; and its PDFs."""
    filled = read_fields(visit.form)
    language = "en" if visit.form.get("language") == "en" else "id"
    answer = filled.english if language == "en" else filled.answer
    parts = []
    if answer:
        since = filled.valid_from_date or today(visit)
        text = with_basis(answer, filled.legal_basis.splitlines(), since, language)
        parts = messages(visit, [(text, filled.attached)])
    attached = attachments.named(visit.session, filled.attached)
    listed = render("articles/attached.html", visit.words, attached=attached)
    return JSONResponse({"parts": parts, "attached": listed})


def tell_edition(visit: Visit) -> Response:
    """What is saved now, for a page on which somebody writes: its edition, and whose it is."""
    draft = editing.draft_of(visit.session, article_id_of(visit))
    if draft is None:
        return JSONResponse({"edition": "", "told": visit.gettext("Draf ini tidak ada lagi.")})
    edition = editing.last_edition(visit.session, draft)
    told = visit.gettext("{who} menyimpan edisi {n}. Simpan juga untuk melihat keduanya.")
    who = name_of(visit.session, edition.staff_id)
    return JSONResponse(
        {"edition": str(edition.number), "told": told.format(who=who, n=edition.number)}
    )


def _save(
    visit: Visit,
    filled: Fields,
    draft: ArticleDraft | None,
    revision: ArticleRevision | None,
    *,
    problems: Mapping[str, Problem],
    said: Mapping[str, str],
) -> Response:
    """Save an edition, and send it to review if that was wanted; else the form as it was filled."""
    try:
        source = source_of(filled, _before(visit, draft, revision))
    except BadFields as bad:
        problems = {**problems, **bad.problems}
    if problems or said:
        faults = {**words.problems(problems, visit.words), **said}
        return form(visit, filled, draft, revision, problems=faults, status=422)
    try:
        saved = editing.save(
            visit.session,
            source,
            visit.member,
            visit.now,
            began_from=_number(visit.form.get("edition", "")),
            began_on=_number(visit.form.get("revision", "")),
        )
    except editing.EditingRefused:
        return _conflict(visit, filled)
    if visit.form.get("then") == "submit":
        return _submit(visit, saved)
    return visit.done(f"{address_of(filled.id)}/edit?saved={saved.edition}")


def _submit(visit: Visit, draft: ArticleDraft) -> Response:
    """Send the saved text to review, or show what it needs first; it stays saved."""
    try:
        editing.submit(visit.session, draft, visit.member, visit.now)
    except editing.EditingRefused as refused:
        reason = refused.reason.value
        return visit.done(f"{address_of(draft.article_id)}/edit?saved={draft.edition}&not={reason}")
    return visit.done(f"{address_of(draft.article_id)}/review")


def _conflict(visit: Visit, filled: Fields) -> Response:
    """Somebody saved, published or discarded meanwhile: both texts, and whoever saves next wins."""
    draft = editing.draft_of(visit.session, filled.id)
    revision = editing.latest(visit.session, filled.id)
    if draft is not None:
        theirs = fields_of(editing.last_edition(visit.session, draft).source)
    else:
        theirs = fields_of_revision(revision) if revision else Fields(id=filled.id)
    return form(visit, filled, draft, revision, theirs=theirs, status=409)


def _unknown(visit: Visit, filled: Fields) -> dict[str, Problem]:
    """The section that owns an article must be one of ours."""
    section = select(Section.id).where(Section.code == filled.section)
    is_known = visit.session.scalar(section) is not None
    return {} if is_known else {"section": Problem.NO_CHOICE}


def _is_taken(visit: Visit, article_id: str) -> bool:
    session = visit.session
    return (
        article_id == NEW
        or editing.latest(session, article_id) is not None
        or editing.draft_of(session, article_id) is not None
    )


def _before(visit: Visit, draft: ArticleDraft | None, revision: ArticleRevision | None) -> str:
    """The file that the form was filled from; what it doesn't show stays as it is there."""
    if draft is not None:
        return editing.last_edition(visit.session, draft).source
    return revision.source if revision else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
