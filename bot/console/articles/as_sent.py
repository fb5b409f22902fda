"""Answers as the messages that the applicant gets: all words, then the PDFs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from bot.console.handling import Visit
from bot.console.rendering import render
from bot.faq.attachments import Named, named
from bot.formatting import chat_html
from bot.splitting import split_text

# A text with the sums of its PDFs by their names.
Answer = tuple[str, Mapping[str, str]]


def messages(visit: Visit, answers: Iterable[Answer]) -> list[Markup]:
    """What each message shows. A PDF that several of the answers bring comes once."""
    words: list[Markup] = []
    files: dict[Named, None] = {}
    for text, attached in answers:
        words += [chat_html(part) for part in split_text(text)]
        files |= dict.fromkeys(named(visit.session, attached))
    return words + [_document(visit, file=one) for one in files]


def _document(visit: Visit, **values: object) -> Markup:
    return Markup(render("articles/document.html", visit.words, **values))
