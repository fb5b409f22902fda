"""A block as a printable PDF: landscape A4, its headings on every page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot.console.language import Words
from bot.console.reports.blocks import Block, Kind
from bot.console.reports.cells import heading, plain
from bot.console.times import exact

MOST = 1_000  # rows: more is a stack of paper that nobody reads
LONGEST = 400  # characters of a cell; the spreadsheet has the whole text
# In millimetres, type in points.
_MARGIN, _FOOT, _GAP, _LINE = 10, 14, 1.6, 3.1
_TEXT, _SMALL = 7, 6
_LONGEST_WORD, _WIDEST = 16, 40  # characters that make a column wider

Measure = Callable[[str], float]


class _Paper(FPDF):
    """Pages with what they are and their number at the foot."""

    def __init__(self, foot: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._foot = foot
        self.set_margins(_MARGIN, _MARGIN)
        self.c_margin = 0  # title and foot begin and end where the table does
        self.set_auto_page_break(False)

    def footer(self) -> None:
        self.set_y(-_FOOT + 2)
        self.set_font("helvetica", size=_SMALL)
        self.cell(0, 5, f"{self._foot}  ·  {self.page_no()}/{{nb}}", align="R")


def as_pdf(block: Block, subtitle: str, now: datetime, words: Words) -> bytes:
    """The block's table with its title, what it covers, and when it was printed."""
    printed = words.gettext("Dicetak {when}").format(when=exact(now, words))
    paper = _Paper(_printable(f"Maraga Care  ·  {printed}"))
    paper.set_title(_printable(block.title))
    paper.add_page()
    paper.set_font("helvetica", "B", 13)
    paper.cell(0, 7, _printable(block.title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font("helvetica", size=9)
    paper.cell(0, 6, _printable(subtitle), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _table(paper, block, [_printable(heading(one, words, now)) for one in block.columns])
    if not block.rows:
        paper.set_font("helvetica", size=9)
        paper.cell(0, 10, _printable(words.gettext("Tidak ada data pada periode ini.")))
    return bytes(paper.output())


def wrapped(text: str, width: float, measure: Measure) -> list[str]:
    """The text in lines no longer than `width`; a word that is longer is cut."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while measure(word) > width:
            fits = next(
                n for n in range(len(word) - 1, 0, -1) if n == 1 or measure(word[:n]) <= width
            )
            lines.append(word[:fits])
            word = word[fits:]
        line = word
    return [*lines, line] if line else lines


def shared(width: float, columns: Sequence[Sequence[str]], measure: Measure) -> list[float]:
    """The width among columns of these texts.

    Each has room for its longest word, and has the more of what is left the longer its texts are,
    both within reason.
    """
    most = measure("n" * _LONGEST_WORD)
    words = [max((measure(w) for text in one for w in text.split()), default=0) for one in columns]
    least = [min(most, word) + _GAP for word in words]
    wanted = [_GAP + max(measure(text[:_WIDEST]) for text in one) for one in columns]
    spare = max(0, width - sum(least))
    widths = [a + spare * b / sum(wanted) for a, b in zip(least, wanted, strict=True)]
    return [one * width / sum(widths) for one in widths]


def _table(paper: _Paper, block: Block, titles: Sequence[str]) -> None:
    rows = [
        [_text(value, column.kind) for value, column in zip(row, block.columns, strict=True)]
        for row in block.rows
    ]
    paper.set_font("helvetica", "B", _TEXT)
    columns = list(zip(titles, *rows, strict=True))
    widths = shared(paper.epw, columns, cache(paper.get_string_width))
    _line(paper, titles, widths, "B")
    for row in rows:
        if not _line(paper, row, widths):
            paper.add_page()
            _line(paper, titles, widths, "B")
            _line(paper, row, widths)


def _line(paper: _Paper, texts: Sequence[str], widths: Sequence[float], style: str = "") -> bool:
    """Print a row below the last one; False, and nothing printed, if the page is full."""
    paper.set_font("helvetica", style, _TEXT)
    measure = cache(paper.get_string_width)
    cells = [
        wrapped(text, width - _GAP, measure) for text, width in zip(texts, widths, strict=True)
    ]
    height = max(map(len, cells), default=1) * _LINE + _GAP
    if paper.get_y() + height > paper.h - _FOOT:
        return False
    x, y = paper.l_margin, paper.get_y()
    for lines, width in zip(cells, widths, strict=True):
        for number, line in enumerate(lines, start=1):
            paper.text(x, y + number * _LINE, line)
        x += width
    paper.set_draw_color(190)
    paper.line(paper.l_margin, y + height, paper.w - paper.r_margin, y + height)
    paper.set_y(y + height)
    return True


def _text(value: object, kind: Kind) -> str:
    found = plain(value, kind)
    if found is None:
        return ""
    text = found.strftime("%Y-%m-%d %H:%M") if isinstance(found, datetime) else str(found)
    return _printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


def _printable(text: str) -> str:
    """The text in the letters that every PDF reader has; what is not among them becomes `?`."""
    return text.translate(_ALIKE).encode("latin-1", "replace").decode("latin-1")


_ALIKE = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "*"}
)
