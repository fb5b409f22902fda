"""The reports by name: how each is called, and what makes its blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.language import N_, Words
from bot.console.reports.blocks import Block
from bot.console.reports.bot_answers import bot_blocks
from bot.console.reports.breaches import breach_blocks
from bot.console.reports.promise import promise_blocks
from bot.console.reports.ratings import rating_blocks
from bot.console.reports.register import register_blocks
from bot.console.reports.sections import section_blocks
from bot.console.reports.tiers import tier_blocks
from bot.console.reports.volume import volume_blocks
from bot.figures.period import Period

Build = Callable[[Session, Period, datetime, Words], list[Block]]


@dataclass(frozen=True)
class Part:
    title: str
    build: Build


PARTS: Mapping[str, Part] = {
    "promise": Part(N_("Janji"), promise_blocks),
    "tiers": Part(N_("Jalur"), tier_blocks),
    "volume": Part(N_("Volume"), volume_blocks),
    "sections": Part(N_("Seksi"), section_blocks),
    "bot": Part(N_("Bot"), bot_blocks),
    "ratings": Part(N_("Penilaian"), rating_blocks),
    "breaches": Part(N_("Pelanggaran"), breach_blocks),
    "register": Part(N_("Register FLI"), register_blocks),
}
