"""Gets the knowledge base ready before the action server answers, so that nobody waits for it."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from actions.turn import knowledge
from bot.db import transaction

log = logging.getLogger(__name__)

try:
    with transaction() as session:
        knowledge().find(session, "halo")
except (SQLAlchemyError, ValueError) as error:
    log.warning("the first question will wait for the knowledge base: %s", type(error).__name__)
