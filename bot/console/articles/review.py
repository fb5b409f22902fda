"""Reviewing a draft: beside what is published, then published by another person or sent back."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.action_server import ActionServerAway, ask
from bot.console.articles import words
from bot.console.articles.as_sent import messages
from bot.console.articles.comparing import compared
from bot.console.articles.form import said
from bot.console.articles.looking_up import (
    address_of,
    article_id_of,
    dare,
    draft_as_seen,
    name_of,
    revision_of,
    today,
)
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.regulations.routes import state_wording
from bot.faq import editing, gate, register
from bot.faq.checking import faults_in
from bot.faq.fields import Fields, fields_of, fields_of_revision
from bot.faq.published import with_basis
from bot.models import ArticleStatus
from bot.settings import settings

# Seconds: new ways of asking are encoded, and a server that just started loads its encoder first.
_PATIENCE = 60.0


def review_routes() -> list[BaseRoute]:
    return [
        Route("/articles/{id}/review", screen(show_review, *EDITORS), methods=["GET"]),
        Route("/articles/{id}/submit", step(submit, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/send-back", step(send_back, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/discard", step(discard, *EDITORS), methods=["POST"]),
        Route("/articles/{id}/publish", step(publish, *EDITORS), methods=["POST"]),
    ]


def show_review(visit: Visit) -> Response:
    draft, revision = editing.draft_of(visit.session, article_id_of(visit)), revision_of(visit)
    if draft is None and revision is None:
        raise Missing
    if draft is None:  # published or thrown away meanwhile
        return visit.done(address_of(article_id_of(visit)))
    edition = editing.last_edition(visit.session, draft)
    filled = fields_of(edition.source)
    before = fields_of_revision(revision) if revision else Fields(id=draft.article_id)
    found = faults_in(visit.session, edition.source, today(visit))
    is_published = revision is not None and revision.status == ArticleStatus.PUBLISHED
    writers = editing.writers(visit.session, draft)
    tried = gate.latest_run(visit.session, draft)
    return visit.page(
        "articles/review.html",
        draft=draft,
        gate_closed=gate.why_closed(visit.session, draft, tried),
        gate_unsettled=len(gate.unsettled(tried)) if tried else 0,
        edition=edition,
        filled=filled,
        revision=revision,
        is_published=is_published,
        has_moved_on=is_published and revision is not None and revision.number != draft.based_on,
        saved_by=name_of(visit.session, edition.staff_id),
        writers=sorted(name_of(visit.session, one) for one in writers),
        may_publish=visit.member.id not in writers or settings().faq_author_may_publish,
        wrote_it=visit.member.id in writers,
        differences=[one for one in compared(before, filled) if one.field != "id"],
        faults=said(visit, found),
        changed=register.changed_among(visit.session, filled.legal_basis.splitlines()),
        **state_wording(visit),
        names=words.field_names(words.FIELDS, visit.words),
        shown=words.shown(filled, visit.words),
        answers=_bubbles(visit, filled),
    )


def submit(visit: Visit) -> Response:
    draft = draft_as_seen(visit)
    dare(visit, lambda: editing.submit(visit.session, draft, visit.member, visit.now))
    return visit.done(f"{address_of(draft.article_id)}/review")


def send_back(visit: Visit) -> Response:
    draft = draft_as_seen(visit)
    because = visit.form.get("because", "")
    dare(visit, lambda: editing.send_back(visit.session, draft, visit.member, because, visit.now))
    return visit.done(f"{address_of(draft.article_id)}/review")


def discard(visit: Visit) -> Response:
    draft = draft_as_seen(visit)
    dare(visit, lambda: editing.discard(visit.session, draft, visit.member, visit.now))
    return visit.done("/console/articles")


def publish(visit: Visit) -> Response:
    """Done by the action server, as ways of asking are encoded."""
    draft = draft_as_seen(visit)
    try:
        told = ask(
            "action_publish",
            patience=_PATIENCE,
            draft=draft.id,
            edition=draft.edition,
            staff=visit.member.id,
        )
    except ActionServerAway as error:
        sentence = visit.gettext(
            "Layanan penerbitan tidak menjawab. Muat ulang untuk melihat apakah sudah terbit; "
            "kalau belum, coba lagi."
        )
        raise Refused(sentence, 503) from error
    if "refused" in told:
        raise Refused(words.obstacle(str(told["refused"]), visit.words))
    return visit.done(address_of(article_id_of(visit)))


def _bubbles(visit: Visit, filled: Fields) -> dict[str, list[Markup]]:
    """The messages of each language's answer, as the phone shows them."""
    since = filled.valid_from_date or today(visit)
    basis = filled.legal_basis.splitlines()
    answers = {"id": filled.answer, "en": filled.english}
    return {
        language: messages(visit, [(with_basis(answer, basis, since, language), filled.attached)])
        for language, answer in answers.items()
        if answer
    }
