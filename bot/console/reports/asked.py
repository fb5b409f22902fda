"""The period that a report's address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from bot.console.handling import Visit
from bot.console.language import N_
from bot.figures.period import LONGEST, PERIODS, Period, named_period
from bot.settings import settings

NAMES = {
    "today": N_("Hari ini"),
    "this_week": N_("Pekan ini"),
    "last_week": N_("Pekan lalu"),
    "this_month": N_("Bulan ini"),
    "last_month": N_("Bulan lalu"),
    "this_year": N_("Tahun ini"),
}
USUAL = "this_month"


@dataclass(frozen=True)
class Asked:
    """The period, its name if it has one, and why another than the asked one is shown."""

    period: Period
    name: str
    fault: str

    @property
    def query(self) -> str:
        """What addresses of the same period carry."""
        if self.name:
            return urlencode({"period": self.name})
        return urlencode({"from": self.period.first, "to": self.period.last})


def asked_period(visit: Visit) -> Asked:
    """The period by its name or by its first and last day; else this month, and why."""
    zone = settings().office_zone
    today = visit.now.astimezone(zone).date()
    given = visit.request.query_params
    usual = named_period(USUAL, today, zone)
    assert usual is not None
    if "from" in given or "to" in given:
        first, last = _day(given.get("from", "")), _day(given.get("to", ""))
        fault = _fault(visit, first, last)
        if fault or first is None or last is None:
            return Asked(usual, USUAL, fault)
        return Asked(Period(first, last, zone), "", "")
    name = given.get("period", USUAL)
    period = named_period(name, today, zone)
    return Asked(period, name, "") if period else Asked(usual, USUAL, "")


def names(visit: Visit) -> list[tuple[str, str]]:
    """The periods that have a name, and what they are called."""
    return [(name, visit.gettext(NAMES[name])) for name in PERIODS]


def _fault(visit: Visit, first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return visit.gettext("Isi tanggal awal dan tanggal akhir. Yang tampil adalah bulan ini.")
    if first > last:
        return visit.gettext(
            "Tanggal awal harus sebelum tanggal akhir. Yang tampil adalah bulan ini."
        )
    if (last - first).days >= LONGEST:
        return visit.gettext(
            "Periode paling lama satu tahun ({days} hari). Yang tampil adalah bulan ini."
        ).format(days=LONGEST)
    return ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
