"""The board: how the promise stands now, today, and beside the same weekday a week ago."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.console.access import OVERSEERS
from bot.console.deadline import deadline_of
from bot.console.handling import Visit, screen
from bot.figures.bot_answers import BotShare, bot_share
from bot.figures.breaches import count_breaches
from bot.figures.current import desk_now, next_due, officers
from bot.figures.period import Span, same_weekday_before, today_so_far
from bot.figures.promises import Promises, promises
from bot.figures.sections import sections_today
from bot.models import ClockKind
from bot.settings import settings


@dataclass(frozen=True)
class Day:
    """What the board compares between today and the same weekday before."""

    promises: Promises
    breached: int
    bot: BotShare


def board_routes() -> list[BaseRoute]:
    return [Route("/board", screen(show_board, *OVERSEERS), methods=["GET"])]


def show_board(visit: Visit) -> Response:
    today = today_so_far(visit.now, settings().office_zone)
    before = same_weekday_before(today)
    return visit.page(
        "board/board.html",
        desk=desk_now(visit.session, visit.now),
        today=_day(visit, today),
        before=_day(visit, before),
        before_at=before.end,
        next_due=[(clock.ticket, deadline_of(clock)) for clock in next_due(visit.session)],
        officers=officers(visit.session, today, visit.now),
        sections=sections_today(visit.session, today, visit.now),
    )


def _day(visit: Visit, span: Span) -> Day:
    return Day(
        promises(visit.session, span, visit.now),
        count_breaches(visit.session, span, ClockKind.PROMISE),
        bot_share(visit.session, span),
    )
