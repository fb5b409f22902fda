"""The PDFs that articles name: kept in the database by their SHA-256 sums, once each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, undefer

from bot.models import Attachment
from knowledge_base.articles import FOLDER, ArticleFault, ArticleFile
from knowledge_base.attachments import LARGEST, MOST, path_of, sum_of

__all__ = ["LARGEST", "MOST", "Named", "content_of", "keep", "keep_packaged", "named"]


@dataclass(frozen=True)
class Named:
    """A PDF as an article names it. `size` is in bytes, None if nobody has the file."""

    name: str
    sha256: str
    size: int | None


def keep(session: Session, content: bytes, now: datetime) -> str:
    """Keep a PDF unless it is kept already; returns its sum. Articles decide what becomes of it."""
    sha256 = sum_of(content)
    values = {"sha256": sha256, "size": len(content), "content": content, "at": now}
    session.execute(
        insert(Attachment)
        .values(values)
        .on_conflict_do_update(index_elements=[Attachment.sha256], set_={"at": now})
    )
    return sha256


def named(session: Session, attachments: Mapping[str, str]) -> list[Named]:
    """The PDFs of an article, given as sums by names, in the order in which they are sent."""
    wanted = Attachment.sha256.in_(attachments.values())
    sizes = dict(session.execute(select(Attachment.sha256, Attachment.size).where(wanted)).all())
    return [Named(name, one, sizes.get(one)) for name, one in sorted(attachments.items())]


def content_of(session: Session, sha256: str) -> bytes | None:
    """The PDF of this sum; None if nobody has it."""
    kept = session.get(Attachment, sha256, options=[undefer(Attachment.content)])
    return kept.content if kept else None


def keep_packaged(
    session: Session, articles: Iterable[ArticleFile], now: datetime, folder: Path = FOLDER
) -> None:
    """Keep the PDFs of article files. Raises ArticleFault for one that is missing or another."""
    kept = set(session.scalars(select(Attachment.sha256)))
    for article in articles:
        for name, sha256 in article.attachments.items():
            if sha256 not in kept:
                path = path_of(folder, article.id, name)
                content = path.read_bytes() if path.is_file() else b""
                if sum_of(content) != sha256:
                    raise ArticleFault(path, f"is not the file that {article.id} names")
                keep(session, content, now)
