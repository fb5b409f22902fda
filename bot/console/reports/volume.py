"""The report on volume: when people ask, and what about."""

from __future__ import annotations

from datetime import datetime

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from bot.console import labels
from bot.console.language import Words
from bot.console.reports.blocks import Block, Column, Kind
from bot.console.reports.charts import columns, heatmap
from bot.console.times import zone_name
from bot.figures.period import Period
from bot.figures.volume import Volume, reasons, topics, volume

HOURS = range(24)
WEEKDAYS = range(7)


def volume_blocks(session: Session, period: Period, now: datetime, words: Words) -> list[Block]:
    """The volume's report."""
    asked = volume(session, period)
    return [
        _by_hour(asked, zone_name(now), words),
        _by_weekday(asked, words),
        _week(asked, words),
        _topics(session, period, words),
        _reasons(session, period, words),
    ]


def _by_hour(asked: Volume, zone: str, words: Words) -> Block:
    _ = words.gettext
    labels = [_hour(hour, words) for hour in HOURS]
    stacks = asked.by_hour()
    return Block(
        "hours",
        _("Pertanyaan menurut jam"),
        _split_columns(_("Pukul"), words),
        [(name, *stack, sum(stack)) for name, stack in zip(labels, stacks, strict=True)],
        chart=columns(
            [f"{hour:02d}" for hour in HOURS],
            stacks,
            _legend(words),
            _("Pertanyaan menurut jam, {zone}.").format(zone=zone),
        ),
    )


def _by_weekday(asked: Volume, words: Words) -> Block:
    _ = words.gettext
    labels = _day_names(words)
    stacks = asked.by_weekday()
    return Block(
        "weekdays",
        _("Pertanyaan menurut hari"),
        _split_columns(_("Hari"), words),
        [(name, *stack, sum(stack)) for name, stack in zip(labels, stacks, strict=True)],
        chart=columns(labels, stacks, _legend(words), _("Pertanyaan menurut hari dalam pekan.")),
    )


def _week(asked: Volume, words: Words) -> Block:
    _ = words.gettext
    names = _day_names(words)
    values = [[asked.at(day, hour) for hour in HOURS] for day in WEEKDAYS]
    hours = [f"{hour:02d}" for hour in HOURS]
    return Block(
        "week",
        _("Jam sibuk dalam sepekan"),
        (Column(_("Hari")), *(Column(hour, Kind.NUMBER) for hour in hours)),
        [(name, *row) for name, row in zip(names, values, strict=True)],
        chart=heatmap(
            values,
            names,
            hours,
            _("Pertanyaan menurut hari dan jam; makin gelap makin banyak."),
        ),
    )


def _topics(session: Session, period: Period, words: Words) -> Block:
    _ = words.gettext
    return Block(
        "topics",
        _("Topik yang dijawab bot"),
        (
            Column(_("Kelompok topik")),
            Column(_("Jawaban"), Kind.NUMBER),
            Column(_("Ditolak"), Kind.NUMBER),
            Column(_("Bagian ditolak"), Kind.SHARE),
        ),
        [
            (labels.topic(one.group, words), one.answers, one.rejected, one.rejected / one.answers)
            for one in topics(session, period.span)
        ],
    )


def _reasons(session: Session, period: Period, words: Words) -> Block:
    _ = words.gettext
    found = reasons(session, period.span)
    total = sum(count for _, count in found)
    return Block(
        "reasons",
        _("Mengapa petugas diperlukan"),
        (Column(_("Sebab")), Column(_("Tiket"), Kind.NUMBER), Column(_("Bagian"), Kind.SHARE)),
        [(labels.label(reason, words), count, count / total) for reason, count in found],
    )


def _split_columns(first: str, words: Words) -> tuple[Column, ...]:
    bot, desk = _legend(words)
    return (
        Column(first),
        Column(bot, Kind.NUMBER),
        Column(desk, Kind.NUMBER),
        Column(words.gettext("Semua"), Kind.NUMBER),
    )


def _legend(words: Words) -> tuple[str, str]:
    return words.gettext("Dijawab bot"), words.gettext("Untuk petugas")


def _hour(hour: int, words: Words) -> str:
    sign = "." if words.code == "id" else ":"
    return f"{hour:02d}{sign}00–{hour:02d}{sign}59"


def _day_names(words: Words) -> list[str]:
    return [
        name.capitalize() for _, name in sorted(get_day_names("wide", locale=words.code).items())
    ]
