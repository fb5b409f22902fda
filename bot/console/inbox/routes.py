"""The inbox: what waits, grouping the questions anew, and the two kinds of things in it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import EDITORS, READERS
from bot.console.handling import Visit, screen, step
from bot.console.inbox.groups import group_routes
from bot.console.inbox.marks import mark_routes
from bot.console.inbox.words import kind_words
from bot.faq import loop, marks
from bot.faq.marked import marked_all
from bot.faq.work import LONGEST_STEP_MINUTES, TAKING_MINUTES
from bot.models import VerdictKind

MOST_MARKS = 50  # those that wait longest
MOST_GROUPS = 50
MOST_DECIDED = 100
INBOX = "/console/inbox"


def inbox_routes() -> list[BaseRoute]:
    return [
        Route("/inbox", screen(show_inbox, *READERS), methods=["GET"]),
        Route("/inbox/group-anew", step(group_anew, *EDITORS), methods=["POST"]),
        Route("/inbox/decided", screen(show_decided, *READERS), methods=["GET"]),
        *mark_routes(),
        *group_routes(),
    ]


def show_inbox(visit: Visit) -> Response:
    waiting = visit.session.scalars(marks.open_marks().limit(MOST_MARKS)).all()
    groups = visit.session.scalars(loop.open_groups().limit(MOST_GROUPS)).all()
    return visit.page(
        "inbox/inbox.html",
        marks=list(zip(waiting, marked_all(visit.session, waiting), strict=True)),
        marks_total=marks.how_many_open(visit.session),
        groups=groups,
        total=loop.how_many_open(visit.session),
        grouping=loop.last_grouping(visit.session),
        edits=visit.member.role in EDITORS,
        longest=LONGEST_STEP_MINUTES,
        taking=TAKING_MINUTES,
        kind_words=partial(kind_words, words=visit.words),
        seconds=lambda n: timedelta(seconds=n),
    )


def show_decided(visit: Visit) -> Response:
    """Groups that have a draft, and those that were dismissed."""
    drafted, dismissed = (
        visit.session.scalars(loop.decided_groups(kind).limit(MOST_DECIDED)).all()
        for kind in (VerdictKind.DRAFTED, VerdictKind.DISMISSED)
    )
    return visit.page("inbox/decided.html", drafted=drafted, dismissed=dismissed)


def group_anew(visit: Visit) -> Response:
    loop.want_grouping(visit.session, visit.now)
    return visit.done(INBOX)
