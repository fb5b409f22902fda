"""The register: a list with search, and one regulation with the articles that rest on it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS, READERS
from bot.console.handling import Missing, Refused, Visit, screen, step
from bot.console.regulations.words import MARK_FAULTS, STATES, change_words, state_words
from bot.console.times import local
from bot.desk import telling
from bot.faq import register, regulations
from bot.faq.citations import citations
from bot.models import Regulation, RegulationState

LIST = "/console/regulations"
SHOWN = 300
HIERARCHY = ("UU", "Perppu", "PP", "Perpres", "Keppres", "Inpres", "PMK", "KMK")
GOVERNMENT = re.compile(r"https://([\w-]+\.)+go\.id(/\S*)?", re.IGNORECASE)


def regulation_routes() -> list[BaseRoute]:
    return [
        Route("/regulations", screen(show_register, *READERS), methods=["GET"]),
        Route("/regulations/{id:int}", screen(show_regulation, *READERS), methods=["GET"]),
        Route("/regulations/{id:int}/about", step(describe, *EDITORS), methods=["POST"]),
        Route("/regulations/{id:int}/mark", step(mark, *EDITORS), methods=["POST"]),
        Route("/regulations/{id:int}/right", step(find_right, *EDITORS), methods=["POST"]),
    ]


def show_register(visit: Visit) -> Response:
    articles = register.citing_articles(visit.session)
    register.fill(visit.session, articles)
    cited = Counter(citation for article in articles for citation in article.cites)
    query = visit.request.query_params.get("q", "")[:100].replace("\x00", "").strip()
    state = visit.request.query_params.get("state", "")
    wanted = RegulationState(state) if state in set(RegulationState) else None
    found = sorted(visit.session.scalars(_matching(query)), key=_rank)
    counts = Counter(one.state for one in found)
    shown = [one for one in found if wanted in (None, one.state)]
    may_edit = visit.member.role in EDITORS
    return visit.page(
        "regulations/list.html",
        regulations=shown[:SHOWN],
        more=max(0, len(shown) - SHOWN),
        resting={one.id: cited[register.citation_of(one)] for one in shown},
        flags=sorted(regulations.flags(visit.session).values(), key=lambda flag: flag.title),
        waiting=telling.waiting(visit.session) if may_edit else [],
        query=query,
        chosen=wanted,
        total=len(found),
        counts=counts,
        states={state: visit.gettext(name) for state, name in STATES.items()},
        **state_wording(visit),
    )


def show_regulation(visit: Visit) -> Response:
    regulation = regulation_of(visit)
    resting = register.resting_on(visit.session, regulation)
    published = {article.article_id for article in resting}
    suspended = regulations.suspended_by(visit.session, regulation)
    return visit.page(
        "regulations/one.html",
        regulation=regulation,
        resting=resting,
        withdrawn=[one for one in suspended if one.article_id not in published],
        affected={one.article_id for one in register.affected(visit.session, regulation)},
        effects=regulations.effects_of(visit.session, regulation),
        states={state: visit.gettext(name) for state, name in STATES.items()},
        names=visit.session.scalars(select(Regulation.name).order_by(Regulation.name)).all(),
        may_edit=visit.member.role in EDITORS,
        longest_about=register.LONGEST_ABOUT,
        longest_link=register.LONGEST_LINK,
        longest_note=regulations.LONGEST_NOTE,
        **state_wording(visit),
    )


def describe(visit: Visit) -> Response:
    regulation = regulation_of(visit)
    about = _line(visit, "about", register.LONGEST_ABOUT)
    link = _line(visit, "link", register.LONGEST_LINK)
    if link and not GOVERNMENT.fullmatch(link):
        sentence = visit.gettext("Tautan resmi berawalan https:// dan alamatnya berakhir .go.id.")
        raise Refused(sentence, 422)
    register.describe(visit.session, regulation, about, link, visit.member, visit.now)
    return visit.done(f"{LIST}/{regulation.id}")


def mark(visit: Visit) -> Response:
    regulation = regulation_of(visit)
    wanted = _mark_in(visit)
    prefix = "suspend-"
    suspend = {name.removeprefix(prefix) for name in visit.form if name.startswith(prefix)}
    try:
        regulations.mark(visit.session, regulation, wanted, suspend, visit.member, visit.now)
    except regulations.BadMark as bad:
        raise Refused(visit.gettext(MARK_FAULTS[bad.fault]), 422) from bad
    return visit.done(f"{LIST}/{regulation.id}")


def find_right(visit: Visit) -> Response:
    """Somebody looked at a flagged article, and it is still right."""
    regulation = regulation_of(visit)
    article_id = visit.form.get("article", "")
    regulations.find_still_right(visit.session, regulation, article_id, visit.member, visit.now)
    return visit.done(f"{LIST}/{regulation.id}")


def regulation_of(visit: Visit) -> Regulation:
    """The regulation of the address."""
    found = visit.session.get(Regulation, visit.number_in_path("id"))
    if found is None:
        raise Missing
    return found


def _matching(query: str) -> Select[Regulation]:
    found = select(Regulation).options(joinedload(Regulation.other))
    if named := citations(query):  # written in whichever way, it is the same regulation
        return found.where(register.is_one_of(named))
    for word in query.split():
        in_name = Regulation.name.icontains(word, autoescape=True)
        found = found.where(in_name | Regulation.about.icontains(word, autoescape=True))
    return found


def _rank(regulation: Regulation) -> tuple[int, str, int, int]:
    """The higher law first, of one kind the newest."""
    kind = regulation.kind
    place = HIERARCHY.index(kind) if kind in HIERARCHY else len(HIERARCHY)
    return place, kind, -regulation.year, -regulation.number


def _mark_in(visit: Visit) -> regulations.Mark:
    asked = visit.form.get("state", "")
    if asked not in set(RegulationState):
        raise Refused(visit.gettext("Pilih keadaannya."), 422)
    state, note = RegulationState(asked), _line(visit, "note", regulations.LONGEST_NOTE)
    if state is RegulationState.IN_FORCE:
        return regulations.Mark(state, note=note)
    written = _line(visit, "other", register.LONGEST_ABOUT)
    other = register.named(visit.session, written) if written else None
    if written and other is None:
        sentence = visit.gettext("Tulis satu peraturan lain seperti dikutip, misalnya PMK 4/2025.")
        raise Refused(sentence, 422)
    return regulations.Mark(state, _since_in(visit), other, note)


def _since_in(visit: Visit) -> date | None:
    written = visit.form.get("since", "")
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Refused(visit.gettext("Tulis tanggalnya seperti 2027-01-31."), 422) from error


def _line(visit: Visit, name: str, longest: int) -> str:
    """A text of the form in one line."""
    text = " ".join(visit.form.get(name, "").replace("\x00", "").split())
    if len(text) > longest:
        sentence = visit.gettext("Teks ini lebih panjang dari {n} huruf. Persingkat dulu.")
        raise Refused(sentence.format(n=longest), 422)
    return text


def state_wording(visit: Visit) -> dict[str, object]:
    """What a page needs to say the states of regulations."""
    today = local(visit.now).date()
    return {
        "state_words": partial(state_words, today=today, words=visit.words),
        "change_words": partial(change_words, today=today, words=visit.words),
    }
