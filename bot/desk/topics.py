"""What tickets are about: the topic groups of the published articles, and one for the rest."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.models import ArticleRevision, ArticleStatus, BotDecision, Ticket

OTHER = "lainnya"


def known(session: Session) -> list[str]:
    """The topics to choose from."""
    groups = select(ArticleRevision.group).where(ArticleRevision.status == ArticleStatus.PUBLISHED)
    found = session.scalars(groups.distinct().order_by(ArticleRevision.group))
    return [*(group for group in found if group != OTHER), OTHER]


def likely(session: Session, ticket: Ticket) -> str | None:
    """What the ticket is probably about: as was said before, else the bot's last article."""
    if ticket.topic is not None:
        return ticket.topic
    return session.scalar(
        select(ArticleRevision.group)
        .join(BotDecision, BotDecision.revision_id == ArticleRevision.id)
        .where(BotDecision.conversation_id == ticket.conversation_id)
        .order_by(BotDecision.turn_id.desc())
        .limit(1)
    )
