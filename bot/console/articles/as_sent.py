"""An answer as the messages that the applicant gets: its words, then its PDFs."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from bot.console.handling import Visit
from bot.console.rendering import render
from bot.faq.attachments import named
from bot.formatting import chat_html
from bot.splitting import split_text


def messages(visit: Visit, text: str, attached: Mapping[str, str]) -> list[Markup]:
    """What each message shows. `attached` has the sums of the PDFs by their names."""
    words = [chat_html(part) for part in split_text(text)]
    files = named(visit.session, attached)
    return words + [_document(visit, file=one) for one in files]


def _document(visit: Visit, **values: object) -> Markup:
    return Markup(render("articles/document.html", visit.words, **values))
