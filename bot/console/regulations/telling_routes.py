"""Who was given answers that rest on a regulation, and telling them after somebody agreed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS, OVERSEERS
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.regulations.routes import LIST, regulation_of
from bot.console.regulations.words import NOT_TOLD, TELLING_FAULTS
from bot.conversation import window_is_open
from bot.desk import telling, templates
from bot.faq.given import Given, given
from bot.models import Regulation, Telling, Template

Result = TypeVar("Result")

SPANS = (7, 30, 90, 365)  # days
USUAL_SPAN = 30
SHOWN = 100
LONGEST_REASON = 500


def telling_routes() -> list[BaseRoute]:
    return [
        Route("/regulations/{id:int}/given", screen(show_given, *EDITORS), methods=["GET"]),
        Route("/regulations/{id:int}/given", step(ask, *EDITORS), methods=["POST"]),
        Route("/tellings/{id:int}/agree", step(agree, *OVERSEERS), methods=["POST"]),
        Route("/tellings/{id:int}/decline", step(decline, *EDITORS), methods=["POST"]),
    ]


def show_given(visit: Visit) -> Response:
    regulation = regulation_of(visit)
    days = _days(visit.request.query_params.get("days", ""))
    people = _given(visit, regulation, days)
    asked_for = telling.asked_for(visit.session, regulation)
    requests = telling.tellings(visit.session, regulation)
    return visit.page(
        "regulations/given.html",
        regulation=regulation,
        days=days,
        spans=SPANS,
        people=people[:SHOWN],
        total=len(people),
        to_tell=len(_to_tell(people) - asked_for),
        asked_for=asked_for,
        is_open=lambda conversation: window_is_open(conversation, visit.now),
        open_windows=sum(window_is_open(one.conversation, visit.now) for one in people),
        tellings=[(one, telling.progress(visit.session, one)) for one in requests],
        templates=[
            (one, list(zip(templates.variables_of(one.body), one.labels, strict=False)))
            for one in visit.session.scalars(templates.in_use())
        ],
        not_told={reason: visit.gettext(words) for reason, words in NOT_TOLD.items()},
        may_agree=visit.member.role in OVERSEERS,
        longest_text=telling.LONGEST_TEXT,
        longest_value=templates.LONGEST_VALUE,
        longest_reason=LONGEST_REASON,
    )


def ask(visit: Visit) -> Response:
    """Ask somebody else to agree to telling everybody on the list."""
    regulation = regulation_of(visit)
    days = _days(visit.form.get("days", ""))
    people = _to_tell(_given(visit, regulation, days))
    said = _wording(visit)
    try:
        _dare(
            visit,
            lambda: telling.ask(visit.session, regulation, people, said, visit.member, visit.now),
        )
    except templates.BadValue as bad:
        sentence = visit.gettext("Isi dulu bagian {n}, satu baris saja.").format(n=bad.number)
        raise Refused(sentence, 422) from bad
    return visit.done(_address(regulation, days))


def agree(visit: Visit) -> Response:
    one = _telling(visit)
    _dare(visit, lambda: telling.agree(visit.session, one.id, visit.member, visit.now))
    return visit.done(_address(one.regulation))


def decline(visit: Visit) -> Response:
    """Somebody who may agree declines, or who asked takes it back."""
    one = _telling(visit)
    if visit.member.role not in OVERSEERS and one.asked_by_id != visit.member.id:
        raise Missing
    because = " ".join(visit.form.get("because", "").replace("\x00", "").split())
    cut = because[:LONGEST_REASON]
    _dare(visit, lambda: telling.decline(visit.session, one.id, cut, visit.member, visit.now))
    return visit.done(_address(one.regulation))


def _given(visit: Visit, regulation: Regulation, days: int) -> list[Given]:
    return given(visit.session, regulation, visit.now - timedelta(days=days))


def _to_tell(people: list[Given]) -> set[int]:
    """The conversations of those who may be written to."""
    return {
        one.conversation.id
        for one in people
        if one.conversation.person.blocked_at is None
        and one.conversation.person.opted_out_at is None
    }


def _wording(visit: Visit) -> telling.Wording:
    text = visit.form.get("text", "").replace("\r\n", "\n").replace("\x00", "")
    chosen = visit.form.get("template", "")
    if not chosen:
        return telling.Wording(text)
    template = visit.session.scalars(
        templates.in_use().where(Template.id == (int(chosen) if chosen.isdecimal() else 0))
    ).one_or_none()
    if template is None:
        raise Refused(visit.gettext("Templat ini tidak dipakai lagi. Pilih yang lain."), 422)
    fields = {
        n: visit.form.get(f"v{template.id}-{n}", "") for n in templates.variables_of(template.body)
    }
    return telling.Wording(text, template, fields)


def _telling(visit: Visit) -> Telling:
    found = visit.session.get(Telling, visit.number_in_path("id"))
    if found is None:
        raise Missing
    return found


def _days(text: str) -> int:
    return int(text) if text in {str(span) for span in SPANS} else USUAL_SPAN


def _address(regulation: Regulation, days: int = USUAL_SPAN) -> str:
    return f"{LIST}/{regulation.id}/given?days={days}#tellings"


def _dare(visit: Visit, do: Callable[[], Result]) -> Result:
    """Make the change; raises Refused with the reason in the person's language."""
    try:
        return do()
    except telling.CannotTell as error:
        raise Refused(visit.gettext(TELLING_FAULTS[error.fault])) from error
