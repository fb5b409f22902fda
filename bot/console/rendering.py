"""The templates: one environment a language, everything escaped."""

from __future__ import annotations

import hashlib
import json
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from bot.console import labels, measures, times
from bot.console.language import Words, words_in
from bot.console.removed import removed
from bot.formatting import chat_html

HERE = Path(__file__).parent


def render(template: str, words: Words, **values: object) -> str:
    """The template, named as `screen/file`, in the language of `words`."""
    return _environment(words.code).get_template(template).render(**values)


@cache
def _environment(code: str) -> Environment:
    words = words_in(code)
    folders = sorted(HERE.glob("*/templates"))
    environment = Environment(
        loader=PrefixLoader({f.parent.name: FileSystemLoader(f) for f in folders}),
        autoescape=True,
        auto_reload=False,  # a process has the templates that it started with
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "language": code,
        "static": static,
        "script_words": json.dumps(_script_words(words)),
    }
    environment.filters |= {
        "chat": chat_html,
        "clock_time": partial(times.clock_time, words=words),
        "date_name": partial(times.date_name, words=words),
        "date_short": partial(times.date_short, words=words),
        "day_name": partial(times.day_name, words=words),
        "exact": partial(times.exact, words=words),
        "label": partial(labels.label, words=words),
        "masked": labels.masked,
        "media_fault": partial(labels.media_fault, words=words),
        "month_name": partial(times.month_name, words=words),
        "number": partial(labels.number, words=words),
        "removed": partial(removed, words=words),
        "topic": partial(labels.topic, words=words),
        "percent": partial(measures.percent, words=words),
        "size": partial(measures.size, words=words),
        "decimal": partial(measures.decimal, words=words),
        "length_of_time": partial(measures.length, words=words),
    }
    environment.globals |= {
        "distance": partial(times.distance, words=words),
        "time_left": partial(times.time_left, words=words),
        "day_heading": partial(times.day_heading, words=words),
        "zone_name": times.zone_name,
        "direction": measures.direction,
    }
    return environment


def _script_words(words: Words) -> dict[str, str]:
    return {key: words.gettext(text) for key, text in {**times.SPOKEN, **labels.SCRIPT}.items()}


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with the file."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/console/static/{name}?v={digest}"
