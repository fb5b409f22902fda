"""Which knowledge questions are answered from: a version that is looked up with every question.

It is made of what is published, so that what comes back has the version that it had. To make it
takes milliseconds where there are thousands of articles, so that it is made when something changes.
A change that went around this module leaves none (migration 0018), and each question makes its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Text, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from bot.db import KNOWLEDGE, notify
from bot.models import ArticleRevision, ArticleStatus, PublishedVersion, Way

_THE_ONE = 1
_VERSION = select(PublishedVersion.version)


def knowledge_version(session: Session) -> str:
    """Changes whenever what a question may reach changes: 12 hexadecimal digits."""
    return session.scalar(_VERSION) or _made(session)


@contextmanager
def changing_knowledge(session: Session) -> Iterator[None]:
    """Around whatever changes what a question may reach; one at a time does.

    Whoever answers questions is told once it is committed.
    """
    first = insert(PublishedVersion).values(id=_THE_ONE, version="")
    session.execute(first.on_conflict_do_nothing())
    before = session.scalar(_VERSION.with_for_update())
    yield
    session.flush()
    version = _made(session)
    session.execute(update(PublishedVersion).values(version=version))
    if version != before:
        notify(session, KNOWLEDGE)


def _made(session: Session) -> str:
    """The version of what is published and of the messages that no article answers."""
    ids = cast(ArticleRevision.id, Text)
    published = (
        select(func.md5(func.string_agg(ids, aggregate_order_by(literal(","), ArticleRevision.id))))
        .where(ArticleRevision.status == ArticleStatus.PUBLISHED)
        .scalar_subquery()
    )
    none = select(Way.id).where(Way.revision_id.is_(None)).subquery()
    # All ways are encoded by one encoder, so the last tells which.
    encoder = select(Way.encoder).order_by(Way.id.desc()).limit(1).scalar_subquery()
    state = session.execute(select(published, func.count(none.c.id), func.max(none.c.id), encoder))
    return hashlib.sha256(repr(tuple(state.one())).encode()).hexdigest()[:12]
