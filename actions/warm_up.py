"""What the action server begins with: the knowledge base made ready, so that nobody waits for it,
and the thread that tries drafts."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from actions import gate_runs
from actions.turn import knowledge
from bot.db import transaction

log = logging.getLogger(__name__)

try:
    with transaction() as session:
        knowledge().find(session, "halo")
except (SQLAlchemyError, ValueError) as error:
    log.warning("the first question will wait for the knowledge base: %s", type(error).__name__)

gate_runs.start()
