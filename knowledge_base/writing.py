"""Articles as the text of their files, by one rule: reading and writing again keeps every byte."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

from knowledge_base.articles import (
    ANSWER,
    ENGLISH,
    WAYS,
    YAML_LOADER,
    ArticleFault,
    ArticleFile,
    check_keys,
    check_values,
)

# The order of the keys; others follow in the order in which the article has them.
_KEYS = (
    "id",
    "covers",
    "title",
    "group",
    "section",
    "confidence",
    "to_confirm",
    "legal_basis",
    "valid_from",
    "valid_until",
    "review_by",
    "link",
    "sources",
    "handover_data",
    "advice",
    "twin",
    "related",
    "attachments",
)
_TEXTS = ("id", "title", "group", "section", "confidence", "link")
_DAYS = ("valid_from", "valid_until", "review_by")
# Words that YAML reads as they are, so that most texts need not be tried: none of its own values
# begins with a letter and goes on after a blank or "_".
_WORDS = re.compile(r"[^\W\d_][\w,.()/-]*[ _][\w,.()/-]+(?: [\w,.()/-]+)*")


def written(article: ArticleFile) -> str:
    """The article as its file: what it says in fields of its own goes before its front matter.

    Line ends become "\\n", and blanks around answers and ways of asking are left out. Raises
    ArticleFault, naming the article, where reading would make something else of the text.
    """
    front_matter = _front_matter(article)
    keys = [key for key in _KEYS if key in front_matter]
    keys += [key for key in front_matter if key not in _KEYS]
    head = "".join(_entry(key, front_matter[key]) for key in keys)
    return "".join([f"---\n{head}---\n", *_sections(article)])


def as_read(article: ArticleFile, before: ArticleFile | None = None) -> ArticleFile:
    """The article as reading its file would give it, found without a file; it has no `source`.

    What its front matter has from `before`, which was read, isn't checked again. Raises
    ArticleFault where writing or reading would.
    """
    front_matter = _front_matter(article)
    known = before.front_matter.items() if before else ()
    new = {key: value for key, value in front_matter.items() if (key, value) not in known}
    days = {key: getattr(article, key) for key in _DAYS if key in new}
    check_keys(front_matter, article.id)
    check_values(new | days, article.id)
    answer = _body(article, article.answer)
    answer_en = _body(article, article.answer_en or "")
    ways = tuple(_way(article, way) for way in article.ways)
    for heading, said in ((ANSWER, answer), (WAYS, ways)):
        if not said:
            raise ArticleFault(article.id, f"the section '## {heading}' is missing or empty")
    if any("\0" in text for text in (answer, answer_en, *ways)):
        raise ArticleFault(article.id, "holds NUL")
    return replace(
        article,
        answer=answer,
        answer_en=answer_en or None,
        ways=ways,
        front_matter=front_matter,
        source="",
        content_hash="",
    )


def _front_matter(article: ArticleFile) -> dict[str, Any]:
    """What the article says before its sections, days as text, in no order."""
    front_matter = dict(article.front_matter) | _fields(article)
    if article.valid_until is None:
        front_matter.pop("valid_until", None)
    if not article.covers:
        front_matter.pop("covers", None)
    return front_matter


def _fields(article: ArticleFile) -> dict[str, Any]:
    return {
        "id": article.id,
        "covers": list(article.covers),
        "title": article.title,
        "group": article.group,
        "section": article.section,
        "confidence": article.confidence,
        "legal_basis": list(article.legal_basis),
        "valid_from": article.valid_from.isoformat(),
        "valid_until": article.valid_until and article.valid_until.isoformat(),
        "review_by": article.review_by.isoformat(),
    }


def _sections(article: ArticleFile) -> Iterator[str]:
    yield f"\n## {ANSWER}\n\n{_body(article, article.answer)}\n"
    if article.answer_en and article.answer_en.strip():
        yield f"\n## {ENGLISH}\n\n{_body(article, article.answer_en)}\n"
    ways = "".join(f"- {_way(article, way)}\n" for way in article.ways)
    yield f"\n## {WAYS}\n\n{ways}"


def _body(article: ArticleFile, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\n## " in f"\n{text}":
        raise ArticleFault(article.id, "no line of an answer can begin with '## '")
    return text


def _way(article: ArticleFile, text: str) -> str:
    text = text.strip()
    if not text or "\n" in text or "\r" in text:
        raise ArticleFault(article.id, f"a way of asking is one line: {text!r}")
    return text


def _entry(key: str, value: Any) -> str:
    """One key of the front matter with its value, as lines."""
    key = _text(key)
    if value == []:
        return f"{key}: []\n"
    if key == "covers":
        return f"{key}: {_dumped(value, default_flow_style=True)}"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return f"{key}:\n" + "".join(f"  - {_text(item)}\n" for item in value)
    if value and isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        items = "".join(f"  {_text(name)}: {_text(item)}\n" for name, item in value.items())
        return f"{key}:\n{items}"
    if isinstance(value, str):
        # Front matter holds days as text, so a text that is a day was one where it can be.
        return f"{key}: {value if _is_day(value) and key not in _TEXTS else _text(value)}\n"
    return _dumped({key: value})


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _text(text: str) -> str:
    """The text as it is where YAML reads it so, and otherwise between double quotes."""
    if _WORDS.fullmatch(text):
        return text
    try:
        if yaml.load(f"- {text}", YAML_LOADER) == [text]:
            return text
    except yaml.YAMLError:
        pass
    return _dumped(text, default_style='"').removesuffix("\n")


def _dumped(value: Any, **how: Any) -> str:
    dumped: str = yaml.safe_dump(value, allow_unicode=True, width=math.inf, sort_keys=False, **how)
    return dumped
