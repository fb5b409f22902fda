"""Whether a draft may be published, as far as the remembered questions say."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.models import ArticleDraft


class GateClosed(Exception):
    """The draft can't be published before its questions were asked and all faults settled."""


def require_clear(session: Session, draft: ArticleDraft) -> None:
    """Raises GateClosed unless the draft's last edition may be published."""
