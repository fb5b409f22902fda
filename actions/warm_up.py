"""Gets the knowledge base ready while Rasa still starts, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from actions.turn import knowledge
from bot.db import transaction

log = logging.getLogger(__name__)


def _warm_up() -> None:
    try:
        with transaction() as session:
            knowledge().find(session, "halo")
    except SQLAlchemyError as error:
        log.warning("the first question will wait for the knowledge base: %s", error)


threading.Thread(target=_warm_up, daemon=True).start()
