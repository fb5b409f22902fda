"""The processes that are other people's programs: PostgreSQL and Rasa, run as we need them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import NoReturn

from bot.launcher import postgres, rasa
from bot.launcher.lifetime import MANAGED, end_with_manager
from bot.launcher.places import LaunchError, cluster_folder
from bot.settings import ROOT, settings


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
    os.chdir(ROOT)
    os.execve(command[0], command, rasa.environment(settings()))


def run_command(name: str) -> None:
    """Runs one command of ours to its end; what it needed of memory goes with it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", name],
        cwd=ROOT,
        env={**os.environ, MANAGED: "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        last = said[-1].strip() if said else "it gave no reason"
        raise LaunchError(f"`python -m bot {name}` failed: {last}")
