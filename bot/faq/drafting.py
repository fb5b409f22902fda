"""Drafts begun from what people asked: a new article, or more ways of asking for one there is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from bot.faq import editing
from bot.faq.published import published
from bot.models import Article, ArticleDraft, ArticleRevision, Staff
from bot.settings import settings
from knowledge_base.articles import ArticleFile, parse_text
from knowledge_base.writing import written

NO_ANSWER = "[jawaban belum ditulis]"
OTHER_GROUP, PLI = "lainnya", "PLI"
LONGEST_TITLE = 80  # characters
MOST_WAYS = 60
_ID_WORDS, _LONGEST_ID = 3, 48
_REVIEWED_AFTER = timedelta(days=182)
# Words that say nothing about what a question is about.
_EMPTY_WORDS = """
ada adakah agar akan aku anda apa apakah atau bagaimana bagi bahwa bapak belum berapa bisa boleh
bolehkah buat cara dalam dan dapat dari dengan di dia dihapus dong gimana halo harus hari ibu
ini itu jadi jika juga ka kak kalau kami kan kapan karena ke kenapa kita kok lagi lah mana mau
maaf malam masih mengapa min mohon nama nya nomor oleh pada pak pagi perlu punya saja saya
selamat sama sampai saat sd sdh sebagai sekarang seperti siang siapa sore sudah supaya sy tanya
tapi telah tersebut tetapi tidak tolong untuk yang the a an is are my i can do does how what
when where to of for in on and or it
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True)
class Wanted:
    """What a draft of a new article begins with: questions and an answer without personal data."""

    questions: Sequence[str]
    answer: str
    near: str | None = None  # article
    topic: str | None = None
    section: str | None = None  # code


class NotPublished(Exception):
    """There is no such article to add ways of asking to."""


def begin_article(session: Session, wanted: Wanted, staff: Staff, now: datetime) -> ArticleDraft:
    """A draft of a new article. It has no legal basis yet, and lint says what else is missing."""
    near = published(session, wanted.near) if wanted.near else None
    group = near.group if near else wanted.topic or OTHER_GROUP
    today = now.astimezone(settings().office_zone).date()
    questions = _ways(wanted.questions)
    title = _title(questions[0])
    article = ArticleFile(
        id=_free_id(session, group, questions[0]),
        title=title,
        group=group,
        section=wanted.section or (near.section_code if near else PLI),
        confidence="rendah",
        legal_basis=(),
        valid_from=today,
        review_by=today + _REVIEWED_AFTER,
        answer=_answer(wanted.answer),
        answer_en=None,
        ways=tuple(questions),
        front_matter={
            "to_confirm": [],
            "link": "",
            "sources": [],
            "handover_data": list(near.details.get("handover_data", [])) if near else [],
            "related": [near.article_id] if near else [],
        },
        source="",
        content_hash="",
    )
    return editing.save(session, written(article), staff, now, began_from=None)


def add_ways(
    session: Session, article_id: str, questions: Sequence[str], staff: Staff, now: datetime
) -> ArticleDraft:
    """The article's draft with these questions among its ways of asking. Raises NotPublished."""
    draft = editing.draft_of(session, article_id)
    revision = published(session, article_id)
    if draft is None and revision is None:
        raise NotPublished
    if draft is not None:
        source = editing.last_edition(session, draft).source
    else:
        assert revision is not None
        source = revision.source
    article = parse_text(source)
    known = {_normal(way) for way in article.ways}
    new = [way for way in _ways(questions) if _normal(way) not in known]
    source = written(replace(article, ways=(*article.ways, *new)))
    return editing.save(
        session, source, staff, now, began_from=draft.edition if draft is not None else None
    )


def _ways(questions: Iterable[str]) -> list[str]:
    """Each question once, as one line, those first that nothing was taken out of."""
    lines = (" ".join(question.split()) for question in questions)
    once = {_normal(line): line for line in lines if line}
    return sorted(once.values(), key=lambda line: "dihapus]" in line)[:MOST_WAYS]


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _title(question: str) -> str:
    cut = question[:LONGEST_TITLE]
    if cut != question:
        cut = cut.rsplit(" ", 1)[0]
    return cut[:1].upper() + cut[1:]


def _answer(text: str) -> str:
    """The answer as a section of a file takes it: no line that begins another one."""
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"(?m)^## ", "", cleaned) or NO_ANSWER


def _free_id(session: Session, group: str, question: str) -> str:
    """The group and the words that the question is about, numbered if somebody has that id."""
    about = [word for word in re.findall(r"[a-z]+", question.lower()) if word not in _EMPTY]
    words = [word for word in about if len(word) > 2 and word != group][:_ID_WORDS]
    wanted = "_".join([re.sub(r"\W", "", group.lower()), *words])[:_LONGEST_ID].strip("_")
    taken = set(
        session.scalars(
            union(
                select(Article.id).where(Article.id.startswith(wanted, autoescape=True)),
                select(ArticleDraft.article_id).where(
                    ArticleDraft.article_id.startswith(wanted, autoescape=True)
                ),
            )
        )
    )
    if wanted not in taken:
        return wanted
    return next(f"{wanted}_{n}" for n in range(2, len(taken) + 3) if f"{wanted}_{n}" not in taken)


def title_of(session: Session, article_id: str) -> str | None:
    """The published title of an article, to show."""
    return session.scalar(
        select(ArticleRevision.title)
        .where(ArticleRevision.article_id == article_id)
        .order_by(ArticleRevision.number.desc())
        .limit(1)
    )


def titles_of(session: Session, revisions: Collection[int]) -> dict[int, ArticleRevision]:
    """These revisions by their ids, to name what was given."""
    found = session.scalars(select(ArticleRevision).where(ArticleRevision.id.in_(revisions)))
    return {revision.id: revision for revision in found}
