"""The processes that are other people's programs: PostgreSQL and Rasa, run as we need them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import NoReturn

from bot.launcher import postgres, rasa
from bot.launcher.places import LaunchError, cluster_folder
from bot.settings import ROOT, settings

# Set for processes that belong to a process manager and must not outlive it.
MANAGED = "MARAGA_MANAGED"
_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl(2)


def end_with_manager(by: signal.Signals = signal.SIGTERM) -> None:
    """Ends this process with its manager, even when that one is killed; Linux only."""
    if os.environ.get(MANAGED) and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, by.value, 0, 0, 0)


def become_postgres() -> NoReturn:
    """Replaces this process by the embedded PostgreSQL; makes its cluster if there is none."""
    if settings().database_url is not None:
        raise LaunchError("DATABASE_URL is set, so there is no embedded PostgreSQL to run.")
    data_dir = settings().data_dir
    postgres.prepare(data_dir)
    postgres.wait_for_leftovers(cluster_folder(data_dir))
    command = postgres.server_command(data_dir)
    user = postgres.server_user()
    os.chdir("/")
    if user:
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)
    end_with_manager(signal.SIGINT)  # the fast shutdown
    os.execve(command[0], command, {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"})


def become_rasa() -> NoReturn:
    """Replaces this process by the Rasa server with the model that was trained last."""
    command = rasa.server_command(settings())
    end_with_manager()
    os.chdir(ROOT)
    os.execve(command[0], command, rasa.environment(settings()))
