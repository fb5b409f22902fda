"""Articles are written as they were read: every byte of ours, and whatever an editor types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from knowledge_base.articles import (
    ArticleFault,
    ArticleFile,
    parse_article,
    parse_text,
    read_articles,
)
from knowledge_base.writing import as_read, written
from tests.knowledge_base.toy import article

pytestmark = pytest.mark.slow

# What YAML, Markdown or our own reading could take for something else.
TRICKY = [
    "'", '"', ":", ": ", " #", "#", "- ", "---", "...", "[", "{a: b}", "&x", "*x", "!t", "|", ">",
    "%", "@", "`", "yes", "null", "~", "1e3", "0x1F", "2026-02-28", "\\", "\t", "\u2028", "\x85",
    "\ufeff", "\x07", "🙂", "é", "## ", "## English", "#", "<b>", "{{ x }}",
]  # fmt: skip
TYPED = st.lists(st.sampled_from(TRICKY) | st.text(max_size=8), max_size=6).map("".join)
LINE = TYPED.map(lambda text: " ".join(text.replace("\0", "").split()))
WORDS = LINE.filter(bool)
TEXT = st.lists(TYPED, min_size=1, max_size=4).map(lambda t: "\n".join(t).replace("\r", ""))
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
OTHER_VALUES = (
    LINE
    | st.booleans()
    | st.integers()
    | st.none()
    | DAYS.map(date.isoformat)
    | st.lists(LINE, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "en"]), LINE, max_size=2)
    | st.lists(st.dictionaries(st.sampled_from(["a", "b"]), LINE | st.integers(), min_size=1))
)
NAMES_OF_PDFS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,9}\.pdf", fullmatch=True)
SUMS = st.sampled_from(["1" * 64, "0" * 63 + "7", "1e" + "2" * 62, "a" * 64])
FRONT: dict[str, object] = {
    "to_confirm": [],
    "link": "",
    "sources": [],
    "handover_data": [],
    "related": [],
}


@st.composite
def articles(draw: st.DrawFn) -> ArticleFile:
    lines = st.lists(LINE, max_size=3)
    front_matter = {key: draw(lines) for key in ("to_confirm", "sources", "handover_data")}
    front_matter |= {"related": draw(lines), "link": draw(LINE)}
    front_matter |= draw(
        st.dictionaries(st.sampled_from(["advice", "twin", "note", "forms"]), OTHER_VALUES)
    )
    attachments = draw(st.dictionaries(NAMES_OF_PDFS, SUMS, max_size=3))
    front_matter |= {"attachments": attachments} if attachments else {}
    return article(
        "toy_article",
        title=draw(WORDS),
        section=draw(WORDS),
        confidence=draw(WORDS),
        legal_basis=tuple(draw(lines)),
        covers=tuple(draw(lines)),
        valid_from=draw(DAYS),
        valid_until=draw(st.none() | DAYS),
        review_by=draw(DAYS),
        answer=draw(TEXT),
        answer_en=draw(st.none() | TEXT),
        ways=tuple(draw(st.lists(WORDS, min_size=1, max_size=4))),
        front_matter=front_matter,
    )


def read(text: str) -> ArticleFile:
    return parse_article(text, Path("toy/toy_article.md"))


def test_every_article_of_ours_is_written_as_its_file_is() -> None:
    ours = read_articles()
    assert len(ours) > 100
    assert [one.id for one in ours if written(one) != one.source] == []


@given(articles())
@example(article("toy_article", answer="a\n---\nb", ways=("satu",), front_matter=FRONT))
@example(article("toy_article", answer="- satu\n- dua: tiga", ways=("- a",), front_matter=FRONT))
@example(article("toy_article", answer="a", answer_en="\n", ways=("a",), front_matter=FRONT))
def test_what_an_editor_types_is_kept_or_refused(typed: ArticleFile) -> None:
    try:
        text = written(typed)
        again = read(text)
    except ArticleFault as fault:
        assert is_refusable(typed), fault
        return
    assert written(again) == text
    assert again.answer == typed.answer.strip()
    assert again.answer_en == ((typed.answer_en or "").strip() or None)
    assert again.ways == tuple(way.strip() for way in typed.ways)
    fields = ("title", "section", "confidence", "legal_basis", "covers")
    fields += ("valid_from", "valid_until", "review_by")
    assert {f: getattr(again, f) for f in fields} == {f: getattr(typed, f) for f in fields}
    kept = {key: again.front_matter[key] for key in typed.front_matter}
    assert kept == typed.front_matter


@given(articles())
@example(article("toy_article", answer="a", ways=(), front_matter=FRONT))
@example(article("toy_article", answer="a\0", ways=("a",), front_matter=FRONT))
@example(article("toy_article", answer="a", ways=("a",), front_matter=FRONT | {"link": "a\nb"}))
@example(article("toy_article", answer="a", ways=("a",), front_matter={"link": ""}))
def test_without_a_file_it_is_what_reading_the_file_gives(typed: ArticleFile) -> None:
    try:
        again = parse_text(written(typed))
    except ArticleFault:
        with pytest.raises(ArticleFault):
            as_read(typed)
        return
    assert as_read(typed) == replace(again, source="", content_hash="")


@given(articles(), articles(), st.sampled_from(["", "a\nb", "kept"]), st.booleans())
def test_what_is_as_it_was_read_need_not_be_checked_again(
    before: ArticleFile, typed: ArticleFile, link: str, keeps_days: bool
) -> None:
    assume(isinstance(before := read_or_refused(before), ArticleFile))
    front_matter = dict(typed.front_matter) | {
        "related": before.front_matter["related"],
        "link": before.front_matter["link"] if link == "kept" else link,
    }
    days = {"valid_from": before.valid_from} if keeps_days else {}
    typed = replace(typed, front_matter=front_matter, **days)

    assert read_or_refused(typed, before) == read_or_refused(typed)


def read_or_refused(typed: ArticleFile, before: ArticleFile | None = None) -> ArticleFile | str:
    try:
        return as_read(typed, before)
    except ArticleFault as fault:
        return fault.text


@given(LINE | st.lists(st.sampled_from([*TRICKY, "yes", "a", "1", " ", "_"])).map("".join))
@example("no 1")
@example("e_1")
@example("a -b")
@example("a - b")
def test_a_text_that_is_written_without_quotes_is_read_as_it_is(text: str) -> None:
    title = " ".join(text.split()) or "a"
    typed = article("toy_article", title=title, answer="a", ways=("a",), front_matter=FRONT)
    assert parse_text(written(typed)).title == title


def is_refusable(typed: ArticleFile) -> bool:
    """An answer that is empty, begins a section of its own, or holds what no file can."""
    answers = [typed.answer, typed.answer_en or ""]
    return (
        not typed.answer.strip()
        or any("\n## " in f"\n{text.strip()}" for text in answers)
        or any("\0" in text for text in answers)
    )


@given(articles())
def test_line_ends_of_a_browser_are_those_of_a_file(typed: ArticleFile) -> None:
    posted = replace(typed, answer=typed.answer.replace("\n", "\r\n"))
    try:
        expected = written(typed)
    except ArticleFault:
        with pytest.raises(ArticleFault):
            written(posted)
        return
    assert written(posted) == expected


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"answer": "Satu.\n## Dua"}, "no line of an answer can begin with '## '"),
        ({"answer_en": "## English"}, "no line of an answer can begin with '## '"),
        ({"ways": ("satu\ndua",)}, "a way of asking is one line: 'satu\\ndua'"),
        ({"ways": (" ",)}, "a way of asking is one line: ''"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(
    changed: dict[str, object], fault: str
) -> None:
    with pytest.raises(ArticleFault) as refused:
        written(article("toy_article", **changed))
    assert str(refused.value) == f"toy_article:1: {fault}"


def test_a_date_no_longer_set_and_topics_no_longer_covered_are_gone() -> None:
    was = replace(
        read_articles()[0],
        front_matter={"valid_until": "2027-01-01", "covers": ["satu"], "related": []},
    )
    assert "valid_until" not in written(was)
    assert "covers" not in written(was)
