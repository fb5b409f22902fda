"""Carries gate runs out (bot.faq.gate_run), in a thread beside the answers: here is the encoder."""

from __future__ import annotations

import logging
import threading

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from actions.turn import knowledge
from bot.db import GATE, psycopg_address
from bot.faq.gate_run import Trial

log = logging.getLogger(__name__)

# A run that somebody asks for is heard of at once; one that a killed process left is looked for.
LOOK_AGAIN_SECONDS = 5.0
_TRY_AGAIN_SECONDS = 1.0


def start() -> None:
    """Carry out whatever is asked for, as long as this process lives."""
    never = threading.Event()
    threading.Thread(target=keep_going, args=(never,), name="gate", daemon=True).start()


def keep_going(stopping: threading.Event) -> None:
    """Carry out whatever is asked for, through whatever happens to the database."""
    trial = Trial(knowledge())
    while not stopping.is_set():
        try:
            _carry_out_all(trial, stopping)
        except (SQLAlchemyError, psycopg.Error) as error:
            log.warning("database: %s; trying again", type(error).__name__)
        except Exception:
            log.exception("unexpected failure; going on")
        stopping.wait(_TRY_AGAIN_SECONDS)


def _carry_out_all(trial: Trial, stopping: threading.Event) -> None:
    with psycopg.connect(psycopg_address(), autocommit=True, connect_timeout=3) as connection:
        connection.execute(f"LISTEN {GATE}")
        while not stopping.is_set():
            while trial.carry_out_next():
                pass
            for _ in connection.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1):
                pass
