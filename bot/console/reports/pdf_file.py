"""A block as a printable PDF: landscape A4, its headings on every page."""

from __future__ import annotations

from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from bot.console.language import Words
from bot.console.reports.blocks import Block, Kind
from bot.console.reports.cells import heading, plain
from bot.console.times import exact

MOST = 1_000  # rows: more is a stack of paper that nobody reads
LONGEST = 400  # characters of a cell; the spreadsheet has the whole text
_TEXT, _SMALL = 7, 6
_WIDTHS = {Kind.TEXT: 3, Kind.MOMENT: 2, Kind.DAY: 2}


class _Paper(FPDF):
    """Pages with what they are and their number at the foot."""

    def __init__(self, foot: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._foot = foot

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("helvetica", size=_SMALL)
        self.cell(0, 5, f"{self._foot}  ·  {self.page_no()}/{{nb}}", align="R")


def as_pdf(block: Block, subtitle: str, now: datetime, words: Words) -> bytes:
    """The block's table with its title, what it covers, and when it was printed."""
    printed = words.gettext("Dicetak {when}").format(when=exact(now, words))
    paper = _Paper(_printable(f"Maraga Care  ·  {printed}"))
    paper.set_title(_printable(block.title))
    paper.set_margins(10, 10)
    paper.set_auto_page_break(True, margin=14)
    paper.add_page()
    paper.set_font("helvetica", "B", 13)
    paper.cell(0, 7, _printable(block.title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font("helvetica", size=9)
    paper.cell(0, 6, _printable(subtitle), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(2)
    _table(paper, block, words)
    return bytes(paper.output())


def _table(paper: FPDF, block: Block, words: Words) -> None:
    paper.set_font("helvetica", size=_TEXT)
    with paper.table(
        col_widths=tuple(_WIDTHS.get(column.kind, 1) for column in block.columns),
        headings_style=FontFace(emphasis="BOLD", fill_color=(230, 236, 234)),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        line_height=3.2,
        padding=0.8,
        text_align="LEFT",
        v_align="TOP",
    ) as table:
        table.row([_printable(heading(column, words)) for column in block.columns])
        for row in block.rows:
            cells = zip(row, block.columns, strict=True)
            table.row([_cell(value, column.kind) for value, column in cells])


def _cell(value: object, kind: Kind) -> str:
    found = plain(value, kind)
    if found is None:
        return ""
    text = found.strftime("%Y-%m-%d %H:%M") if isinstance(found, datetime) else str(found)
    return _printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _printable(text: str) -> str:
    """The text in the letters that every PDF reader has; what is not among them becomes `?`."""
    known = text.translate(_ALIKE)
    return known.encode("latin-1", "replace").decode("latin-1")


_ALIKE = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "*"}
)
