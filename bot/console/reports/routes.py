"""The reports' pages and files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console.access import OVERSEERS
from bot.console.deadline import explained
from bot.console.handling import LARGEST_ID, Missing, Refused, Visit, screen
from bot.console.reports.asked import Asked, asked_period, names
from bot.console.reports.blocks import Block
from bot.console.reports.breaches import whose
from bot.console.reports.cells import shown
from bot.console.reports.csv_file import as_csv
from bot.console.reports.parts import PARTS
from bot.console.reports.pdf_file import MOST as MOST_PRINTED
from bot.console.reports.pdf_file import as_pdf
from bot.console.reports.register import register_block
from bot.console.reports.xlsx_file import as_xlsx
from bot.console.times import date_short
from bot.figures.breaches import PAGE, breaches, count_breaches
from bot.figures.register import MOST as MOST_CASES
from bot.figures.register import count_cases

FIRST = "promise"
PREVIEW = 20  # cases on the register's page
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def reports_routes() -> list[BaseRoute]:
    addresses: list[tuple[str, Callable[[Visit], Response]]] = [
        ("/reports", show_first),
        ("/reports/breaches", show_breaches),
        ("/reports/register", show_register),
        ("/reports/{part}", show_part),
        ("/reports/{part}/workbook.xlsx", send_workbook),
        ("/reports/register/register.pdf", send_register_pdf),
        ("/reports/{part}/{block}.csv", send_csv),
    ]
    return [Route(path, screen(show, *OVERSEERS), methods=["GET"]) for path, show in addresses]


def show_first(_: Visit) -> Response:
    return RedirectResponse(f"/console/reports/{FIRST}", 303)


def show_part(visit: Visit) -> Response:
    asked = asked_period(visit)
    return _page(visit, "reports/report.html", asked, blocks=_blocks(visit, asked))


def show_breaches(visit: Visit) -> Response:
    asked = asked_period(visit)
    found = breaches(
        visit.session, asked.period.span, before=_number(visit, "before"), limit=PAGE + 1
    )
    return _page(
        visit,
        "reports/breaches.html",
        asked,
        total=count_breaches(visit.session, asked.period.span),
        breaches=[
            (one, whose(one, visit.words), explained(one.clock.explanation, visit.words))
            for one in found[:PAGE]
        ],
        further=found[PAGE - 1].clock.id if len(found) > PAGE else None,
    )


def show_register(visit: Visit) -> Response:
    asked = asked_period(visit)
    return _page(
        visit,
        "reports/register.html",
        asked,
        total=count_cases(visit.session, asked.period.span),
        block=register_block(visit.session, asked.period, visit.words, PREVIEW),
        most=MOST_CASES,
        most_printed=MOST_PRINTED,
    )


def send_workbook(visit: Visit) -> Response:
    """Every table of a report, one a sheet."""
    asked = asked_period(visit)
    _refuse_too_many(visit, asked, MOST_CASES)
    return _file(
        as_xlsx(_blocks(visit, asked), visit.words, visit.now),
        XLSX,
        f"{_part(visit)}-{_days(asked)}.xlsx",
    )


def send_csv(visit: Visit) -> Response:
    asked = asked_period(visit)
    _refuse_too_many(visit, asked, MOST_CASES)
    wanted = visit.request.path_params["block"]
    found = next((block for block in _blocks(visit, asked) if block.name == wanted), None)
    if found is None:
        raise Missing
    return _file(
        as_csv(found, visit.words, visit.now),
        "text/csv; charset=utf-8",
        f"{wanted}-{_days(asked)}.csv",
    )


def send_register_pdf(visit: Visit) -> Response:
    asked = asked_period(visit)
    _refuse_too_many(visit, asked, MOST_PRINTED, "register")
    block = register_block(visit.session, asked.period, visit.words)
    first, last = asked.period.first, asked.period.last
    days = " – ".join(date_short(one, visit.words) for one in sorted({first, last}))
    printed = as_pdf(block, days, visit.now, visit.words)
    return _file(printed, "application/pdf", f"register-{_days(asked)}.pdf")


def _page(visit: Visit, template: str, asked: Asked, **values: object) -> Response:
    return visit.page(
        template,
        parts=[(name, visit.gettext(part.title)) for name, part in PARTS.items()],
        part=visit.request.url.path.rsplit("/", 1)[-1],
        asked=asked,
        periods=names(visit),
        cell=partial(shown, words=visit.words),
        **values,
    )


def _blocks(visit: Visit, asked: Asked) -> list[Block]:
    build = PARTS[_part(visit)].build
    return build(visit.session, asked.period, visit.now, visit.words)


def _part(visit: Visit) -> str:
    """The report of the address."""
    name: str = visit.request.path_params["part"]
    if name not in PARTS:
        raise Missing
    return name


def _refuse_too_many(visit: Visit, asked: Asked, most: int, part: str = "") -> None:
    if (part or _part(visit)) != "register":
        return
    if count_cases(visit.session, asked.period.span) > most:
        raise Refused(
            visit.gettext(
                "Register ini lebih dari {most} kasus. Pilih periode yang lebih pendek."
            ).format(most=most),
            422,
        )


def _number(visit: Visit, name: str) -> int | None:
    given = visit.request.query_params.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) < 20
    return int(given) if is_number and int(given) <= LARGEST_ID else None


def _days(asked: Asked) -> str:
    return f"{asked.period.first.isoformat()}-{asked.period.last.isoformat()}"


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="maraga-{name}"'}
    return Response(content, media_type=kind, headers=headers)
