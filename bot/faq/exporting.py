"""The published articles as files, byte for byte as they were published, with their PDFs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.faq.attachments import content_of
from bot.faq.published import attachments
from bot.models import ArticleRevision, ArticleStatus
from knowledge_base.attachments import path_of


@dataclass(frozen=True)
class Exported:
    """What became of a folder. `strangers` are its files of no published article."""

    written: int
    attachments: int  # PDFs, beside the folder
    without_file: tuple[str, ...]  # ids of articles published before their files were kept
    strangers: tuple[Path, ...]


def export(session: Session, folder: Path) -> Exported:
    """Write each published article to `folder`/group/id.md; other files there stay as they are.

    Its PDFs go to attachments/id beside the folder.
    """
    without_file, ours, attached = [], set(), 0
    for revision in _published(session):
        if not revision.source:
            without_file.append(revision.article_id)
            continue
        path = folder / revision.group / f"{revision.article_id}.md"
        _write(path, revision.source.encode())
        ours.add(path)
        for name, sha256 in attachments(revision):
            if (content := content_of(session, sha256)) is not None:
                _write(path_of(folder, revision.article_id, name), content)
                attached += 1
    strangers = sorted(set(folder.rglob("*.md")) - ours)
    return Exported(len(ours), attached, tuple(without_file), tuple(strangers))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _published(session: Session) -> Iterator[ArticleRevision]:
    yield from session.scalars(
        select(ArticleRevision)
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .order_by(ArticleRevision.article_id)
    )
