"""What was taken out of people's words, shown as taken out."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.console.language import N_, Words
from bot.faq.personal import ADDRESS, MAIL, NAME, NUMBER, REMOVED

_SAID = {
    NUMBER: N_("nomor dihapus"),
    MAIL: N_("surel dihapus"),
    NAME: N_("nama dihapus"),
    ADDRESS: N_("alamat dihapus"),
}


def removed(text: str, words: Words) -> Markup:
    """The text with its marks (`bot.faq.personal`) set apart from what was written."""
    mark = Markup('<span class="removed">{}</span>')
    pieces, at = [], 0
    for found in REMOVED.finditer(text):
        pieces += [
            escape(text[at : found.start()]),
            mark.format(words.gettext(_SAID[found.group()])),
        ]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])
