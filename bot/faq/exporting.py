"""The published articles as files, byte for byte as they were published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import ArticleRevision, ArticleStatus


@dataclass(frozen=True)
class Exported:
    """What became of a folder. `strangers` are its files of no published article."""

    written: int
    without_file: tuple[str, ...]  # ids of articles published before their files were kept
    strangers: tuple[Path, ...]


def export(session: Session, folder: Path) -> Exported:
    """Write each published article to `folder`/group/id.md; other files there stay as they are."""
    without_file, ours = [], set()
    for article_id, group, source in _published(session):
        if not source:
            without_file.append(article_id)
            continue
        path = folder / group / f"{article_id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode())
        ours.add(path)
    strangers = sorted(set(folder.rglob("*.md")) - ours)
    return Exported(len(ours), tuple(without_file), tuple(strangers))


def _published(session: Session) -> Iterator[tuple[str, str, str]]:
    rows = session.execute(
        select(ArticleRevision.article_id, ArticleRevision.group, ArticleRevision.source)
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.article_id)
    )
    yield from ((article_id, group, source) for article_id, group, source in rows)
