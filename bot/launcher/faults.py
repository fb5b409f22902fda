"""Faults that a person can do something about, said in one line and without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bot.launcher.places import LaunchError
from bot.settings import SettingsError

WRONG = 2


def in_one_line(call: Callable[[], None]) -> int:
    """Runs `call`; its exit status. What is not our expectation keeps its traceback."""
    try:
        call()
    except (SettingsError, LaunchError) as error:
        print(error, file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(_of_the_system(error), file=sys.stderr)
        return WRONG
    except Exception as error:
        if not _is_database_fault(error):
            raise
        print(f"The database does not answer: {_first_line(error)}", file=sys.stderr)
        return WRONG
    return 0


def _of_the_system(error: OSError) -> str:
    """A full disk, a folder that may not be written to, and the like."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _is_database_fault(error: Exception) -> bool:
    import psycopg
    from sqlalchemy.exc import OperationalError

    return isinstance(error, psycopg.OperationalError | OperationalError)


def _first_line(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip().splitlines()[0] if str(original).strip() else "no reason given"
