"""Articles made up from the real ones, with which measurements fill a database of their own."""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace

from knowledge_base.articles import ArticleFile


def options(purpose: str, *, articles: int, ways: int, questions: int) -> argparse.Namespace:
    """What the command was given: how many of each, unless told otherwise; and `write`."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--articles", type=int, default=articles)
    parser.add_argument("--ways", type=int, default=ways, help="of each article")
    parser.add_argument("--questions", type=int, default=questions)
    parser.add_argument("--write", action="store_true", help="also write docs/benchmarks.md")
    return parser.parse_args()


def command(target: str) -> str:
    """The command as the figures name it: the target of `make`, and what it was given."""
    given = " ".join(sys.argv[1:])
    return f"make {target} ({given})" if given else f"make {target}"


def copy_of(article: ArticleFile, number: int, name: str, ways: tuple[str, ...]) -> ArticleFile:
    """The article again, under another id and with these ways of asking."""
    return replace(
        article,
        id=name,
        title=f"{article.title} {number}",
        ways=ways,
        covers=(),
        front_matter={"id": name},
        content_hash=f"made {number}",
    )


def without_a_word(chance: random.Random, text: str) -> str:
    """The text with one word left out, but for short ones."""
    words = text.split()
    if len(words) > 3:
        del words[chance.randrange(len(words))]
    return " ".join(words)
