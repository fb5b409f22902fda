"""A draft's gate: run it, watch it, see what it found, accept what may pass."""

from __future__ import annotations

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS
from bot.console.gate.titles import titles_of
from bot.console.handling import LARGEST_ID, Missing, Refused, Visit, screen, step
from bot.faq import gate
from bot.faq.gate import Closed
from bot.models import ArticleDraft, GateRun


def gate_routes() -> list[BaseRoute]:
    path = "/drafts/{id:int}/gate"
    return [
        Route(path, screen(show_gate, *EDITORS), methods=["GET"]),
        Route(path, step(run, *EDITORS), methods=["POST"]),
        Route(f"{path}/accept", step(accept, *EDITORS), methods=["POST"]),
    ]


def show_gate(visit: Visit) -> Response:
    """The last run of the draft, as far as it has come."""
    draft = _draft(visit)
    last = gate.latest_run(visit.session, draft)
    title = gate.title_of(visit.session, draft)
    return visit.page(
        "gate/gate.html",
        draft=draft,
        title=title,
        run=last,
        result=last.result if last else None,
        closed=gate.why_closed(visit.session, draft, last),
        unsettled=gate.unsettled(last) if last else [],
        titles=titles_of(visit.session, _named_in(last)),
        longest=gate.LONGEST_REASON,
    )


def run(visit: Visit) -> Response:
    """Ask for a run; the action server carries it out."""
    draft = _draft(visit)
    gate.ask_for_run(visit.session, draft, visit.member, visit.now)
    return visit.done(f"/console/drafts/{draft.id}/gate")


def accept(visit: Visit) -> Response:
    """Let one newly wrong question pass."""
    draft = _draft(visit)
    last = gate.latest_run(visit.session, draft)
    closed = gate.why_closed(visit.session, draft, last)
    if last is None or closed not in (None, Closed.NEWLY_WRONG):
        raise Refused(visit.gettext("Hasil uji ini tidak berlaku lagi. Jalankan uji lagi."))
    because = visit.form.get("because", "")
    if not because.strip():
        raise Refused(visit.gettext("Tulis alasannya dulu."), 422)
    question = visit.form.get("question", "")
    number = int(question) if question.isascii() and question.isdigit() else 0
    try:
        if number > LARGEST_ID:
            raise gate.NotAcceptable
        gate.accept(visit.session, last, number, because, visit.member, visit.now)
    except gate.NotAcceptable as error:
        sentence = visit.gettext("Pertanyaan ini sudah diterima, atau tidak menjadi salah.")
        raise Refused(sentence) from error
    return visit.done(f"/console/drafts/{draft.id}/gate")


def _draft(visit: Visit) -> ArticleDraft:
    statement = select(ArticleDraft).where(ArticleDraft.id == visit.number_in_path("id"))
    draft = visit.session.scalars(statement).one_or_none()
    if draft is None:
        raise Missing
    return draft


def _named_in(last: GateRun | None) -> set[str]:
    """The articles that a result speaks of."""
    if last is None or last.result is None:
        return set()
    told = [one for name in ("newly_wrong", "newly_right", "changed") for one in last.result[name]]
    reached = [one[when]["articles"] for one in told for when in ("before", "after")]
    return {article for articles in reached for article in articles} | {
        one["wanted"] for one in told if one["wanted"]
    }
